import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { copyPrevious } from '../../../../../src/core/decode/copy-previous';
import type { LifeTask } from '../../../../../src/core/decode/decoder';
import { exactRule } from '../../../../../src/core/decode/exact-rule';
import { promptLookup } from '../../../../../src/core/decode/prompt-lookup';
import { CausalTable } from '../../../../../src/core/sequence/causal-table';
import { parseRule, step } from '../../../../../src/core/life/rule';
import { SpeculationCounter } from '../../../../../src/core/trace/speculation';
import { fixture, skipWithoutFixtures } from '../../../../harness/fixtures';
import { decodeAll, GREEDY } from '../../../../harness/decoding';

const CONWAY = parseRule('B3/S23');

/** A model that is right: after the cells of a grid come those of the next. Token 2 stands for anything else. */
function oracle(next: Uint8Array, wrong: readonly number[] = []): CausalTable {
  const cells = next.length;
  return new CausalTable({
    vocabularySize: 3,
    distribution: (context) => {
      const place = context.length - cells;
      const right = place < 0 || place >= cells ? 2 : (next[place] as number);
      const said = wrong.includes(place) ? 1 - right : right;
      return [0, 1, 2].map((id) => (id === said ? 0.998 : 0.001));
    },
  });
}

function taskOf(cells: Uint8Array, width: number, answered = 0): LifeTask {
  const grid = {
    width,
    height: cells.length / width,
    topology: 'torus',
    rule: 'B3/S23',
    prompt: '',
    answer: '',
  } as const;
  return { grid, cells, answered, answer: (answer) => [...answer] };
}

async function run(decoder: typeof copyPrevious, cells: Uint8Array, options = {}, wrong: readonly number[] = []) {
  const width = Math.sqrt(cells.length);
  const next = step(cells, { width, height: width, topology: 'torus' }, CONWAY);
  const decoded = await decodeAll(decoder, oracle(next, wrong), {
    prompt: [...cells],
    maxNewTokens: cells.length,
    sampling: GREEDY,
    options,
    aids: { life: taskOf(cells, width) },
  });
  const counter = new SpeculationCounter();
  for (const { speculation } of decoded.steps) if (speculation) counter.add(speculation);
  return { ...decoded, next, passes: decoded.steps.length, counts: counter.summary };
}

const grid = (...rows: string[]): Uint8Array => Uint8Array.from(rows.join(''), Number);
const BLINKER = grid('00000', '00100', '00100', '00100', '00000');

test('the exact rule as a draft of a model that is right is accepted whole', async () => {
  const { ids, next, counts, passes } = await run(exactRule, BLINKER, { gamma: 7 });
  assert.deepEqual(ids.slice(25), [...next]);
  assert.equal(counts.acceptanceRate, 1);
  assert.equal(passes, 1 + 24 / 8);
});

test('the exact rule is rejected exactly where the model is wrong', async () => {
  const wrong = [3, 11, 12, 24];
  const { steps, ids, next } = await run(exactRule, BLINKER, { gamma: 24 }, wrong);
  const rejected = steps.flatMap(({ speculation }) =>
    (speculation?.drafted ?? []).flatMap(({ verdict }, i) =>
      verdict === 'rejected' ? [speculation!.start + i - 25] : [],
    ),
  );
  assert.deepEqual(rejected, wrong.slice(0, 3));
  // The last cell was no draft but the model's own.
  assert.deepEqual(
    ids.slice(25).flatMap((cell, i) => (cell === next[i] ? [] : [i])),
    wrong,
  );
});

test('the copy of the previous grid is rejected exactly where a cell changes', async () => {
  const { steps } = await run(copyPrevious, BLINKER, { gamma: 30 });
  const rejected = steps.flatMap(({ speculation }) =>
    speculation && speculation.accepted < speculation.drafted.length
      ? [speculation.start + speculation.accepted - 25]
      : [],
  );
  assert.deepEqual(rejected, [7, 11, 13, 17]);
  assert.ok(
    steps.every(({ speculation }) =>
      (speculation?.drafted ?? []).every(({ source, q }) => source === 'grid' && q === 1),
    ),
  );
});

test('a prompt that holds the beginning of the answer is drafted from there', async () => {
  const next = step(BLINKER, { width: 5, height: 5, topology: 'torus' }, CONWAY);
  const { ids, steps } = await decodeAll(exactRule, oracle(next), {
    prompt: [...BLINKER, ...next.slice(0, 9)],
    maxNewTokens: 16,
    sampling: GREEDY,
    options: { gamma: 15 },
    aids: { life: taskOf(BLINKER, 5, 9) },
  });
  assert.deepEqual(ids.slice(25), [...next]);
  assert.equal(steps.length, 2);
});

test('after the answer there is nothing to draft', async () => {
  const { steps } = await decodeAll(exactRule, oracle(BLINKER), {
    prompt: [...BLINKER],
    maxNewTokens: 30,
    sampling: GREEDY,
    aids: { life: taskOf(BLINKER, 5) },
  });
  assert.ok(steps.slice(-4).every(({ speculation, writes }) => !speculation && writes[0]!.origin === 'sampled'));
});

// Tokens per pass and acceptance of perfect models, computed for this project on LifeGPT's own test boards. That
// computation drafts from the first cell to the last; ours draws the first one plainly, and the last where it is alone:
// up to two passes more.
const GOLDEN: readonly (readonly [
  row: number,
  name: string,
  copy: readonly [number, number],
  lookup: readonly [number, number] | null,
])[] = [
  [1, 'order 0.25', [3.38, 0.239], [1.72, 0.072]],
  [2, 'order 0.5', [2.42, 0.143], [1.65, 0.065]],
  [3, 'order 0.75', [1.35, 0.035], [2.05, 0.105]],
  [4, 'order 1', [1, 0], null],
  [5, 'glider', [10.78, 0.98], [10.45, 0.956]],
  [6, 'cloverleaf', [10.56, 0.962], null],
  [7, 'hammerhead', [6.48, 0.552], null],
  [8, 'blinkers', [10.24, 0.927], null],
  [9, 'r-pentomino', [10.78, 0.987], null],
];

test(
  'drafts of a perfect model on LifeGPT’s boards are accepted as often as computed',
  { skip: skipWithoutFixtures },
  async () => {
    const [, ...boards] = readFileSync(fixture('lifegpt', 'test_states_32x32.csv'), 'utf8').trimEnd().split('\n');
    for (const [row, name, copy, lookup] of GOLDEN) {
      const [now, then] = boards[row]!.split(',');
      const cells = Uint8Array.from(now!, Number);
      for (const [decoder, expected, options] of [
        [copyPrevious, copy, { gamma: 10 }],
        [promptLookup, lookup, { gamma: 10, 'max-ngram': 2 }],
      ] as const) {
        if (expected === null) continue;
        const { next, ids, passes, counts } = await run(decoder, cells, options);
        assert.equal(next.join(''), then!.trim(), `${name}: the successor in the file`);
        assert.deepEqual(ids.slice(1024), [...next]);
        const [most, least] = [1024 / (expected[0] - 0.005) + 2, 1024 / (expected[0] + 0.005)];
        assert.ok(passes <= most && passes >= least, `${name} ${decoder.name}: ${passes} passes`);
        assert.ok(
          Math.abs(counts.acceptanceRate! - expected[1]) < 0.012,
          `${name} ${decoder.name}: ${counts.acceptanceRate}`,
        );
      }
    }
  },
);
