import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { CoreError } from '../../../../src/core/errors';
import { PATTERN_FORMS, patternText, readPattern, writePattern } from '../../../../src/core/life/formats/index';
import { PATTERNS } from '../../../../src/core/life/patterns';
import { openUniverse } from '../../../../src/core/life/universe/open';
import { Random } from '../../../../src/core/numeric/random';
import { fixture } from '../../../harness/fixtures';

const FILES = 20_000;
const MOST_SEED_BYTES = 3000;
/** What files of patterns are made of, and what makes readers fail. */
const PIECES = [
  ...['!', '$', 'b', 'o', '#', '\n', '\r', '\0', '.', 'O', '*', ' ', '\t', 'A', 'pB', 'é', '\ufffd', '0', '9'],
  ...['99999999', '4294967297o', '2147483648$', '1073741823b3o', '999999999999999999999999b'],
  ...['x = 3, y = 3, rule = ', 'x = 99999999999, y = 1', 'rule = B0/S', ':T0,0', ':K30*,20+1', ':S', 'MAP', 'R5,C2,'],
  ...['#CXRLE Pos=-2147483649,0 Gen=9', '#P 1073741824 0\n', '#R -1 -1\n', '#r ', '#Life 1.05\n', '#Life 1.06\n'],
  ...['!Name:', '[M2]', '1 1\n', '-1073741824 5\n', '#C', '#N', '/2/3', 'History'],
];

interface Seed {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** The gallery in every form, and files that are found, where they are there. */
function seeds(): Seed[] {
  const own = PATTERNS.flatMap(({ name, pattern }) =>
    PATTERN_FORMS.map(({ format, extensions }) => ({
      name: name + extensions[0],
      bytes: writePattern(pattern, format),
    })),
  );
  const root = fixture('life');
  if (!existsSync(root)) return own;
  const found = readdirSync(root, { recursive: true, encoding: 'utf8' })
    .sort()
    .filter((file, at) => at % 5 === 0 || !file.endsWith('.rle'))
    .map((file) => path.join(root, file))
    .filter((file) => statSync(file).isFile() && statSync(file).size <= MOST_SEED_BYTES)
    .map((file) => ({ name: file, bytes: readFileSync(file) }));
  return [...own, ...found];
}

/** A file after a few accidents: bytes changed, cut out, doubled, pieces put in, the rest of another file. */
function mutated(random: Random, files: readonly Seed[]): Seed {
  const pick = (count: number): number => Math.floor(random.uniform() * count);
  const any = (): Seed => files[pick(files.length)] as Seed;
  const { name, bytes } = any();
  let data = Array.from(bytes);
  for (let accident = 0; accident <= pick(4); accident++) {
    const at = pick(data.length + 1);
    const length = 1 + pick(20);
    const piece = Array.from(new TextEncoder().encode(PIECES[pick(PIECES.length)]));
    const accidents: (() => void)[] = [
      () => void (data[Math.min(at, Math.max(0, data.length - 1))] = pick(256)),
      () => void data.splice(at, length),
      () => void data.splice(at, 0, ...data.slice(at, at + length)),
      () => void data.splice(at, 0, ...piece),
      () => void data.splice(at, piece.length, ...piece),
      () => void (data = data.slice(0, at)),
      () => void (data = [...data.slice(0, at), ...any().bytes.slice(at)]),
    ];
    (accidents[pick(accidents.length)] as () => void)();
  }
  return { name, bytes: Uint8Array.from(data) };
}

test('20,000 damaged files are read, written and stepped, or refused with a sentence: nothing else', () => {
  const random = Random.fromSeed(20_000);
  const files = seeds();
  const outcomes = { read: 0, refused: 0 };
  for (let at = 0; at < FILES; at++) {
    const { name, bytes } = mutated(random, files);
    const said = (): string =>
      `file ${at}, ${path.basename(name)}: ${JSON.stringify(Buffer.from(bytes).toString('latin1'))}`;
    try {
      const pattern = readPattern(bytes, name);
      outcomes.read++;
      const text = patternText(pattern);
      const again = readPattern(writePattern(pattern), name);
      assert.ok(again.cells.equals(pattern.cells), said());
      // A byte that made the file Latin-1 may have stood where nothing is kept of it.
      const kept = { cells: null, encoding: null };
      assert.deepEqual({ ...again, ...kept }, { ...pattern, ...kept }, said());
      assert.equal(patternText(again), text, said());
      if (pattern.cells.population > 5000) continue;
      const universe = openUniverse(
        pattern,
        pattern.bounds && pattern.bounds.width * pattern.bounds.height < 1e6 ? undefined : 'plane',
      );
      assert.equal(universe.population, pattern.cells.population, said());
      universe.step();
    } catch (error) {
      if (error instanceof assert.AssertionError) throw error;
      assert.ok(error instanceof CoreError, `${said()}: ${error instanceof Error ? error.stack : String(error)}`);
      assert.match(error.message, /^[A-Z"][^\n]{5,}\.$/, said());
      assert.ok(error.message.length < 300, error.message);
      outcomes.refused++;
    }
  }
  // Both happen often, or the accidents are not what they should be.
  assert.ok(outcomes.read > FILES / 10 && outcomes.refused > FILES / 10, JSON.stringify(outcomes));
});
