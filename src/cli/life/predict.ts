import { boardOfPatternFor } from '../../core/life/board-text';
import type { Pattern } from '../../core/life/pattern';
import { errorOf } from '../../core/life/prediction';
import { rollForward } from '../../core/life/rollout';
import { RolloutRecord, rolloutBody } from '../../core/life/rollout-record';
import { readRule } from '../../core/life/rules/notation';
import type { LifeGrid } from '../../core/trace/record';
import { lineOf } from '../../core/text/tokens';
import { Problem } from '../../protocol/errors';
import { cancelled } from '../../protocol/rpc';
import type { Options } from '../arguments';
import { MODEL_HELP, MODEL_OPTIONS } from '../modelChoice';
import { progressTo, table } from '../terminal';
import type { Verb } from '../verb';
import { chooseLife, modelName, type ChosenLife } from './lifeModel';
import { fileOf, patternDocument, readPatternFile, titleOf } from './patternFile';

const OPTIONS = { ...MODEL_OPTIONS, model: { type: 'string' }, steps: { type: 'string' } } as const satisfies Options;

const MOST_STEPS = 100_000;
/** Steps that are shown in a terminal, beside the first and the last. */
const MOST_SHOWN = 20;

/** `vivarium life predict`: what a model says follows, fed with its own boards, beside what follows. */
export const lifePredict: Verb = {
  name: 'life predict',
  usage: 'life predict --model MODEL FILE [--steps N]',
  summary: 'Has a model predict a pattern step by step from its own boards, beside the exact rule.',
  help: [
    ...MODEL_HELP,
    '  FILE                a pattern, placed in the middle of the grid of the model',
    `  --steps N           boards to predict, 1 to ${MOST_STEPS} (1)`,
  ],
  options: OPTIONS,
  prepare: async (args) => {
    const file = fileOf(args);
    const steps = args.integer('steps', 1, 1, MOST_STEPS);
    modelName(args);
    const pattern = await readPatternFile(file);
    return async (session, terminal) => {
      const { model, document } = await chooseLife(session, args, terminal);
      const start = placed(pattern, model.grid, document.name);
      const { boards, broken } = await rollForward(start, steps, (board) => model.answer(board), {
        signal: session.signal,
        onStep: progressTo(terminal, 'step', steps),
      });
      if (session.signal.aborted) throw cancelled();
      const run = RolloutRecord.of(boards, broken, model.grid);
      const notes = notesOf(pattern, model.grid);
      if (args.flag('json')) terminal.json(runDocument(file, pattern, document, steps, run, notes));
      else for (const line of runLines(titleOf(file, pattern), document, run, notes)) terminal.line(line);
    };
  },
};

/** @throws Problem `bad-request` where the pattern is larger than the grid of the model. */
function placed(pattern: Pattern, grid: LifeGrid, name: string): Uint8Array {
  const { box } = pattern.cells;
  if (box && (box.width > grid.width || box.height > grid.height)) {
    throw new Problem({
      code: 'bad-request',
      message: `The pattern is ${box.width} x ${box.height} cells, and ${name} predicts grids of ${grid.width} x ${grid.height}.`,
      action: 'Choose a smaller pattern, or a model with a larger grid.',
    });
  }
  return boardOfPatternFor(pattern, grid);
}

function notesOf(pattern: Pattern, grid: LifeGrid): readonly string[] {
  const [own, asked] = [readRule(grid.rule).notation, readRule(pattern.rule).notation];
  if (own === asked) return [];
  return [`The file asks for ${asked}, and the model was made for ${own}: exact is what follows by ${own}.`];
}

function runDocument(
  file: string,
  pattern: Pattern,
  model: ChosenLife['document'],
  stepsAsked: number,
  run: RolloutRecord,
  notes: readonly string[],
): object {
  const { name, width, height, rule } = patternDocument(file, pattern);
  return {
    model,
    pattern: { file: patternDocument(file, pattern)['file'], name, width, height, rule },
    stepsAsked,
    ...rolloutBody(run),
    notes,
  };
}

function runLines(
  title: string,
  model: ChosenLife['document'],
  { grid, predicted, exact, steps, own, inherited, firstWrong: first, broken }: RolloutRecord,
  notes: readonly string[],
): string[] {
  const shown = steps.filter(({ wrong, own }) => wrong > 0 || own > 0);
  const rows = shown
    .slice(0, MOST_SHOWN)
    .map((each) => [each.step, each.wrong, each.own, each.inherited, each.falseBirths, each.falseDeaths].map(String));
  const last = steps.length;
  return [
    lineOf(`${title} · ${model.name} · ${model.dtype}`),
    `${last} steps on a ${grid.topology} of ${grid.width} x ${grid.height}, ${grid.rule}`,
    first === null
      ? 'every cell of every step is right'
      : `first wrong at step ${first}; own errors ${own}, inherited ${inherited}`,
    ...(broken === null ? [] : [`Step ${last + 1} is no board. ${broken}`]),
    ...notes,
    ...(rows.length === 0
      ? []
      : [
          '',
          ...table(
            [['step', 'wrong', 'own', 'inherited', 'false births', 'false deaths'], ...rows],
            ['right', 'right', 'right', 'right', 'right', 'right'],
          ),
        ]),
    ...(shown.length > rows.length
      ? [`and ${shown.length - rows.length} more steps with errors (all with --json)`]
      : []),
    '',
    `Step ${last}: O alive, + false birth, x false death`,
    ...drawnBoard(predicted[last] as Uint8Array, exact[last] as Uint8Array, grid),
  ];
}

function drawnBoard(predicted: Uint8Array, exact: Uint8Array, { width, height }: LifeGrid): string[] {
  const marks = Array.from(predicted, (cell, at) => {
    const error = errorOf(cell, exact[at] as number);
    return error === 'false-birth' ? '+' : error === 'false-death' ? 'x' : cell === 1 ? 'O' : '.';
  });
  return Array.from({ length: height }, (_, row) => marks.slice(row * width, (row + 1) * width).join(''));
}
