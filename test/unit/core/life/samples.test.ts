import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { formOfName, readPattern } from '../../../../src/core/life/formats/index';
import { noteOf, type Pattern } from '../../../../src/core/life/pattern';
import { findPattern } from '../../../../src/core/life/patterns';
import { openUniverse } from '../../../../src/core/life/universe/open';

const folder = path.join(import.meta.dirname, '../../../../samples');
const sample = (name: string): Pattern => readPattern(readFileSync(path.join(folder, name)), name);
const patterns = readdirSync(folder).filter((name) => formOfName(name));

test('every pattern among the samples is read in the form of its name, has a name and says what it is', () => {
  assert.ok(patterns.length >= 8);
  for (const name of patterns) {
    const pattern = sample(name);
    assert.ok(formOfName(name)?.extensions.includes(path.extname(name)), name);
    assert.equal(pattern.format, formOfName(name)?.format, name);
    assert.ok(noteOf(pattern, 'name') && noteOf(pattern, 'comment'), name);
    assert.ok(openUniverse(pattern).population > 0, name);
  }
});

test('those that the gallery has too are the same', () => {
  for (const [file, name] of [
    ['glider.rle', 'glider'],
    ['gosper-gun.rle', 'gosper glider gun'],
    ['pulsar.cells', 'pulsar'],
    ['r-pentomino.cells', 'r-pentomino'],
    ['acorn.lif', 'acorn'],
  ] as const) {
    assert.ok(sample(file).cells.equals(findPattern(name)!.pattern.cells), file);
  }
});

test('they do what their comments say', () => {
  const replicator = openUniverse(sample('replicator.rle'));
  const once = replicator.population;
  while (replicator.generation < 12) replicator.step();
  assert.equal(replicator.population, 2 * once);
  const collision = openUniverse(sample('collision.rle'));
  while (collision.generation < 60) collision.step();
  assert.deepEqual([collision.population, collision.box()?.width, collision.box()?.height], [4, 2, 2]);
});

test('the guide names every pattern, and nothing that is not there', () => {
  const guide = readFileSync(path.join(folder, 'life.md'), 'utf8');
  const linked = [...guide.matchAll(/\]\(([^)]+)\)/g)].map(([, target]) => target as string);
  for (const target of linked) assert.ok(existsSync(path.join(folder, target)), target);
  for (const name of patterns) assert.ok(linked.includes(name), name);
});
