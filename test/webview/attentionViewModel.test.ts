import assert from 'node:assert/strict';
import test from 'node:test';
import { chosenOf, type HeadChoice, stepped, weightsOf } from '../../src/webview/attention-view/heads';
import { readKept } from '../../src/webview/attention-view/link';

/** Layers 0 and 2 of a model whose layer 1 gives nothing; two heads; two tokens. */
const given = {
  available: true,
  layers: [0, 2],
  heads: 2,
  weights: Float32Array.of(1, 0, 0.5, 0.5, 0.25, 0.75, 0, 1),
} as const;

test('weights are a head’s, the mean of a layer’s, or the mean of all', () => {
  assert.deepEqual([...weightsOf({ layer: 2, head: 0 }, given)], [0.25, 0.75]);
  assert.deepEqual([...weightsOf({ layer: 0, head: null }, given)], [0.75, 0.25]);
  assert.deepEqual([...weightsOf(null, given)], [0.4375, 0.5625]);
});

test('steps go through all, each layer’s mean and its heads, and around, both ways', () => {
  const seen: HeadChoice[] = [];
  let choice: HeadChoice = null;
  do {
    seen.push(choice);
    const next: HeadChoice = stepped(choice, 1, given);
    assert.deepEqual(stepped(next, -1, given), choice);
    choice = next;
  } while (choice !== null);
  assert.deepEqual(
    seen.map((each) => each && `${each.layer} ${each.head}`),
    [null, '0 null', '0 0', '0 1', '2 null', '2 0', '2 1'],
  );
});

test('a choice that another model does not have is the nearest that it has', () => {
  assert.equal(chosenOf({ layer: 1, head: 0 }, given), null);
  assert.deepEqual(chosenOf({ layer: 2, head: 7 }, given), { layer: 2, head: null });
  assert.deepEqual(chosenOf({ layer: 2, head: 1 }, given), { layer: 2, head: 1 });
});

test('what was kept is read as far as it makes sense', () => {
  assert.deepEqual(readKept({ version: 1, head: { layer: 3, head: null } }), { head: { layer: 3, head: null } });
  for (const bad of [
    undefined,
    3,
    {},
    { version: 2, head: { layer: 0, head: 0 } },
    { version: 1, head: { layer: -1 } },
  ]) {
    assert.deepEqual(readKept(bad), { head: null });
  }
});
