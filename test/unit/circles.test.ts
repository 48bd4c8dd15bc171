import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { root } from '../../scripts/lib/run.mjs';

/** The sources that each source imports, types included, by their paths from `src`. */
function imports(): Map<string, readonly string[]> {
  const src = path.join(root, 'src');
  const files = readdirSync(src, { recursive: true, encoding: 'utf8' })
    .map((file) => file.replaceAll(path.sep, '/'))
    .filter((file) => /\.tsx?$/.test(file));
  const known = new Set(files);
  const found = (from: string, to: string): string[] => {
    const base = path.posix.join(path.posix.dirname(from), to);
    return ['.ts', '.tsx', '/index.ts'].map((end) => base + end).filter((file) => known.has(file));
  };
  return new Map(
    files.map((file) => {
      const text = readFileSync(path.join(src, file), 'utf8');
      const named = [...text.matchAll(/\b(?:from|import)\s*\(?\s*'(\.[^']+)'/g)].map(([, to]) => to as string);
      return [file, named.flatMap((to) => found(file, to))];
    }),
  );
}

/** A way from a file back to itself, or null. */
function circle(graph: ReadonlyMap<string, readonly string[]>): readonly string[] | null {
  const done = new Set<string>();
  const way: string[] = [];
  const follow = (file: string): readonly string[] | null => {
    const before = way.indexOf(file);
    if (before >= 0) return [...way.slice(before), file];
    if (done.has(file)) return null;
    way.push(file);
    for (const next of graph.get(file) ?? []) {
      const round = follow(next);
      if (round) return round;
    }
    way.pop();
    done.add(file);
    return null;
  };
  for (const file of graph.keys()) {
    const round = follow(file);
    if (round) return round;
  }
  return null;
}

test('no source imports itself, by whatever way, by type or at run time', () => {
  const graph = imports();
  assert.ok(graph.size > 500 && [...graph.values()].flat().length > 2000);
  assert.equal(circle(graph)?.join(' -> ') ?? 'none', 'none');
});

test('a circle is found', () => {
  const graph = new Map([
    ['a', ['b']],
    ['b', ['c']],
    ['c', ['b']],
  ]);
  assert.deepEqual(circle(graph), ['b', 'c', 'b']);
});
