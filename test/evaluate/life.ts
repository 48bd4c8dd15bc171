import { centred, randomBoard } from '../../src/core/life/board';
import { LifeConfusion, type ErrorCount } from '../../src/core/life/confusion';
import { findPattern } from '../../src/core/life/patterns';
import { analyseRollout, rollForward } from '../../src/core/life/rollout';
import { ORDERS, seedOf, sweep, type OrderFigures } from '../../src/core/life/sweep';
import { Random } from '../../src/core/numeric/random';
import type { LifeGrid } from '../../src/core/trace/record';
import type { ModelSummary } from '../../src/protocol/models';
import { MeasuredLife } from './lifeModel';
import type { Progress } from './progress';
import type { Subject } from './subject';

/** Seed of the boards at order parameter 0; those at 0.1 have the next one, and so on. */
export const BOARD_SEED = 2_000_000;
export const ROLLED = ['glider', 'blinker', 'block', 'beehive', 'r-pentomino'] as const;
export const ROLLOUT_STEPS = 100;

export interface LifeSizes {
  /** Random boards at each order parameter. */
  readonly boards: number;
  /** Patterns to roll forward, by name; none for a draft. */
  readonly patterns: readonly string[];
  readonly steps: number;
}

export interface RolloutFigures {
  readonly pattern: string;
  /** Steps that were made: fewer than asked where an answer was no board. */
  readonly steps: number;
  readonly firstWrong: number | null;
  readonly own: number;
  readonly inherited: number;
  /** Why there was no next board. */
  readonly broken: string | null;
}

export interface VariantAgreement {
  readonly file: string;
  readonly dtype: string;
  /** Tokens of answers, and those where both files choose the same one after the true tokens before. */
  readonly tokens: number;
  readonly same: number;
}

export interface LifeFigures {
  readonly grid: LifeGrid;
  readonly orders: readonly OrderFigures[];
  readonly rollouts: readonly RolloutFigures[];
  /** One-step errors of all random boards and rollouts together, but for malformed answers, which have no cells. */
  readonly errors: readonly ErrorCount[];
  readonly variants: readonly VariantAgreement[];
}

/** The random boards of one order parameter. */
export function boardsOf(grid: LifeGrid, order: number, count: number): { seed: number; boards: Uint8Array[] } {
  const seed = seedOf(BOARD_SEED, order);
  const random = Random.fromSeed(seed);
  return { seed, boards: Array.from({ length: count }, () => randomBoard(random, grid, order)) };
}

export async function evaluateLife(
  subject: Subject,
  grid: LifeGrid,
  summary: ModelSummary,
  sizes: LifeSizes,
  progress: Progress,
): Promise<LifeFigures> {
  const model = new MeasuredLife(subject, grid);
  const confusion = new LifeConfusion(grid, model.rule);
  const orders: OrderFigures[] = [];
  for (const order of ORDERS) {
    const figures = await measureOrder(model, order, sizes.boards, confusion, progress);
    orders.push(figures);
    progress.say(`order ${order.toFixed(1)}: ${figures.wrongBoards} of ${figures.boards} boards wrong`);
  }
  const rollouts: RolloutFigures[] = [];
  for (const pattern of sizes.patterns) {
    const figures = await measureRollout(model, pattern, sizes.steps, confusion);
    rollouts.push(figures);
    progress.say(`${pattern}, ${figures.steps} steps: first wrong step ${figures.firstWrong ?? 'none'}`);
  }
  const variants: VariantAgreement[] = [];
  for (const variant of summary.variants.filter(({ file }) => file !== subject.ref.file)) {
    const other = new MeasuredLife({ ...subject, ref: { ...subject.ref, file: variant.file } }, grid);
    variants.push({ ...variant, ...(await measureAgreement(model, other, Math.ceil(sizes.boards / 10))) });
    progress.say(`${variant.file}: ${variants.at(-1)?.same} of ${variants.at(-1)?.tokens} greedy choices the same`);
  }
  return { grid, orders, rollouts, errors: confusion.counts, variants };
}

async function measureOrder(
  model: MeasuredLife,
  order: number,
  boards: number,
  errors: LifeConfusion,
  progress: Progress,
): Promise<OrderFigures> {
  const done = progress.counter(`order ${order.toFixed(1)}`, boards);
  const { grid } = model;
  let figures: OrderFigures | undefined;
  for await (const state of sweep({ grid, orders: [order], boards, seed: BOARD_SEED, errors }, (b) =>
    model.answer(b),
  )) {
    figures = state.orders[0];
    done();
  }
  if (!figures) throw new RangeError('No boards were asked for.');
  return figures;
}

/** Feeds the model its own boards, from a pattern in the middle of an empty board. */
async function measureRollout(
  model: MeasuredLife,
  name: string,
  steps: number,
  confusion: LifeConfusion,
): Promise<RolloutFigures> {
  const named = findPattern(name);
  if (!named) throw new RangeError(`There is no pattern named ${name}.`);
  const start = centred(named.pattern, model.grid);
  const { boards, broken } = await rollForward(start, steps, (board) => model.answer(board));
  for (let at = 1; at < boards.length; at++) confusion.add(boards[at - 1] as Uint8Array, boards[at] as Uint8Array);
  const { firstWrong, own, inherited } = analyseRollout(boards, model.grid, model.rule);
  const made = boards.length - 1;
  // An answer that is no board is wrong as well, where nothing was before.
  return { pattern: name, steps: made, firstWrong: firstWrong ?? (broken ? made + 1 : null), own, inherited, broken };
}

async function measureAgreement(
  one: MeasuredLife,
  other: MeasuredLife,
  boardsPerOrder: number,
): Promise<{ tokens: number; same: number }> {
  let [tokens, same] = [0, 0];
  for (const order of ORDERS) {
    for (const board of boardsOf(one.grid, order, boardsPerOrder).boards) {
      const [mine, theirs] = [await one.choicesAfterTruth(board), await other.choicesAfterTruth(board)];
      tokens += mine.length;
      same += mine.filter(({ choice }, at) => choice === theirs[at]?.choice).length;
    }
  }
  return { tokens, same };
}
