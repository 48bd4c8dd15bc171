import { CoreError } from '../../errors';
import { framed, type Pattern } from '../pattern';
import { CONWAY } from '../rule';
import { readRule } from '../rules/notation';
import { cellsOnGrid, movedWith, planeOf, universeOf } from '../universe/open';
import type { Universe } from '../universe/universe';
import { boxOf, type LifeBoard } from './board';
import { covers } from './runs';

/**
 * The board of a pattern: on its grid as a program that steps it places it, else on the plane.
 * @throws CoreError `life-invalid` where it is larger than the grid that it asks for.
 */
export function boardOfPattern(pattern: Pattern): LifeBoard {
  const { rule, bounds, generation } = pattern;
  const cells = cellsOnGrid(pattern);
  const states = movedWith(pattern, cells);
  return { cells, ...(states.length > 0 ? { states } : {}), settings: { rule, grid: bounds, generation } };
}

/**
 * The pattern as it is saved: what its file says beside the cells stays. The rectangle that it describes stays while it holds
 * all cells, so that they come back where they were; on a grid with an end it is the whole grid.
 */
export function patternOfBoard(pattern: Pattern, { cells, states, settings }: LifeBoard): Pattern {
  const { rule, grid, generation } = settings;
  const about = { ...pattern, rule, bounds: grid, generation };
  const box = boxOf(grid);
  if (box) return framed({ ...about, position: null }, cells, box, states);
  if (!pattern.bounds) {
    const { x = 0, y = 0 } = pattern.position ?? {};
    const frame = { x, y, width: pattern.width, height: pattern.height };
    if (!cells.box || covers(frame, cells.box)) return framed(about, cells, frame, states);
  }
  const { x = 0, y = 0 } = cells.box ?? {};
  return framed({ ...about, position: x === 0 && y === 0 ? null : { x, y } }, cells, undefined, states);
}

/** A board ready to be shown, and stepped where it can be. */
export interface OpenedBoard {
  readonly universe: Universe;
  /** Why it is shown and not stepped, in one sentence; null where it is. */
  readonly whyStill: string | null;
}

/** @throws CoreError `life-too-large`. */
export function openBoard(board: LifeBoard): OpenedBoard {
  try {
    const { rule, grid, generation } = board.settings;
    return { universe: universeOf(board, grid, readRule(rule), generation), whyStill: null };
  } catch (error) {
    if (!(error instanceof CoreError) || error.code !== 'life-unsupported') throw error;
    return { universe: planeOf(board.cells, readRule(CONWAY).cells), whyStill: error.message };
  }
}
