import { csv } from '../text/csv';
import type { LifeGrid } from '../trace/record';
import { LifeConfusion, type ErrorCount } from './confusion';
import { firstWrongOf, judgeStep, sumOf, type RolloutStep } from './rollout';
import { parseRule, step } from './rule';
import type { LifeRule } from './rules/table';

/** A rollout and all that is said of it, beside the exact history of its start. Grows by a board a time. */
export class RolloutRecord {
  /** The start, then the boards that were predicted, each from the one before. [height, width] each, 0 dead and 1 alive. */
  readonly predicted: Uint8Array[];
  /** What follows from the start by the rule: as many boards. */
  readonly exact: Uint8Array[];
  /** One for each predicted board. */
  readonly steps: RolloutStep[] = [];
  /** Why the answer after the last board was no board; null where it was one, or was not asked for. */
  broken: string | null = null;
  private readonly rule: LifeRule;
  private readonly confusion: LifeConfusion;

  constructor(
    start: Uint8Array,
    readonly grid: LifeGrid,
  ) {
    this.rule = parseRule(grid.rule);
    this.confusion = new LifeConfusion(grid, this.rule);
    this.predicted = [start];
    this.exact = [start];
  }

  /** @throws CoreError `life-invalid` where a board is not of the grid's size. */
  static of(boards: readonly Uint8Array[], broken: string | null, grid: LifeGrid): RolloutRecord {
    const record = new RolloutRecord(boards[0] as Uint8Array, grid);
    for (const board of boards.slice(1)) record.add(board);
    record.broken = broken;
    return record;
  }

  /** @throws CoreError `life-invalid` where the board is not of the grid's size. */
  add(board: Uint8Array): void {
    const before = this.predicted.at(-1) as Uint8Array;
    const truth = step(this.exact.at(-1) as Uint8Array, this.grid, this.rule);
    const judged = judgeStep(this.predicted.length, before, board, truth, this.grid, this.rule);
    this.confusion.add(before, board);
    this.predicted.push(board);
    this.exact.push(truth);
    this.steps.push(judged);
  }

  /** The first step that is wrong, null where none is. An answer that is no board is wrong as well. */
  get firstWrong(): number | null {
    return firstWrongOf(this.steps) ?? (this.broken === null ? null : this.steps.length + 1);
  }

  /** Own errors of all steps. */
  get own(): number {
    return sumOf(this.steps, 'own');
  }

  get inherited(): number {
    return sumOf(this.steps, 'inherited');
  }

  /** Own errors by what decides a cell's fate and by where it stands. */
  get kinds(): readonly ErrorCount[] {
    return this.confusion.counts;
  }
}

/** A rollout for programs, without what made it: boards as digits, row by row. The fields are documented in docs/cli.md. */
export function rolloutBody(record: RolloutRecord): object {
  const { grid, steps, firstWrong, own, inherited, broken, kinds, predicted, exact } = record;
  const digits = (boards: readonly Uint8Array[]): string[] => boards.map((board) => board.join(''));
  return {
    grid: { width: grid.width, height: grid.height, topology: grid.topology, rule: grid.rule },
    stepsMade: steps.length,
    firstWrong,
    own,
    inherited,
    broken,
    steps,
    errors: kinds.filter(({ wrong }) => wrong > 0),
    predicted: digits(predicted),
    exact: digits(exact),
  };
}

const COLUMNS = [
  ...['step', 'wrong', 'own', 'inherited', 'false_births', 'false_deaths', 'population', 'exact_population', 'problem'],
  ...['model', 'dtype', 'width', 'height', 'topology', 'rule'],
] as const;

/**
 * A rollout as a table, a row a step; an answer that is no board is the last row, with its reason. Each row carries the model
 * and its grid, so that files can be joined.
 */
export function rolloutCsv(record: RolloutRecord, model: { readonly name: string; readonly dtype: string }): string {
  const { grid, steps, predicted, exact, broken } = record;
  const alive = (board: Uint8Array | undefined): number => board?.reduce((sum, cell) => sum + cell, 0) ?? 0;
  const made = [model.name, model.dtype, grid.width, grid.height, grid.topology, grid.rule];
  const rows = steps.map((each) => [
    ...[each.step, each.wrong, each.own, each.inherited, each.falseBirths, each.falseDeaths],
    ...[alive(predicted[each.step]), alive(exact[each.step]), null, ...made],
  ]);
  const unread = [null, null, null, null, null, null, null];
  if (broken !== null) rows.push([steps.length + 1, ...unread, broken, ...made]);
  return csv(COLUMNS, rows);
}
