import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { TurnQueue, type Urgency } from '../../src/engine/queue';

const never = new AbortController().signal;

/** A turn that lasts until it is released. */
function gate(): { readonly work: () => Promise<void>; readonly release: () => void; readonly begun: Promise<void> } {
  let release = (): void => undefined;
  let begin = (): void => undefined;
  const begun = new Promise<void>((resolve) => (begin = resolve));
  const held = new Promise<void>((resolve) => (release = resolve));
  return {
    work: () => {
      begin();
      return held;
    },
    release,
    begun,
  };
}

test('one turn at a time, the most urgent task first, and among equals the one that began first', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom<Urgency>('interactive', 'run', 'background'), { maxLength: 12 }),
      async (urgencies) => {
        const queue = new TurnQueue();
        const first = gate();
        const holding = queue.task('background', never)(first.work);
        const order: number[] = [];
        let inside = 0;
        const turns = urgencies.map((urgency, i) =>
          queue.task(
            urgency,
            never,
          )(async () => {
            assert.equal(++inside, 1);
            await Promise.resolve();
            order.push(i);
            inside--;
          }),
        );
        first.release();
        await Promise.all([holding, ...turns]);
        const rank = { interactive: 0, run: 1, background: 2 };
        const expected = urgencies
          .map((urgency, i) => ({ i, rank: rank[urgency] }))
          .sort((a, b) => a.rank - b.rank || a.i - b.i)
          .map(({ i }) => i);
        assert.deepEqual(order, expected);
      },
    ),
    { numRuns: 50 },
  );
});

test('a run of many passes keeps its place before a run that began later, and lets interactive turns in between', async () => {
  const queue = new TurnQueue();
  const order: string[] = [];
  const earlier = queue.task('run', never);
  const later = queue.task('run', never);
  const passes = async (turn: typeof earlier, name: string): Promise<void> => {
    for (let i = 0; i < 3; i++) {
      await turn(async () => {
        order.push(`${name}${i}`);
        if (name === 'a' && i === 1) hover = queue.task('interactive', never)(async () => void order.push('hover'));
      });
    }
  };
  let hover: Promise<void> = Promise.resolve();
  await Promise.all([passes(earlier, 'a'), passes(later, 'b')]);
  await hover;
  assert.deepEqual(order, ['a0', 'a1', 'hover', 'a2', 'b0', 'b1', 'b2']);
});

test('between two turns the event loop goes round', async () => {
  const queue = new TurnQueue();
  const turn = queue.task('run', never);
  const seen: string[] = [];
  setImmediate(() => seen.push('message'));
  await Promise.all([turn(async () => void seen.push('first')), turn(async () => void seen.push('second'))]);
  assert.deepEqual(seen, ['first', 'message', 'second']);
});

test('a turn that fails, at once or later, is rejected and the queue goes on', async () => {
  const queue = new TurnQueue();
  const turn = queue.task('run', never);
  await assert.rejects(
    turn(() => {
      throw new Error('at once');
    }),
    /at once/,
  );
  await assert.rejects(
    turn(() => Promise.reject(new Error('later'))),
    /later/,
  );
  assert.equal(await turn(() => Promise.resolve(7)), 7);
});

test('a turn that waits is cancelled at once, and one that has begun is not', async () => {
  const queue = new TurnQueue();
  const stop = new AbortController();
  const first = gate();
  const begun = queue.task('run', stop.signal)(first.work);
  const waiting = queue.task('interactive', stop.signal)(() => Promise.resolve());
  const other = queue.task('background', never)(() => Promise.resolve('ran'));
  await first.begun;
  stop.abort();
  await assert.rejects(waiting, { code: 'cancelled' });
  first.release();
  await begun;
  assert.equal(await other, 'ran');
  await assert.rejects(
    queue.task('run', stop.signal)(() => Promise.resolve()),
    { code: 'cancelled' },
  );
});
