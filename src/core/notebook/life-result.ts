import { CoreError } from '../errors';
import { step, parseRule } from '../life/rule';
import type { GridSize } from '../life/topology';
import { analyseRollout, type RolloutReport } from '../life/rollout';
import type { LifeGrid } from '../trace/record';
import { decodingSentence, keptSteps, readLifeDecoding, type LifeDecoding } from './life-decoding';

/** The type under which a notebook keeps what a model made of a board. */
export const LIFE_RESULT_MIME = 'application/vnd.vivarium.life+json';
export const LIFE_RESULT_VERSION = 1;
const MOST_SIDE = 256;
const MOST_BOARDS = 1_000;

/** A board and those that a model wrote after it, each from its own last. */
export interface LifeResult {
  readonly version: typeof LIFE_RESULT_VERSION;
  readonly model: string;
  readonly width: number;
  readonly height: number;
  readonly topology: LifeGrid['topology'];
  /** B/S notation. */
  readonly rule: string;
  /** The start, then the predictions; width × height characters 0 or 1 each, row by row. */
  readonly boards: readonly string[];
  /** How a decoder that was asked for came to them; absent where none was. */
  readonly decoding?: LifeDecoding;
  readonly notes: readonly string[];
}

export function lifeResult(
  model: string,
  grid: LifeGrid,
  boards: readonly Uint8Array[],
  notes: readonly string[],
  decoding: LifeDecoding | null = null,
): LifeResult {
  const { width, height, topology, rule } = grid;
  const said = boards.slice(0, MOST_BOARDS).map((board) => board.join(''));
  const steps = keptSteps(decoding?.steps ?? []);
  const left = (decoding?.steps.length ?? 0) - steps.length;
  const note = `The passes of the first ${steps.length} steps are kept in the notebook, of ${left} they are not.`;
  return {
    ...{ version: LIFE_RESULT_VERSION, model, width, height, topology, rule, boards: said },
    ...(decoding ? { decoding: { ...decoding, steps } } : {}),
    notes: left > 0 ? [...notes, note] : notes,
  };
}

/** A result with what follows from it: the boards that the rule makes of the start, and the errors. */
export interface LifeReading {
  readonly size: GridSize;
  readonly predicted: readonly Uint8Array[];
  readonly exact: readonly Uint8Array[];
  readonly report: RolloutReport;
}

export function readLifeBoards({ width, height, topology, rule, boards }: LifeResult): LifeReading {
  const size: GridSize = { width, height, topology };
  const predicted = boards.map((board) => Uint8Array.from(board, Number));
  const followed = parseRule(rule);
  const exact: Uint8Array[] = predicted.slice(0, 1);
  while (exact.length < predicted.length) exact.push(step(exact.at(-1) as Uint8Array, size, followed));
  return { size, predicted, exact, report: analyseRollout(predicted, size, followed) };
}

/**
 * Reads what a notebook file holds under {@link LIFE_RESULT_MIME}: anyone's text.
 * @throws CoreError `trace-invalid` where it is none, or was made by a newer version.
 */
export function readLifeResult(value: unknown): LifeResult {
  const none = (): CoreError => new CoreError('trace-invalid', 'This is no result of Vivarium about Life.');
  const given = (typeof value === 'object' && value !== null ? value : {}) as Partial<
    Record<keyof LifeResult, unknown>
  >;
  if (typeof given.version !== 'number') throw none();
  if (given.version > LIFE_RESULT_VERSION) {
    const made = `This result was made by a newer Vivarium (version ${given.version}).`;
    throw new CoreError('trace-invalid', `${made} Update Vivarium to see it.`);
  }
  const { model, width, height, topology, rule, boards, decoding, notes } = given;
  const isSide = (side: unknown): side is number =>
    typeof side === 'number' && Number.isInteger(side) && side > 0 && side <= MOST_SIDE;
  if (!isSide(width) || !isSide(height) || (topology !== 'torus' && topology !== 'plane')) throw none();
  if (typeof model !== 'string' || typeof rule !== 'string' || !Array.isArray(boards)) throw none();
  parseRule(rule);
  const cells = width * height;
  const isBoard = (board: unknown): board is string =>
    typeof board === 'string' && board.length === cells && /^[01]*$/.test(board);
  if (boards.length === 0 || boards.length > MOST_BOARDS || !boards.every(isBoard)) throw none();
  const texts = Array.isArray(notes) ? notes.filter((note): note is string => typeof note === 'string') : [];
  return {
    ...{ version: LIFE_RESULT_VERSION, model, width, height, topology, rule, boards },
    ...(decoding === undefined ? {} : { decoding: readLifeDecoding(decoding) }),
    notes: texts,
  };
}

/** One sentence on how the model did. */
export function lifeSentence({ boards, model, width, height, topology }: LifeResult, { report }: LifeReading): string {
  const steps = boards.length - 1;
  const did = report.firstWrong === null ? 'every cell right' : `first wrong step ${report.firstWrong}`;
  const errors = report.own > 0 ? `, ${report.own} own and ${report.inherited} inherited errors` : '';
  const grid = `${width} x ${height} ${topology}`;
  return `${model}, ${grid}, ${steps} ${steps === 1 ? 'step' : 'steps'}: ${steps === 0 ? 'none predicted' : did}${errors}`;
}

/** A result in words: the last board as rows of O and dots. */
export function lifeText(result: LifeResult, reading: LifeReading): string {
  const last = reading.predicted.at(-1) ?? new Uint8Array();
  const rows = Array.from({ length: result.height }, (_, row) =>
    Array.from(last.subarray(row * result.width, (row + 1) * result.width), (cell) => (cell ? 'O' : '.')).join(''),
  );
  const decoded = result.decoding ? [decodingSentence(result.decoding)] : [];
  return [lifeSentence(result, reading), ...decoded, ...result.notes, '', ...rows].join('\n');
}
