import * as os from 'node:os';
import { sumErrors, type CellKind } from '../../src/core/life/confusion';
import { allOrders } from '../../src/core/life/sweep';
import { quickest } from './drafting';
import type { LifeFigures } from './life';
import { count, percent, prose, quote, table } from './markdown';
import { DRAFT_NEW_TOKENS, DRAFT_PROMPT_TOKENS, type Result } from './measure';
import { SAMPLE_SETTINGS, SAMPLE_TOKENS, type TextFigures } from './text';

/**
 * The measured part of a card, in Markdown.
 * @param command that makes it.
 */
export function report({ life, text, drafting }: Result, command: string): string {
  const made = prose(`Made by \`${command}\`, which runs the ONNX files through Vivarium's engine (onnxruntime).`);
  const alone = [...(life ? lifePart(life) : []), ...(text ? textPart(text) : [])];
  return [made, ...(drafting ? [...draftPart(drafting), '### Alone'] : []), ...alone].join('\n\n');
}

function lifePart({ orders, rollouts, errors, variants }: LifeFigures): string[] {
  const { boards, wrongBoards, cells, wrongCells, malformed } = allOrders(orders);
  const seeds = orders.map(({ seed }) => seed);
  const parts = [
    prose(
      `Greedy, the model continuing its own cells: ${count(orders[0]?.boards ?? 0)} random boards at each order parameter ` +
        `(how probably a cell is alive; seeds ${Math.min(...seeds)} to ${Math.max(...seeds)}; at 0 and at 1 there is one ` +
        'board only). A board is right where every cell is right and the answer has its exact length.',
    ),
    table(
      ['order parameter', 'cells right', 'boards right', 'cells wrong', 'boards wrong'],
      orders.map((each) => [
        each.order.toFixed(1),
        percent(each.cells - each.wrongCells, each.cells),
        percent(each.boards - each.wrongBoards, each.boards),
        each.wrongCells,
        each.wrongBoards,
      ]),
    ),
    prose(
      `All together ${percent(cells - wrongCells, cells)} of cells (${count(wrongCells)} of ${count(cells)} wrong) and ` +
        `${percent(boards - wrongBoards, boards)} of boards. ` +
        (malformed === 0
          ? 'Every answer was a whole board.'
          : `${count(malformed)} answers were no board of the right length; every cell of these counts as wrong.`),
    ),
  ];
  if (rollouts.length > 0) parts.push(...rolloutPart(rollouts));
  parts.push(...errorPart(errors));
  for (const { file, dtype, tokens, same } of variants) {
    parts.push(
      prose(
        `After the true tokens before it, \`${file}\` (${dtype}) makes the same greedy choice in ${percent(same, tokens)} ` +
          `of ${count(tokens)} places.`,
      ),
    );
  }
  return parts;
}

function rolloutPart(rollouts: LifeFigures['rollouts']): string[] {
  const steps = Math.max(...rollouts.map((each) => each.steps));
  return [
    prose(
      `Its own boards fed back to it, ${steps} steps, from one pattern in the middle of an empty board. Own errors: cells ` +
        'that do not follow from the board that it was given. Inherited: wrong cells that do, because of an earlier error.',
    ),
    table(
      ['pattern', 'first wrong step', 'own errors', 'inherited errors'],
      rollouts.map(({ pattern, firstWrong, own, inherited }) => [pattern, firstWrong ?? 'none', own, inherited]),
    ),
    ...rollouts
      .filter(({ broken }) => broken !== null)
      .map(({ pattern, steps: made, broken }) =>
        prose(`The ${pattern} ended after ${made} steps, because the next answer was no board. ${broken}`),
      ),
  ];
}

function errorPart(errors: LifeFigures['errors']): string[] {
  const row = (name: string, is: (kind: CellKind) => boolean): (string | number)[] => [
    name,
    ...[false, true].flatMap((alive) => {
      const { cells, wrong } = sumErrors(errors, (kind) => kind.alive === alive && is(kind));
      return [cells, wrong];
    }),
  ];
  return [
    prose(
      'One-step errors of all these boards together, by the live neighbours of a cell, and by whether it stands in the ' +
        'first or last row or column (edge) or not (bulk):',
    ),
    table(
      ['live neighbours', 'dead cells', 'wrong', 'live cells', 'wrong'],
      [
        ...Array.from({ length: 9 }, (_, n) => row(`${n}`, ({ neighbours }) => neighbours === n)),
        row('any, edge', ({ edge }) => edge),
        row('any, bulk', ({ edge }) => !edge),
      ],
    ),
  ];
}

function textPart({ documents, bytes, tokens, window, main, variants, baseline, samples }: TextFigures): string[] {
  const parts = [
    prose(
      `On ${count(documents)} held-out documents (\`test/evaluate/held-out\`: ${count(bytes)} bytes, ${count(tokens)} ` +
        `tokens judged), in windows of ${window} tokens that overlap by half, so that beyond the first window every token ` +
        'has half a window before it at least:',
    ),
    table(
      ['', 'bits per byte'],
      [
        ...[main, ...variants].map(({ file, dtype, bitsPerByte }) => [
          `\`${file}\` (${dtype})`,
          bitsPerByte.toFixed(3),
        ]),
        [baseline.method, baseline.bitsPerByte.toFixed(3)],
      ],
    ),
    prose(
      `The n-gram counted the ${count(baseline.trainingBytes)} bytes of the corpus that are not held out; its figure is ` +
        `quoted from \`held-out/baseline.json\`, made by \`${baseline.command}\`. By source, \`${main.file}\`:`,
    ),
    table(
      ['source', 'bytes', 'bits per byte'],
      main.bySource.map((each) => [each.source, each.bytes, each.bitsPerByte.toFixed(3)]),
    ),
  ];
  for (const { file, dtype, same } of variants) {
    parts.push(
      prose(
        `\`${file}\` (${dtype}) makes the same greedy choice in ${percent(same, tokens)} of ${count(tokens)} places.`,
      ),
    );
  }
  if (samples.length === 0) return parts;
  const { temperature, topP } = SAMPLE_SETTINGS;
  const seeds = samples.map(({ seed }) => seed).join(', ');
  return [
    ...parts,
    '### Samples',
    prose(`Temperature ${temperature}, top-p ${topP}, ${SAMPLE_TOKENS} tokens, seeds ${seeds}; not chosen.`),
    ...samples.map(({ text }) => quote(text)),
  ];
}

function draftPart(drafting: NonNullable<Result['drafting']>): string[] {
  const { target, prompts, tokens, lengths, groups, groupLength, runs, identical, milliseconds } = drafting;
  const best = quickest(lengths);
  const asked = target.life
    ? `${prompts} random boards, of every order parameter from 0 to 1`
    : `${prompts} held-out documents, ${DRAFT_NEW_TOKENS} tokens at most after the first ${DRAFT_PROMPT_TOKENS}`;
  const what = target.life ? 'order parameter' : 'source';
  return [
    prose(
      `Drafting for \`${target.name}\` at temperature 0, with the engine's own speculative decoder: ${asked}; ` +
        `${count(tokens)} tokens at each draft length. Accepted: drafted tokens that stand in the text, of all that were ` +
        'drafted, those after a rejection included (as vLLM counts). Speed-up: wall time of whole runs without drafts over ' +
        `that with them, measured in turns on ${os.cpus()[0]?.model.trim() ?? 'an unknown processor'}, ${os.cpus().length} cores.`,
    ),
    table(
      ['draft length', 'accepted', 'tokens a pass', 'ms a pass of the target', 'speed-up'],
      lengths.map(({ length, passes, drafted, accepted, verifyMilliseconds, speedUp }) => [
        length,
        percent(accepted, drafted),
        (passes === 0 ? 1 : 1 + accepted / passes).toFixed(2),
        verifyMilliseconds?.toFixed(2) ?? 'none',
        speedUp.toFixed(2),
      ]),
    ),
    prose(
      `${best ? `Quickest at draft length ${best.length}: ${best.speedUp.toFixed(2)} times as fast as the target alone.` : 'At no draft length quicker than the target alone.'} ` +
        `A pass of the target over one token takes ${milliseconds.target.toFixed(2)} ms, drafting one token ` +
        `${milliseconds.draft.toFixed(2)} ms (medians). ${count(identical)} of ${count(runs)} runs wrote token for token ` +
        `what the target writes alone. Accepted at draft length ${groupLength}, by ${what}:`,
    ),
    table(
      [what, 'drafted', 'accepted'],
      groups.map(({ group, drafted, accepted }) => [group, drafted, percent(accepted, drafted)]),
    ),
  ];
}
