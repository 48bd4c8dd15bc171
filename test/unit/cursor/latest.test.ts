import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { Latest } from '../../../src/extension/cursor/latest';

/** Work that ends when the test says so, and what became of it. */
function workshop(t: TestContext) {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const begun: { readonly signal: AbortSignal; readonly end: () => Promise<void> }[] = [];
  let atOnce = 0;
  let most = 0;
  const latest = new Latest(80, async (signal) => {
    most = Math.max(most, ++atOnce);
    await new Promise<void>((resolve) =>
      begun.push({
        signal,
        end: async () => {
          resolve();
          await new Promise((settled) => setImmediate(settled));
        },
      }),
    );
    atOnce--;
  });
  return { latest, begun, most: () => most, wait: (milliseconds: number) => t.mock.timers.tick(milliseconds) };
}

test('begins once no change has come for a while', (t) => {
  const { latest, begun, wait } = workshop(t);
  for (let key = 0; key < 200; key++) {
    latest.changed();
    wait(79);
  }
  assert.equal(begun.length, 0);
  wait(1);
  assert.equal(begun.length, 1);
});

test('a change stops what is under way at once, and the next begins only when that has ended', async (t) => {
  const { latest, begun, wait, most } = workshop(t);
  latest.changed();
  wait(80);
  for (let change = 0; change < 3; change++) {
    latest.changed();
    assert.equal(begun[0]!.signal.aborted, true);
    wait(80);
  }
  assert.equal(begun.length, 1);
  await begun[0]!.end();
  assert.equal(begun.length, 2);
  assert.equal(begun[1]!.signal.aborted, false);
  await begun[1]!.end();
  assert.deepEqual([begun.length, most(), latest.pending], [2, 1, false]);
});

test('stopped, it begins nothing', async (t) => {
  const { latest, begun, wait } = workshop(t);
  latest.changed();
  wait(80);
  latest.changed();
  wait(80);
  latest.stop();
  await begun[0]!.end();
  wait(1000);
  assert.deepEqual([begun.length, latest.pending], [1, false]);
});
