import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { lifeAnswer, lifePrompt, readLifeAnswer, readLifePrompt } from '../../../../src/core/life/prompt';
import { formatRule, neighbourCounts, parseRule, step } from '../../../../src/core/life/rule';
import type { GridSize } from '../../../../src/core/life/topology';
import { lettersOf } from '../../../../src/core/life/rules/hensel';
import { NAMED } from '../../../../src/core/life/rules/names';
import { readRule } from '../../../../src/core/life/rules/notation';
import { CoreError } from '../../../../src/core/errors';
import type { LifeGrid } from '../../../../src/core/trace/record';

const CONWAY = parseRule('B3/S23');
const grid = (...rows: string[]): Uint8Array => Uint8Array.from(rows.join(''), Number);
const size = (width: number, height: number, topology: 'torus' | 'plane' = 'torus'): GridSize => ({
  width,
  height,
  topology,
});

test('a blinker turns, a block stands, a glider comes back one cell further after four generations', () => {
  const blinker = grid('00000', '00100', '00100', '00100', '00000');
  const turned = grid('00000', '00000', '01110', '00000', '00000');
  assert.deepEqual(step(blinker, size(5, 5), CONWAY), turned);
  assert.deepEqual(step(turned, size(5, 5), CONWAY), blinker);
  const block = grid('0000', '0110', '0110', '0000');
  assert.deepEqual(step(block, size(4, 4), CONWAY), block);
  let glider = grid('010000', '001000', '111000', '000000', '000000', '000000');
  const moved = grid('000000', '001000', '000100', '011100', '000000', '000000');
  for (let i = 0; i < 4; i++) glider = step(glider, size(6, 6), CONWAY);
  assert.deepEqual(glider, moved);
});

test('on a torus edges meet, on a plane nothing is beyond them', () => {
  const edge = grid('10000', '10000', '10000', '00000');
  assert.deepEqual(step(edge, size(5, 4), CONWAY), grid('00000', '11001', '00000', '00000'));
  assert.deepEqual(step(edge, size(5, 4, 'plane'), CONWAY), grid('00000', '11000', '00000', '00000'));
});

test('a rule is births and survivals by live neighbours: HighLife’s sixth gives birth', () => {
  const six = grid('111', '101', '100');
  const alone = (rule: string): number => step(six, size(3, 3, 'plane'), parseRule(rule))[4]!;
  assert.deepEqual([alone('B3/S23'), alone('B36/S23'), alone('b6/s')], [0, 1, 1]);
});

test('every way to write births and survivals means the same; survivals come first where there are no letters', () => {
  for (const notation of ['B3/S23', 'b3/s23', 'B3S23', 's23b3', 'S23/B3', '23/3', ' 23 / 3 ', '23/3/2', 'Life']) {
    assert.equal(formatRule(parseRule(notation)), 'B3/S23', notation);
  }
  assert.equal(formatRule(parseRule('/2')), 'B2/S');
  assert.equal(formatRule(parseRule('B234')), 'B234/S');
  assert.equal(formatRule(parseRule('b/s')), 'B/S');
  const counts = fc.uniqueArray(fc.nat(8)).map((digits) => digits.sort().join(''));
  fc.assert(
    fc.property(counts, counts, (birth, survival) => {
      assert.equal(formatRule(parseRule(`${survival}/${birth}`)), `B${birth}/S${survival}`);
      assert.equal(formatRule(parseRule(`B${birth}/S${survival}`)), `B${birth}/S${survival}`);
    }),
  );
});

test('rules have names, and tables that only count are the rules that they are', () => {
  assert.equal(formatRule(parseRule('HighLife')), 'B36/S23');
  assert.equal(formatRule(parseRule('Day & Night')), 'B3678/S34678');
  for (const same of [
    'MAPARYXfhZofugWaH7oaIDogBZofuhogOiAaIDogIAAgAAWaH7oaIDogGiA6ICAAIAAaIDogIAAgACAAIAAAAAAAA',
    'B3cekainyqjr/S2-3',
  ]) {
    assert.equal(formatRule(parseRule(same)), 'B3/S23', same);
  }
  for (const [name, notation] of Object.entries(NAMED)) assert.equal(readRule(name).notation, notation, name);
});

test('a rule reads to what it is written as, of every neighbourhood and number of states', () => {
  const counts = (most: number, letters: boolean): fc.Arbitrary<string> =>
    fc
      .subarray(Array.from({ length: most + 1 }, (_, n) => n))
      .chain((digits) =>
        fc
          .tuple(...digits.map((n) => (letters ? fc.subarray([...lettersOf(n)]) : fc.constant([]))))
          .map((chosen) => digits.map((n, at) => `${n}${(chosen[at] as string[]).join('')}`).join('')),
      );
  const kinds = fc.constantFrom({ most: 8, suffix: '' }, { most: 6, suffix: 'H' }, { most: 4, suffix: 'V' });
  const rules = kinds.chain(({ most, suffix }) =>
    fc
      .tuple(counts(most, most === 8), counts(most, most === 8), fc.integer({ min: 2, max: 256 }))
      .map(([b, s, states]) => (states === 2 ? `B${b}/S${s}` : `${s}/${b}/${states}`) + suffix),
  );
  fc.assert(
    fc.property(rules, (text) => {
      const rule = readRule(text);
      assert.deepEqual(readRule(rule.notation), rule);
      assert.ok(rule.notation.length <= text.length);
    }),
  );
  for (const same of ['B2/S345/C4', 'b2/s345/4', 'S345/B2/C4', 'G4/B2/S345', '345/2/4']) {
    assert.equal(readRule(same).notation, '345/2/4');
  }
  for (const wrong of [
    'B5z/S',
    'B1a/S',
    'B8c/S',
    'B5/S2V',
    'B7/SH',
    'B2a/SV',
    '345/2/1',
    '345/2/257',
    'W31',
    'MAPabc',
  ]) {
    assert.throws(() => readRule(wrong), CoreError, wrong);
  }
});

test('other rules are refused with what they are, and what is no rule as that', () => {
  const refused = (notation: string, code: string, reason: RegExp): void =>
    assert.throws(
      () => parseRule(notation),
      (error) => error instanceof CoreError && error.code === code && reason.test(error.message),
      notation,
    );
  for (const wrong of ['', 'B9/S2', 'B3/S23:T100,100', '23', '3,2', 'B3/S23/x', '%']) {
    refused(wrong, 'life-invalid', /is no rule in B\/S notation/);
  }
  refused('345/2/4', 'life-unsupported', /has 4 states; a model is asked/);
  refused('B3/S23/C25', 'life-unsupported', /has 25 states/);
  refused('/2/3', 'life-unsupported', /has 3 states/);
  refused('LifeHistory', 'life-unsupported', /seven states/);
  for (const other of ['B2-a/S12', 'B2a/S', 'B2/S013V', 'B2/S34H', 'W110', 'MAPHmlphg']) {
    refused(other, 'life-unsupported', /looks at where neighbours are, not only at how many of the eight live/);
  }
  refused('R5,C2,S33-57,B34-45', 'life-unsupported', /Larger than Life/);
  refused('Codd', 'life-unsupported', /table by name/);
  refused('JvN29', 'life-unsupported', /table by name/);
});

test('a torus has no corner: shifting a grid shifts what comes of it', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(1), { minLength: 35, maxLength: 35 }), fc.nat(4), fc.nat(6), (bits, down, right) => {
      const shift = (cells: Uint8Array): Uint8Array =>
        cells.map((_, i) => cells[((Math.floor(i / 7) + down) % 5) * 7 + (((i % 7) + right) % 7)]!);
      const cells = Uint8Array.from(bits);
      assert.deepEqual(step(shift(cells), size(7, 5), CONWAY), shift(step(cells, size(7, 5), CONWAY)));
    }),
  );
});

test('neighbours are counted around a torus, and only within a plane', () => {
  const corners = grid('1001', '0000', '1000');
  assert.deepEqual(neighbourCounts(corners, size(4, 3)), grid('2212', '3213', '2213'));
  assert.deepEqual(neighbourCounts(corners, size(4, 3, 'plane')), grid('0110', '2211', '0100'));
  for (const topology of ['torus', 'plane'] as const) {
    assert.throws(() => neighbourCounts(corners, size(4, 4, topology)), /grid of 4 x 4 does not have 12 cells/);
    assert.throws(() => step(corners, size(3, 3, topology), CONWAY), CoreError);
  }
});

const GRID: LifeGrid = {
  width: 3,
  height: 2,
  topology: 'torus',
  rule: 'B3/S23',
  prompt: '@Next<{cells}> [',
  answer: '{cells}]$',
};

test('a prompt is read by its template, with what is answered already', () => {
  assert.deepEqual(readLifePrompt('@Next<010011> [', GRID), { cells: Uint8Array.of(0, 1, 0, 0, 1, 1), answered: '' });
  assert.equal(readLifePrompt('@Next<010011> [01', GRID)!.answered, '01');
  for (const text of ['', '@Next<01001> [', '@Next<0100112> [', '@Next<01a011> [', 'Next<010011> [', '@Next<010011>']) {
    assert.equal(readLifePrompt(text, GRID), null, text);
  }
  assert.equal(lifeAnswer(Uint8Array.of(1, 0, 1, 0, 0, 1), GRID), '101001]$');
});

test('what asks for a board is read back as that board', () => {
  const cells = Uint8Array.of(0, 1, 0, 0, 1, 1);
  assert.equal(lifePrompt(cells, GRID), '@Next<010011> [');
  assert.deepEqual(readLifePrompt(lifePrompt(cells, GRID), GRID), { cells, answered: '' });
  assert.deepEqual(readLifeAnswer(lifeAnswer(cells, GRID), GRID), { cells });
});

test('an answer counts only whole: none of its cells where it is one too short or too long', () => {
  const reasonOf = (text: string): string => {
    const reading = readLifeAnswer(text, GRID);
    assert.equal(reading.cells, null, text);
    return reading.reason;
  };
  assert.match(reasonOf(''), /does not end with "\]\$"/);
  assert.match(reasonOf('10100'), /does not end/);
  assert.match(reasonOf('101001'), /does not end/);
  assert.match(reasonOf(']$'), /0 cells instead of 6/);
  assert.match(reasonOf('10100]$'), /5 cells instead of 6/);
  assert.match(reasonOf('1010011]$'), /7 cells instead of 6/);
  assert.match(reasonOf('10p001]$'), /Cell 3 is "p"/);
  assert.match(reasonOf('101001]$]$'), /Cell 7 is "\]"/);
  assert.match(readLifeAnswer('101001]$', { ...GRID, answer: ' [{cells}]$' }).cells === null ? 'none' : 'some', /none/);
});
