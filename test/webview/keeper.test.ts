import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { Keeper } from '../../src/webview/keeper';

/** A keeper of a number, over a clock of its own. */
function kept(): { readonly set: (value: number) => void; readonly saved: number[]; readonly keeper: Keeper } {
  let now = 0;
  const saved: number[] = [];
  const keeper = new Keeper(() => saved.push(now));
  return {
    set: (value) => {
      now = value;
      keeper.soon();
    },
    saved,
    keeper,
  };
}
const turn = (): Promise<void> => Promise.resolve();

test('a first change is kept at once, with what changes in the same turn', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { set, saved } = kept();
  set(1);
  set(2);
  await turn();
  assert.deepEqual(saved, [2]);
});

test('what follows closely is kept together a moment later, and the next change at once again', async () => {
  mock.timers.enable({ apis: ['setTimeout'] });
  try {
    const { set, saved } = kept();
    set(1);
    await turn();
    for (const value of [2, 3, 4]) {
      set(value);
      await turn();
    }
    assert.deepEqual(saved, [1]);
    mock.timers.tick(250);
    assert.deepEqual(saved, [1, 4]);
    mock.timers.tick(250);
    set(5);
    await turn();
    assert.deepEqual(saved, [1, 4, 5]);
  } finally {
    mock.timers.reset();
  }
});

test('a page that goes keeps what was not kept, and nothing twice', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { set, saved, keeper } = kept();
  set(1);
  keeper.flush();
  await turn();
  assert.deepEqual(saved, [1]);
  set(2);
  keeper.flush();
  keeper.flush();
  assert.deepEqual(saved, [1, 2]);
});
