import { centred } from '../../core/life/board';
import { LifeConfusion, type ErrorCount } from '../../core/life/confusion';
import type { Pattern } from '../../core/life/pattern';
import { errorOf } from '../../core/life/prediction';
import { analyseRollout, rollForward, type RolloutReport } from '../../core/life/rollout';
import { formatRule, parseRule, step } from '../../core/life/rule';
import type { LifeGrid } from '../../core/trace/record';
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
      const run = rolledRun(boards, broken, model.grid, pattern);
      if (args.flag('json')) terminal.json(runDocument(file, pattern, document, steps, run));
      else for (const line of runLines(titleOf(file, pattern), document, run)) terminal.line(line);
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
  return centred(pattern, grid);
}

/** A rollout and what is to be said of it. */
interface RolledRun {
  readonly grid: LifeGrid;
  readonly predicted: readonly Uint8Array[];
  readonly exact: readonly Uint8Array[];
  readonly report: RolloutReport;
  readonly kinds: readonly ErrorCount[];
  readonly broken: string | null;
  readonly notes: readonly string[];
}

function rolledRun(
  predicted: readonly Uint8Array[],
  broken: string | null,
  grid: LifeGrid,
  pattern: Pattern,
): RolledRun {
  const rule = parseRule(grid.rule);
  const exact = [predicted[0] as Uint8Array];
  const errors = new LifeConfusion(grid, rule);
  for (let at = 1; at < predicted.length; at++) {
    exact.push(step(exact[at - 1] as Uint8Array, grid, rule));
    errors.add(predicted[at - 1] as Uint8Array, predicted[at] as Uint8Array);
  }
  const [own, asked] = [formatRule(rule), formatRule(parseRule(pattern.rule))];
  return {
    ...{ grid, predicted, exact, broken },
    report: analyseRollout(predicted, grid, rule),
    kinds: errors.counts,
    notes:
      own === asked
        ? []
        : [`The file asks for ${asked}, and the model was made for ${own}: exact is what follows by ${own}.`],
  };
}

function runDocument(
  file: string,
  pattern: Pattern,
  model: ChosenLife['document'],
  stepsAsked: number,
  { grid, predicted, exact, report, kinds, broken, notes }: RolledRun,
): object {
  const { name, width, height, rule } = patternDocument(file, pattern);
  const digits = (boards: readonly Uint8Array[]): string[] => boards.map((board) => board.join(''));
  return {
    model,
    pattern: { file: patternDocument(file, pattern)['file'], name, width, height, rule },
    grid: { width: grid.width, height: grid.height, topology: grid.topology, rule: grid.rule },
    stepsAsked,
    stepsMade: report.steps.length,
    firstWrong: firstWrong(report, broken),
    own: report.own,
    inherited: report.inherited,
    broken,
    steps: report.steps.map((each) => ({ ...each, ...births(predicted[each.step], exact[each.step]) })),
    errors: kinds.filter(({ wrong }) => wrong > 0),
    predicted: digits(predicted),
    exact: digits(exact),
    notes,
  };
}

/** An answer that is no board is wrong as well, where nothing was before. */
function firstWrong({ firstWrong, steps }: RolloutReport, broken: string | null): number | null {
  return firstWrong ?? (broken === null ? null : steps.length + 1);
}

/** Wrong cells that are alive, and those that are dead. */
function births(
  predicted: Uint8Array = NO_BOARD,
  exact: Uint8Array = NO_BOARD,
): { falseBirths: number; falseDeaths: number } {
  const kinds = Array.from(predicted, (cell, at) => errorOf(cell, exact[at] as number));
  return {
    falseBirths: kinds.filter((kind) => kind === 'false-birth').length,
    falseDeaths: kinds.filter((kind) => kind === 'false-death').length,
  };
}

const NO_BOARD = new Uint8Array(0);

function runLines(
  title: string,
  model: ChosenLife['document'],
  { grid, predicted, exact, report, broken, notes }: RolledRun,
): string[] {
  const { steps, own, inherited } = report;
  const first = firstWrong(report, broken);
  const shown = steps.filter(({ wrong, own }) => wrong > 0 || own > 0);
  const rows = shown.slice(0, MOST_SHOWN).map((each) => {
    const { falseBirths, falseDeaths } = births(predicted[each.step], exact[each.step]);
    return [each.step, each.wrong, each.own, each.inherited, falseBirths, falseDeaths].map(String);
  });
  const last = steps.length;
  return [
    `${title} · ${model.name} · ${model.dtype}`,
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
