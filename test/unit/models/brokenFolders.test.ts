import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BrokenFolders, MOST_BROKEN_WATCHED } from '../../../src/extension/models/brokenFolders';

function watched(): { broken: BrokenFolders; watches: Map<string, () => void>; looks: () => number } {
  const watches = new Map<string, () => void>();
  let looks = 0;
  const broken = new BrokenFolders(
    (folder, changed) => {
      watches.set(folder, changed);
      return { dispose: () => void watches.delete(folder) };
    },
    () => void looks++,
  );
  return { broken, watches, looks: () => looks };
}

test('a folder with a broken model is looked at again when it is found, and at every change in it', () => {
  const { broken, watches, looks } = watched();
  broken.watch(['/copied']);
  assert.equal(looks(), 1, 'what changed while it was read for the first time');
  broken.watch(['/copied']);
  assert.equal(looks(), 1, 'a folder that is known to be broken is left alone until it changes');
  watches.get('/copied')?.();
  assert.equal(looks(), 2);
});

test('a model that is whole is not watched any longer, and nothing is at the end', () => {
  const { broken, watches } = watched();
  broken.watch(['/a', '/b']);
  broken.watch(['/b']);
  assert.deepEqual([...watches.keys()], ['/b']);
  broken.dispose();
  assert.equal(watches.size, 0);
});

test('no more folders are watched than a system bears', () => {
  const { broken, watches } = watched();
  broken.watch(Array.from({ length: 1000 }, (_, i) => `/model ${i}`));
  assert.equal(watches.size, MOST_BROKEN_WATCHED);
});
