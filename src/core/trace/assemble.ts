import { CoreError } from '../errors';
import type { Trace, TraceEvent, TraceHeader, TracePass, TraceToken } from './record';
import { withReportedOrigins } from './reported';

/** A trace whose lists grow in place. */
export interface GrowingTrace extends Trace {
  readonly tokens: TraceToken[];
  readonly passes: TracePass[];
  readonly written?: TraceToken[];
}

/** Events that a trace is made of: where a stream of them has been read up to. */
export function eventCount({ tokens, passes, written, summary }: Trace): number {
  return 1 + (written ?? tokens).length + passes.length + (summary ? 1 : 0);
}

/** A trace of which nothing but the header is known. */
export function beginTrace(header: TraceHeader): GrowingTrace {
  return { header, tokens: [], passes: [], ...(header.sequence.form === 'canvas' ? { written: [] } : {}) };
}

/**
 * Adds the next event of a run, in time linear in what it changes: the lists of the trace grow in place.
 * @returns the trace itself, or a new one around the same lists.
 * @throws CoreError `trace-invalid` where the event does not follow what is there; the trace is then unchanged.
 */
export function addEvent(trace: GrowingTrace, event: TraceEvent): GrowingTrace {
  if (event.type === 'header') throw new CoreError('trace-invalid', 'The trace has two headers.');
  if (trace.summary) throw new CoreError('trace-invalid', 'The trace goes on after its summary.');
  if (event.type === 'token') {
    write(trace, event);
    return trace;
  }
  if (event.type === 'summary') {
    return { ...trace, tokens: withReportedOrigins(trace.tokens, event), summary: event };
  }
  const { erases = [] } = event;
  const grown = erases.length > 0 && !trace.written ? { ...trace, written: trace.tokens.slice() } : trace;
  erase(grown, erases);
  grown.passes.push(event);
  return grown;
}

/** A token goes to its place, which must be empty; a causal sequence has no gaps. */
function write({ header: { sequence }, tokens, written }: GrowingTrace, token: TraceToken): void {
  const at = sequence.form === 'causal' ? tokens.length : placeIn(tokens, token.index);
  const problem =
    sequence.form === 'causal'
      ? token.index !== at && `Token ${token.index} of the trace stands where token ${at} should.`
      : token.index >= sequence.places
        ? `Token ${token.index} of the trace lies outside its ${sequence.places} places.`
        : tokens[at]?.index === token.index &&
          `Place ${token.index} of the trace is written twice without being erased.`;
  if (problem) throw new CoreError('trace-invalid', problem);
  if (at === tokens.length) tokens.push(token);
  else tokens.splice(at, 0, token);
  written?.push(token);
}

/** Empties places: written ones alone, and of a causal sequence the last. */
function erase({ header: { sequence }, tokens }: GrowingTrace, erases: readonly number[]): void {
  if (erases.length === 0) return;
  const gone = new Set(erases);
  const left = tokens.filter(({ index, origin }) => !gone.has(index) || origin === 'prompt');
  if (tokens.length - left.length !== gone.size) {
    throw new CoreError('trace-invalid', 'A pass of the trace erases places that nothing was written to.');
  }
  if (sequence.form === 'causal' && left.some(({ index }, at) => index !== at)) {
    throw new CoreError('trace-invalid', 'A pass of the trace erases tokens that others stand after.');
  }
  tokens.length = 0;
  for (const token of left) tokens.push(token);
}

/** Where in the list, in the order of places, a place stands or would stand. */
function placeIn(tokens: readonly TraceToken[], index: number): number {
  let [low, high] = [0, tokens.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((tokens[middle] as TraceToken).index < index) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Folds the events of a run, in the order in which they happened, into a trace. Cheap to ask again while the run goes on. */
export class TraceAssembler {
  private grown: GrowingTrace | undefined;

  /** @throws CoreError `trace-invalid` where the events do not follow one another: the header first and once, tokens in order. */
  add(event: TraceEvent): void {
    if (this.grown) this.grown = addEvent(this.grown, event);
    else if (event.type === 'header') this.grown = beginTrace(event);
    else throw new CoreError('trace-invalid', 'The trace does not begin with its header.');
  }

  /** Events that were added. */
  get count(): number {
    return this.grown ? eventCount(this.grown) : 0;
  }

  /** The trace so far, or undefined before the header. Later events do not change what was returned. */
  get trace(): Trace | undefined {
    if (!this.grown) return undefined;
    const { tokens, passes, written } = this.grown;
    return {
      ...this.grown,
      tokens: tokens.slice(),
      passes: passes.slice(),
      ...(written ? { written: written.slice() } : {}),
    };
  }
}

/**
 * The trace of these events.
 * @throws CoreError `trace-invalid` where there is no header, or the events do not follow one another.
 */
export function assembleTrace(events: Iterable<TraceEvent>): Trace {
  const assembler = new TraceAssembler();
  for (const event of events) assembler.add(event);
  const trace = assembler.trace;
  if (!trace) throw new CoreError('trace-invalid', 'The trace is empty.');
  return trace;
}

/** The events of a trace, in the order of a file: header, then each pass with the tokens it brought, then the summary. */
export function* traceEvents(trace: Trace): Generator<TraceEvent> {
  yield trace.header;
  const written = trace.written ?? trace.tokens;
  let next = 0;
  for (const pass of trace.passes) {
    yield pass;
    const known = Math.min(next + pass.writes, written.length);
    for (; next < known; next++) yield written[next] as TraceToken;
  }
  for (; next < written.length; next++) yield written[next] as TraceToken;
  if (trace.summary) yield trace.summary;
}
