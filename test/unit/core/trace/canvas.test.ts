import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { TraceAssembler, assembleTrace, eventCount, traceEvents } from '../../../../src/core/trace/assemble';
import type { TraceEvent, TraceHeader, TracePass, TraceToken } from '../../../../src/core/trace/record';
import { parseTrace, serializeTrace } from '../../../../src/core/trace/vivtrace';
import { traceOf } from '../notebook/traces';

const PLACES = 6;
const base = traceOf(['a', 'b']).header;
const CANVAS: TraceHeader = { ...base, sequence: { form: 'canvas', places: PLACES, maskId: 9 } };
const CAUSAL: TraceHeader = base;

const token = (index: number, id = index, origin: TraceToken['origin'] = 'sampled'): TraceToken => ({
  ...{ type: 'token', index, id, text: `${id}`, bytes: [], special: false },
  origin,
  judgement: null,
});
const pass = (step: number, writes: number, erases?: readonly number[]): TracePass => ({
  ...{ type: 'pass', step, cached: 0, fed: PLACES, writes, milliseconds: 1 },
  ...(erases ? { erases } : {}),
});
const refused = (events: readonly TraceEvent[], message: RegExp): void => {
  assert.throws(() => assembleTrace(events), message);
};

/** Passes that each erase some of what was written and write to some places that are empty. */
const runs = fc
  .array(fc.tuple(fc.infiniteStream(fc.boolean()), fc.infiniteStream(fc.boolean())), { minLength: 1, maxLength: 6 })
  .map((choices): TraceEvent[] => {
    const events: TraceEvent[] = [CANVAS, pass(0, 1), token(2, 7, 'prompt')];
    const written = new Set<number>();
    choices.forEach(([erasing, writing], at) => {
      const pick = (stream: Iterator<boolean>, from: Iterable<number>): number[] =>
        [...from].filter(() => stream.next().value as boolean);
      const erases = pick(erasing, written);
      for (const index of erases) written.delete(index);
      const empty = [0, 1, 3, 4, 5].filter((index) => !written.has(index)).reverse();
      const writes = pick(writing, empty);
      for (const index of writes) written.add(index);
      events.push(pass(at + 1, writes.length, erases.length > 0 ? erases : undefined));
      events.push(...writes.map((index) => token(index, at)));
    });
    return events;
  });

describe('a canvas, written in any order', () => {
  it('is what stands, in the order of its places, and every write in the order of time', () => {
    const events = [CANVAS, pass(0, 2), token(4), token(1), pass(1, 2, [4]), token(0), token(4, 8)];
    const trace = assembleTrace(events);
    assert.deepEqual(
      trace.tokens.map(({ index, id }) => [index, id]),
      [
        [0, 0],
        [1, 1],
        [4, 8],
      ],
    );
    assert.deepEqual(
      trace.written!.map(({ index, id }) => [index, id]),
      [
        [4, 4],
        [1, 1],
        [0, 0],
        [4, 8],
      ],
    );
    assert.deepEqual([...traceEvents(trace)], events);
  });

  it('goes to a file and back, whatever was written and erased', () => {
    fc.assert(
      fc.property(runs, (events) => {
        const trace = assembleTrace(events);
        assert.deepEqual([...traceEvents(trace)], events);
        assert.equal(eventCount(trace), events.length);
        const indices = trace.tokens.map(({ index }) => index);
        assert.deepEqual(
          indices,
          [...new Set(indices)].sort((a, b) => a - b),
        );
        assert.deepEqual(parseTrace(serializeTrace(trace)).trace, trace);
      }),
      { numRuns: 100 },
    );
  });

  it('refuses what cannot have happened, in one sentence', () => {
    refused([CANVAS, pass(0, 1), token(PLACES)], /Token 6 of the trace lies outside its 6 places\./);
    refused([CANVAS, pass(0, 2), token(1), token(1)], /Place 1 of the trace is written twice/);
    refused([CANVAS, pass(0, 1), token(1), pass(1, 0, [2])], /erases places that nothing was written to/);
    refused([CANVAS, pass(0, 1), token(1, 1, 'prompt'), pass(1, 0, [1])], /erases places that nothing was written to/);
  });
});

describe('a causal sequence', () => {
  it('can take back its last tokens, and write others', () => {
    const events = [CAUSAL, pass(0, 3), token(0), token(1), token(2), pass(1, 1, [1, 2]), token(1, 5)];
    const trace = assembleTrace(events);
    assert.deepEqual(
      trace.tokens.map(({ id }) => id),
      [0, 5],
    );
    assert.deepEqual([...traceEvents(trace)], events);
    assert.equal(eventCount(trace), events.length);
  });

  it('has no gaps', () => {
    refused([CAUSAL, pass(0, 1), token(1)], /Token 1 of the trace stands where token 0 should/);
    refused([CAUSAL, pass(0, 2), token(0), token(1), pass(1, 0, [0])], /erases tokens that others stand after/);
  });

  it('that erases nothing keeps no second list', () => {
    const assembler = new TraceAssembler();
    for (const event of [CAUSAL, pass(0, 2), token(0), token(1)]) assembler.add(event);
    assert.equal(assembler.trace?.written, undefined);
    assert.equal(assembler.count, 4);
  });
});
