import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fuzz, type Kind } from '../../fuzz/fuzz';

for (const kind of ['cells', 'names', 'servers'] satisfies Kind[]) {
  test(`${kind} of any form are read or refused with a sentence, none in a second of processor time`, () => {
    const { slowest, faults } = fuzz(kind, 500, 1);
    assert.deepEqual(faults, []);
    assert.ok(slowest < 1, `${slowest} s`);
  });
}
