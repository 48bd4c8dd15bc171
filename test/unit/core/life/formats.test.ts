import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { CoreError, type CoreErrorCode } from '../../../../src/core/errors';
import { Cells, CellsBuilder } from '../../../../src/core/life/cells';
import {
  formOfName,
  PATTERN_FORMS,
  patternText,
  readPattern,
  writePattern,
} from '../../../../src/core/life/formats/index';
import { BLANK, framed, noteOf, placedCells, renamed, type Pattern } from '../../../../src/core/life/pattern';
import { formatBoundedGrid, parseBoundedGrid } from '../../../../src/core/life/topology';

/** The rectangle of a pattern, a string a row. */
function rows({ width, height, cells }: Pattern): string[] {
  const drawn = Array.from({ length: height }, () => Array.from({ length: width }, () => '.'));
  cells.forEachRun((y, start, end) => drawn[y]!.fill('O', start, end));
  return drawn.map((row) => row.join(''));
}

function refused(file: string | Uint8Array, code: CoreErrorCode, reason: RegExp, name?: string): void {
  assert.throws(
    () => readPattern(file, name),
    (error) => error instanceof CoreError && error.code === code && reason.test(error.message),
    String(file).slice(0, 80),
  );
}

const GLIDER = ['.O.', '..O', 'OOO'];

test('RLE: counts, empty rows, what is left out at the ends, no header, no end', () => {
  for (const text of [
    'bo$2bo$3o!',
    'bo$2bo$3o',
    'x = 3, y = 3\nbo$2bo$3o!',
    'x=3,y=3,rule=B3/S23\nbo$2bo$3o!',
    'X = 3 , Y = 3 , RULE = b3/s23\r\nbo$2\r\nbo$\r\n3o!\r\n',
    '\n\nx = 3, y = 3, rule = B3/S23\n\nb o $\n 2 b\to\n$3\no !',
    'x = 3, y = 3, rule = B3/S23\n.A$..A$3A!',
    'bo$2bo\n#C in the middle\n$3o!',
    'x = 1, y = 1, rule = B3/S23\nbo$2bo$3o!',
    'bx$2by$3z!',
    '\ufeffbo$2bo$3o!',
  ]) {
    assert.deepEqual(rows(readPattern(new TextEncoder().encode(text), 'a.rle')), GLIDER, text);
  }
  assert.deepEqual(rows(readPattern('3o3$o')), ['OOO', '...', '...', 'O..']);
  assert.deepEqual(rows(readPattern('x = 4, y = 5, rule = B3/S23\nbo$2bo$3o!')), [
    '.O..',
    '..O.',
    'OOO.',
    '....',
    '....',
  ]);
  assert.deepEqual(rows(readPattern('1\n2o!')), ['OOOOOOOOOOOO']);
  assert.deepEqual(rows(readPattern('0o3$0bo!')), ['.', '.', '.', 'O']);
  for (const empty of ['', '\n', '!', '$$!', 'x = 0, y = 0, rule = B3/S23\n!']) {
    assert.equal(readPattern(empty, 'empty.rle').cells.population, 0, empty);
  }
});

test('RLE: what is said of the pattern', () => {
  const pattern = readPattern(
    [
      '#CXRLE Pos=-24,8 Gen=1200',
      '#N Glider',
      '#O Richard K. Guy',
      '#C The smallest spaceship.',
      '#c It moves.',
      '#C',
      '# no letter',
      'x = 3, y = 3, rule = 23/36:T30,20',
      'bo$2bo$3o! and so on',
      'to the end',
    ].join('\r\n'),
  );
  const { position, generation, rule, bounds, trailer, endOfLine } = pattern;
  assert.deepEqual(
    { position, generation, rule, bounds, trailer, endOfLine },
    {
      position: { x: -24, y: 8 },
      generation: 1200,
      rule: '23/36',
      bounds: { kind: 'torus', width: 30, height: 20 },
      trailer: ' and so on\nto the end',
      endOfLine: '\r\n',
    },
  );
  assert.deepEqual(
    pattern.notes.map(({ kind, text }) => [kind, text]),
    [
      ['name', 'Glider'],
      ['author', 'Richard K. Guy'],
      ['comment', 'The smallest spaceship.'],
      ['comment', 'It moves.'],
      ['comment', ''],
      ['comment', 'no letter'],
    ],
  );
  assert.deepEqual(readPattern('#P -3 4\no!').position, { x: -3, y: 4 });
  assert.deepEqual(readPattern('#R 5 6\no!').position, { x: 5, y: 6 });
  assert.equal(readPattern('#r 23/36\no!').rule, '23/36');
  assert.equal(readPattern('#r 23/36\nx = 1, y = 1, rule = B2/S\no!').rule, 'B2/S');
});

test('plaintext: comments, both live characters, blank rows, dead cells left out', () => {
  const pattern = readPattern(
    '!Name: Glider\n!Author: Richard K. Guy\n!\n! Moves.\n\n.O\n..*\nOOO\n\n',
    'glider.cells',
  );
  assert.deepEqual(rows(pattern), GLIDER);
  assert.deepEqual([noteOf(pattern, 'name'), noteOf(pattern, 'author')], ['Glider', 'Richard K. Guy']);
  assert.deepEqual(rows(readPattern('O\n\n.O', 'a.cells')), ['O.', '..', '.O']);
  assert.deepEqual(rows(readPattern('...\n.O.', 'a.cells')), ['...', '.O.']);
});

test('Life 1.05: blocks, rules, names; Life 1.06: coordinates', () => {
  const blocks = readPattern('#Life 1.05\n#D Name: Two\n#D A comment.\n#N\n#P -1 -2\n.*\n*\n#P 3 4\n**\n', 'two.lif');
  assert.deepEqual(blocks.position, { x: -1, y: -2 });
  assert.deepEqual(rows(blocks), ['.O....', 'O.....', '......', '......', '......', '......', '....OO']);
  assert.deepEqual([noteOf(blocks, 'name'), noteOf(blocks, 'comment')], ['Two', 'A comment.']);
  assert.equal(readPattern('#Life 1.05\n#R 125/36\n#P 0 0\n*').rule, '125/36');
  assert.deepEqual(rows(readPattern('#P 0 0\n.*\n**\n', 'no-header.lif')), ['.O', 'OO']);
  // Blocks that overlap, and cells given twice, are one cell each.
  assert.equal(readPattern('#Life 1.05\n#P 0 0\n***\n#P 1 0\n***\n').cells.population, 4);
  const points = readPattern('#Life 1.06\n0 -1\n1 0\n-1 1\n0 1\n1 1\n1 1\n', 'glider.life');
  assert.deepEqual(rows(points), GLIDER);
  assert.deepEqual(points.position, { x: -1, y: -1 });
});

test('the text tells the form, and the name of the file where it does not', () => {
  const formOf = (text: string, name?: string): string => readPattern(text, name).format;
  assert.equal(formOf('#Life 1.06\n0 0\n', 'a.rle'), 'life-1.06');
  assert.equal(formOf('x = 1, y = 1\no!', 'a.cells'), 'rle');
  assert.equal(formOf('!Name: a\nO\n', 'a.rle'), 'cells');
  assert.equal(formOf('OO\nOO\n'), 'cells');
  assert.equal(formOf('2o$2o!'), 'rle');
  assert.equal(formOf('', 'new.cells'), 'cells');
  assert.deepEqual(
    ['a.RLE', 'b.cells', 'c.lif', 'd.life', 'e.txt'].map((name) => formOfName(name)?.format),
    ['rle', 'cells', 'life-1.05', 'life-1.05', undefined],
  );
});

test('what is no pattern, or one of another kind, is refused with a sentence', () => {
  refused('x = 3, y = 3, rule = B3/S23\nbo$%$3o!', 'life-invalid', /Line 2: Among runs stands "%"/);
  refused('hello, world', 'life-invalid', /Line 1: Among runs stands "h"/, 'a.rle');
  refused('x = 3, y = 3\nThis is a glider.\nbo$2bo$3o!', 'life-invalid', /Line 2: Among runs stands "T"/);
  refused('x = 3, y = 3\nbo$2bo$3o\nfound by two boys\n', 'life-invalid', /Line 3: Among runs stands "f"/);
  refused('x = 3, y = 1\nABC!', 'life-unsupported', /more than two states \(line 2\)/);
  refused('.O.\n.8.\n', 'life-invalid', /Line 2: Among cells stands "8"/, 'a.cells');
  refused('#Life 1.06\n1 2\n3\n', 'life-invalid', /Line 3: It is no pair of coordinates/);
  refused(Uint8Array.of(0x78, 0, 0x3d), 'life-invalid', /binary/);
  refused(Uint8Array.of(0x1f, 0x8b, 8, 0), 'life-unsupported', /compressed \(gzip\): unpack it/);
  refused('[M2] (golly 3.3)\n4 0 1 0 0\n', 'life-invalid', /Line 2: Node 1 is none of the level below/);
  refused('[M2]\n.********\n', 'life-invalid', /Line 2: It is no square of eight rows/);
  refused('[M2]\n5 0 0\n', 'life-invalid', /Line 2: It is no node/);
  refused('#MCell 4.00\n', 'life-unsupported', /MCell/);
  refused('x = 3, y = 1, rule = LifeHistory\nABC!', 'life-unsupported', /seven states/);
  refused('x = 3, y = 1, rule = B3/S23\nABC!', 'life-unsupported', /more than two states \(line 2\)/);
  refused('x = 3, y = 1, rule = B3/S23\npA2.!', 'life-unsupported', /more than two states/);
  refused(
    'x = 3, y = 1, rule = 345/2/4\nABD!',
    'life-invalid',
    /Line 2: A cell is in state 4, and the rule has states 0 to 3/,
  );
  refused('x = 3, y = 1, rule = 345/2/4\nAB?!', 'life-invalid', /Line 2: Among runs stands "\?"/);
  refused('x = 3, y = 1, rule = B3/S23:Q3,4\n3o!', 'life-invalid', /":Q3,4" is no bounded grid/);
  refused('999999999999o!', 'life-too-large', /further than/);
  refused('900000000o!', 'life-too-large', /more than 67,108,864 live cells/);
  refused(`x = 99999999999, y = 1\no!`, 'life-too-large', /further than/);
  refused('#Life 1.06\n2000000000 1\n', 'life-too-large', /further than/);
  refused('#CXRLE Gen=99999999999999999999\no!', 'life-too-large', /older/);
});

test('cells of more than two states are read and written by their letters', () => {
  const text = 'x = 6, y = 2, rule = 23/36/60\n.AX2pAyK$yK!\n'.replaceAll('yK', 'qK');
  const pattern = readPattern(text);
  assert.equal(pattern.cells.population, 6);
  const at = (state: number): number => pattern.states[state - 2]?.population ?? 0;
  assert.deepEqual([at(24), at(25), at(59)], [1, 2, 2]);
  assert.equal(patternText(pattern), text);
  assert.throws(() => patternText(pattern, 'cells'), /cannot say cells of more than two states/);
});

test('a macrocell is opened flat, however often its nodes are met, up to a bound', () => {
  // Golly's own of a glider, its middle at the origin.
  const glider = readPattern('[M2] (golly 3.3)\n#R B3/S23\n#G 12\n$$$$$$.......*$\n$$$$$$*$\n*$.*$**$\n4 1 2 0 3\n');
  assert.deepEqual([glider.format, glider.generation, glider.rule], ['macrocell', 12, 'B3/S23']);
  const doubled = (levels: number): string => {
    const lines = ['[M2]', '#R B36/S23', '********$'.repeat(1)];
    for (let level = 4; level < 4 + levels; level++) lines.push(`${level} ${`${level - 3} `.repeat(4).trim()}`);
    return lines.join('\n');
  };
  assert.equal(readPattern(doubled(4)).cells.population, 8 * 4 ** 4);
  assert.deepEqual(readPattern(doubled(1)).position, { x: -8, y: -8 });
  assert.throws(() => readPattern(doubled(40)), /opened flat, up to 67,108,864/);
  const many = readPattern('[M2]\n#R /2/3\n1 0 1 2 0\n2 0 0 1 0\n');
  assert.deepEqual([many.cells.population, many.states[0]?.population], [2, 1]);
});

test('a form refuses to write what it cannot say', () => {
  const highLife = readPattern('x = 1, y = 1, rule = B36/S23\no!');
  for (const format of ['cells', 'life-1.06'] as const) {
    assert.throws(() => patternText(highLife, format), /cannot say the rule B36\/S23: save it as \.rle/);
  }
  assert.match(patternText(highLife, 'life-1.05'), /#R 23\/36/);
  const torus = readPattern('#N Ring\nx = 1, y = 1, rule = B3/S23:T4,4\no!');
  for (const { format } of PATTERN_FORMS.filter(({ format: form }) => form !== 'rle' && form !== 'macrocell')) {
    assert.throws(() => patternText(torus, format), /cannot say a bounded grid, which "Ring" has/);
  }
  assert.throws(() => patternText(readPattern('99999$99999bo!'), 'cells'), /too large to be drawn/);
});

test('bytes that are not UTF-8 are read, and come back as they were', () => {
  const bytes = Uint8Array.from('#N Caf\xe9 \x96\n#C \xfc\nx = 1, y = 1, rule = B3/S23\no!\n', (c) => c.charCodeAt(0));
  const pattern = readPattern(bytes, 'cafe.rle');
  assert.equal(noteOf(pattern, 'name'), 'Café \u0096');
  assert.deepEqual(writePattern(pattern), bytes);
  // A name that Latin-1 lacks makes the file UTF-8.
  const greek = renamed(pattern, 'Ωμέγα');
  assert.equal(noteOf(readPattern(writePattern(greek)), 'name'), 'Ωμέγα');
  const utf8 = new TextEncoder().encode('#N Ωμέγα\nx = 1, y = 1, rule = B3/S23\no!\n');
  assert.deepEqual(writePattern(readPattern(utf8)), utf8);
});

test('saving keeps what was not edited: comments as they stood, the notation of the rule, text after the end', () => {
  const text = [
    '#CXRLE Pos=-3,5 Gen=7',
    '#N Glider',
    '#C   indented, and a tab\t.',
    '#c small',
    '#',
    '#D from elsewhere',
    'x = 4, y = 4, rule = 23/3:T30,20',
    'bo$2bo$3o! more',
    '',
    'at the end',
    '',
  ].join('\r\n');
  const pattern = readPattern(text);
  assert.equal(patternText(pattern), text);
  const edited = framed(pattern, readPattern('2o$2o!').cells);
  assert.equal(patternText(edited), text.replace('x = 4, y = 4', 'x = 2, y = 2').replace('bo$2bo$3o!', '2o$2o!'));
});

test('lines of RLE have at most 70 columns, and no run is split', () => {
  const builder = new CellsBuilder();
  for (let y = 0; y < 40; y++) for (let x = 0; x < 400; x += 3 + ((x * y) % 17)) builder.add(y, x, x + 1 + (x % 2));
  const pattern = framed(BLANK, builder.build());
  const lines = patternText(pattern).trimEnd().split('\n').slice(1);
  assert.ok(lines.length > 20);
  for (const line of lines) assert.match(line, /^(\d*[bo$])*!?$/);
  assert.ok(Math.max(...lines.map(({ length }) => length)) <= 70);
  assert.ok(Math.max(...lines.map(({ length }) => length)) >= 66);
  assert.ok(readPattern(patternText(pattern)).cells.equals(pattern.cells));
});

const runs = fc.array(
  fc.tuple(fc.integer({ min: 0, max: 90 }), fc.integer({ min: 0, max: 200 }), fc.integer({ min: 1, max: 70 })),
);
const cells = runs.map((list) => {
  const builder = new CellsBuilder();
  for (const [y, start, length] of list) builder.add(y, start, start + length);
  return builder.build();
});

test('runs in any order are the cells that they cover, each once, in order', () => {
  fc.assert(
    fc.property(runs, (list) => {
      const builder = new CellsBuilder();
      const covered = new Set<number>();
      for (const [y, start, length] of list) {
        builder.add(y, start, start + length);
        for (let x = start; x < start + length; x++) covered.add(y * 1000 + x);
      }
      const built = builder.build();
      const written: number[] = [];
      let last = -Infinity;
      built.forEachRun((y, start, end) => {
        assert.ok(y * 1000 + start > last && end > start, 'in order, and no two touch');
        last = y * 1000 + end;
        for (let x = start; x < end; x++) written.push(y * 1000 + x);
      });
      assert.deepEqual(
        written,
        [...covered].sort((a, b) => a - b),
      );
      assert.equal(built.population, covered.size);
      const columns = written.map((at) => at % 1000);
      if (built.box) {
        assert.equal(built.box.x, Math.min(...columns));
        assert.equal(built.box.x + built.box.width - 1, Math.max(...columns));
      } else assert.equal(covered.size, 0);
    }),
  );
});

const line = fc
  .stringMatching(/^[ -~é]{0,30}$/)
  .map((text) => text.trim())
  .filter((text) => text !== '');
const notes = fc.array(
  fc.record({ kind: fc.constantFrom('name' as const, 'author' as const, 'comment' as const), text: line }),
  {
    maxLength: 3,
  },
);
const bounded = fc
  .constantFrom('T30,20', 'T0,20', 'P9,9', 'K30*,20', 'K30,20*', 'K30*+3,20', 'T30-7,20', 'T30,20+1', 'C30,20', 'S30')
  .map(parseBoundedGrid);

test('what is written is read as the same pattern', () => {
  const digits = fc.uniqueArray(fc.nat(8), { maxLength: 5 }).map((list) => list.join(''));
  const small = fc.integer({ min: -999, max: 999 });
  const anyPattern = fc.record({
    cells,
    extra: fc.nat(9),
    rule: fc.tuple(digits, digits).map(([birth, survival]) => `B${birth}/S${survival}`),
    bounds: fc.option(bounded),
    position: fc.option(fc.tuple(small, small).map(([x, y]) => ({ x, y }))),
    generation: fc.nat(),
    notes,
    trailer: fc.oneof(fc.constant(''), line),
    endOfLine: fc.constantFrom('\n' as const, '\r\n' as const),
  });
  fc.assert(
    fc.property(anyPattern, ({ extra, ...made }) => {
      const { box } = made.cells;
      const width = (box ? box.x + box.width : 0) + extra;
      const height = (box ? box.y + box.height : 0) + extra;
      const pattern: Pattern = { ...BLANK, ...made, width, height };
      const read = readPattern(writePattern(pattern), 'a.rle');
      assert.ok(read.cells.equals(pattern.cells));
      const said = (of: Pattern): unknown => ({
        ...of,
        cells: null,
        notes: of.notes.map(({ kind, text }) => [kind, text]),
      });
      assert.deepEqual(said(read), said(pattern));
      // The second time, letter by letter.
      assert.equal(patternText(read), patternText(pattern));
      assert.equal(patternText(readPattern(patternText(read))), patternText(read));
    }),
    { numRuns: 300 },
  );
});

test('every form holds the cells, where they are, and the notes', () => {
  fc.assert(
    fc.property(cells, notes, (of, said) => {
      const pattern = framed({ ...BLANK, notes: said, position: { x: -40, y: -7 } }, of);
      for (const { format, extensions } of PATTERN_FORMS) {
        const text = patternText(pattern, format);
        const read = readPattern(text, `a${extensions[0]}`);
        assert.equal(read.format, of === Cells.none ? read.format : format);
        // Plaintext does not say where its rectangle lies.
        const [got, wanted] =
          format === 'cells' ? [read.cells, pattern.cells] : [placedCells(read), placedCells(pattern)];
        assert.ok(got.equals(wanted), format);
        assert.equal(patternText(read), text);
      }
    }),
  );
});

test('bounded grids are read as Golly writes them, and written so', () => {
  for (const text of [
    'T30,20',
    'T0,20',
    'T30,0',
    'P30,20',
    'T30+7,20',
    'T30,20-2',
    'K30*,20',
    'K30,20*',
    'K30*+1,20',
    'C30,20',
    'S30',
  ]) {
    assert.equal(formatBoundedGrid(parseBoundedGrid(text)), text);
  }
  assert.deepEqual(parseBoundedGrid('K30,20*-1'), {
    kind: 'klein-bottle',
    width: 30,
    height: 20,
    twisted: 'vertical',
    shift: { side: 'vertical', by: -1 },
  });
  assert.equal(formatBoundedGrid(parseBoundedGrid('t8')), 'T8,8');
  assert.throws(
    () => formatBoundedGrid({ kind: 'sphere', width: 3, height: 4 }),
    /sides of one length, and not of 3 x 4/,
  );
  for (const wrong of [
    '',
    'T',
    'X3,4',
    'T3,4,5',
    'K3,4',
    'K3*,4*',
    'C3+1,4',
    'P3+1,4',
    'S3,4',
    'S0',
    'T0,0',
    'T3*,4',
    'T3+1,4+1',
    'K3+1,4*',
    'T-3,4',
  ]) {
    assert.throws(() => parseBoundedGrid(wrong), CoreError, wrong);
  }
});
