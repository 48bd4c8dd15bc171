import { centred, randomBoard } from '../../src/core/life/board';
import { LifeConfusion, type ErrorCount } from '../../src/core/life/confusion';
import { findPattern } from '../../src/core/life/patterns';
import { analyseRollout } from '../../src/core/life/rollout';
import { Random } from '../../src/core/numeric/random';
import type { LifeGrid } from '../../src/core/trace/record';
import type { ModelSummary } from '../../src/protocol/engine';
import { LifeModel } from './lifeModel';
import type { Progress } from './progress';
import type { Subject } from './subject';

/** Seed of the boards at order parameter 0; those at 0.1 have the next one, and so on. */
export const BOARD_SEED = 2_000_000;
export const ORDERS: readonly number[] = Array.from({ length: 11 }, (_, tenth) => tenth / 10);
export const ROLLED = ['glider', 'blinker', 'block', 'beehive', 'r-pentomino'] as const;
export const ROLLOUT_STEPS = 100;

export interface LifeSizes {
  /** Random boards at each order parameter. */
  readonly boards: number;
  /** Patterns to roll forward, by name; none for a draft. */
  readonly patterns: readonly string[];
  readonly steps: number;
}

export interface OrderFigures {
  readonly order: number;
  readonly seed: number;
  readonly boards: number;
  /** Boards with a wrong cell, and among them those whose answer was no board at all. */
  readonly wrongBoards: number;
  readonly malformed: number;
  readonly cells: number;
  /** Every cell of a malformed answer counts. */
  readonly wrongCells: number;
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
  const seed = BOARD_SEED + Math.round(order * 10);
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
  const model = new LifeModel(subject, grid);
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
    const other = new LifeModel({ ...subject, ref: { ...subject.ref, file: variant.file } }, grid);
    variants.push({ ...variant, ...(await measureAgreement(model, other, Math.ceil(sizes.boards / 10))) });
    progress.say(`${variant.file}: ${variants.at(-1)?.same} of ${variants.at(-1)?.tokens} greedy choices the same`);
  }
  return { grid, orders, rollouts, errors: confusion.counts, variants };
}

async function measureOrder(
  model: LifeModel,
  order: number,
  count: number,
  confusion: LifeConfusion,
  progress: Progress,
): Promise<OrderFigures> {
  const { seed, boards } = boardsOf(model.grid, order, count);
  const done = progress.counter(`order ${order.toFixed(1)}`, count);
  let [wrongBoards, malformed, wrongCells] = [0, 0, 0];
  for (const board of boards) {
    const { cells } = await model.answer(board);
    const wrong = cells ? confusion.add(board, cells) : board.length;
    if (!cells) malformed++;
    if (wrong > 0) wrongBoards++;
    wrongCells += wrong;
    done();
  }
  const cells = count * model.grid.width * model.grid.height;
  return { order, seed, boards: count, wrongBoards, malformed, cells, wrongCells };
}

/** Feeds the model its own boards, from a pattern in the middle of an empty board. */
async function measureRollout(
  model: LifeModel,
  name: string,
  steps: number,
  confusion: LifeConfusion,
): Promise<RolloutFigures> {
  const named = findPattern(name);
  if (!named) throw new RangeError(`There is no pattern named ${name}.`);
  const boards = [centred(named.pattern, model.grid)];
  let broken: string | null = null;
  for (let made = 0; made < steps && broken === null; made++) {
    const before = boards[made] as Uint8Array;
    const reading = await model.answer(before);
    if (reading.cells) {
      confusion.add(before, reading.cells);
      boards.push(reading.cells);
    } else broken = reading.reason;
  }
  const { firstWrong, own, inherited } = analyseRollout(boards, model.grid, model.rule);
  const made = boards.length - 1;
  // An answer that is no board is wrong as well, where nothing was before.
  return { pattern: name, steps: made, firstWrong: firstWrong ?? (broken ? made + 1 : null), own, inherited, broken };
}

async function measureAgreement(
  one: LifeModel,
  other: LifeModel,
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

/** All order parameters together. */
export function allOrders(orders: readonly OrderFigures[]): Omit<OrderFigures, 'order' | 'seed'> {
  const sum = (of: (figures: OrderFigures) => number): number => orders.reduce((total, each) => total + of(each), 0);
  return {
    boards: sum(({ boards }) => boards),
    wrongBoards: sum(({ wrongBoards }) => wrongBoards),
    malformed: sum(({ malformed }) => malformed),
    cells: sum(({ cells }) => cells),
    wrongCells: sum(({ wrongCells }) => wrongCells),
  };
}
