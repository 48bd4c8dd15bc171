// What bgolly makes of soups by rules and on grids of every kind that boards step on: writes
// test/unit/core/life/golly.json. Needs bgolly (Debian: apt-get install golly). Run it again when a kind is added.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const LETTERS = ['', 'ce', 'aceikn', 'aceijknqry', 'aceijknqrtwyz', 'aceijknqry', 'aceikn', 'ce'];
const folder = mkdtempSync(path.join(os.tmpdir(), 'golly-'));
let state = 14;
const random = () => {
  // Numerical Recipes' generator: the same soups wherever the script runs.
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return state / 2 ** 32;
};

/**
 * A soup as RLE without header.
 * @param {number} width @param {number} height @param {number} states
 */
function soup(width, height, states, density = 0.45) {
  const rows = Array.from({ length: height }, () =>
    Array.from({ length: width }, () => {
      if (random() >= density) return states > 2 ? '.' : 'b';
      const state = 1 + Math.floor(random() * (states - 1));
      if (states === 2) return 'o';
      return (
        (state > 24 ? String.fromCharCode(111 + Math.floor((state - 1) / 24)) : '') +
        String.fromCharCode(65 + ((state - 1) % 24))
      );
    }).join(''),
  );
  return `${rows.join('$')}!`;
}

/**
 * Populations of each generation, and the cells of the last as RLE.
 * @param {{rule: string, grid: string | null, position: number[], cells: string, width: number, height: number, states: number}} given
 * @param {number} generations
 */
function stepped({ rule, grid, position, cells, width, height, states }, generations) {
  const [file, out] = [path.join(folder, 'in.rle'), path.join(folder, 'out.rle')];
  const suffix = grid ? `:${grid}` : '';
  const lines = [`#CXRLE Pos=${position.join(',')}`, `x = ${width}, y = ${height}, rule = ${rule}${suffix}`, cells, ''];
  writeFileSync(file, lines.join('\n'));
  const algorithm = states > 2 ? ['-a', 'Generations'] : ['-a', 'QuickLife'];
  const said = execFileSync('bgolly', [...algorithm, '-m', `${generations}`, '-i', '1', '-o', out, file], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const populations = [...said.matchAll(/^\d+: ([\d,]+)$/gm)].map(([, count]) => Number(count?.replaceAll(',', '')));
  const [header = '', ...body] = readFileSync(out, 'utf8')
    .split('\n')
    .filter((line) => !line.startsWith('#'));
  return { populations, last: body.join(''), canonical: /rule = (\S+?)(?::|$)/.exec(header)?.[1] };
}

/** @type {object[]} */
const cases = [];
/**
 * @param {string} rule
 * @param {string} grid as after the colon; empty on the plane
 * @param {{states?: number, side?: number[], generations?: number}} [more]
 */
function add(rule, grid = '', { states = 2, side = [16, 16], generations = 8 } = {}) {
  const [width = 0, height = 0] = side;
  const [gridWidth = 0, gridHeight = gridWidth] = sidesOf(grid);
  const position = [-Math.floor(gridWidth / 2), -Math.floor(gridHeight / 2)];
  const given = { rule, grid: grid || null, position, cells: soup(width, height, states), width, height, states };
  cases.push({ ...given, ...stepped(given, generations) });
}

/** @param {string} grid */
function sidesOf(grid) {
  return grid === ''
    ? []
    : grid
        .slice(1)
        .split(',')
        .map((each) => parseInt(each, 10));
}

// Every letter by itself, as births and as survivals.
for (let count = 1; count <= 7; count++) {
  for (const letter of LETTERS[count] ?? '') {
    add(`B${count}${letter}/S`, '', { generations: 2 });
    add(`B3/S${count}${letter}`, '', { generations: 2 });
  }
}
for (const rule of [
  'B2n3/S23-q',
  'B2-a/S12',
  'B3/S2-i34q',
  'B2cekin/S12',
  'B4-qjrtwz/S',
  'B3/S234-ceitz5',
  'B2e3-i4qt/S2-c3-y5ai',
])
  add(rule);
for (const rule of ['B13/S012V', 'B2/S013V', 'B3/S23V', 'B245/S3H', 'B2/S34H', 'B2/S35H', 'W22', 'W30', 'W110'])
  add(rule);
for (const rule of ['B36/S23', 'B3678/S34678', 'B2/S']) add(rule);
add('MAPARYXfhZofugWaH7oaIDogBZofuhogOiAaIDogIAAgAAWaH7oaIDogGiA6ICAAIAAaIDogIAAgACAAIAAAAAAAA');
add('MAPARYXfhZofugWaH7oaIDogBZofuhogOiAaIDogIAAgQAWaH7oaIDogGiA6ICAAIAAaIDogIAAgACAAIAAQAAAAA');
add('MAPFgFoF2gXgH8XgH8WgBeAfQ');
add('MAPHmlphg');
// B0: with and without Smax, of every neighbourhood, and starting at an odd generation.
for (const rule of [
  'B03/S23',
  'B0123478/S01234678',
  'B08/S4',
  'B028/S0124',
  'B0124-k/S1c25',
  'B02/S13V',
  'B024/S0134V',
  'B03/S2H',
])
  add(rule);
// Grids.
for (const rule of ['B3/S23', 'B2n3/S23-q', 'B245/S3H']) {
  for (const grid of [
    'P13,9',
    'T13,9',
    'T13+3,9',
    'T13,9-2',
    'T40,33',
    'K13*,9',
    'K13,9*',
    'K14*+1,9',
    'K13,8*+1',
    'K40*,33',
    'C13,9',
    'C36,7',
    'S12',
    'S33',
  ]) {
    const [width = 0, height = width] = sidesOf(grid);
    add(rule, grid, { side: [width, height], generations: 12 });
  }
  for (const grid of ['P0,9', 'T0,9', 'P13,0', 'T13,0']) {
    const [width, height] = sidesOf(grid);
    add(rule, grid, { side: [width || 20, height || 20], generations: 12 });
  }
}
for (const [rule, states] of /** @type {const} */ ([
  ['/2/3', 3],
  ['345/2/4', 4],
  ['2367/3457/5', 5],
  ['2/13/21', 21],
  ['1456/2356/16', 16],
  ['234/34678/24', 24],
  ['23/36/60', 60],
  ['2-n/2ci3/3', 3],
  ['12/13/4V', 4],
  ['23/2/5H', 5],
])) {
  add(rule, '', { states });
  add(rule, 'T20,15', { states, side: [20, 15], generations: 30 });
  add(rule, 'K20*,15', { states, side: [20, 15], generations: 30 });
}

rmSync(folder, { recursive: true });
const source = 'bgolly 3.3 (Debian golly 3.3-1.1), by scripts/golly-golden.mjs';
writeFileSync(
  new URL('../test/unit/core/life/golly.json', import.meta.url),
  `{\n  "source": ${JSON.stringify(source)},\n  "cases": [\n${cases.map((each) => `    ${JSON.stringify(each)}`).join(',\n')}\n  ]\n}\n`,
);
console.log(`${cases.length} cases`);
