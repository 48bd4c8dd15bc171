import type { Box, Cells } from '../cells';
import { CONWAY } from '../rule';
import { formatBoundedGrid, type BoundedGrid } from '../topology';
import { boxOfStrip, placeOnStrip } from '../universe/strip';
import { difference } from './runs';

/** What a pattern is beside its cells. */
export interface BoardSettings {
  /** B/S notation, such as `B3/S23`. */
  readonly rule: string;
  /** The grid that it lives on, its first cell at row 0 and column 0; null: the plane without an end. */
  readonly grid: BoundedGrid | null;
  /** Generation that the cells are. */
  readonly generation: number;
}

/** Live cells, and what they live by. */
export interface LifeBoard {
  readonly cells: Cells;
  /** Those in state 2 and on, an entry a state, where the rule has more than two. Such boards are looked at and stepped. */
  readonly states?: readonly Cells[];
  readonly settings: BoardSettings;
}

export const EMPTY_SETTINGS: BoardSettings = { rule: CONWAY, grid: null, generation: 0 };

/** What the user did. */
export const EDIT_KINDS = [
  'draw',
  'erase',
  'move',
  'rotate',
  'flip',
  'fill',
  'clear',
  'cut',
  'paste',
  'place',
  'rule',
  'grid',
  'start',
] as const;
export type EditKind = (typeof EDIT_KINDS)[number];

/**
 * One change of a board as a value. Cells have two states, so a change of cells is the set of those that flip, and undoing
 * it is doing it again; what else changes is there before and after.
 */
export interface LifeEdit {
  readonly kind: EditKind;
  readonly flips: Cells;
  readonly settings: { readonly before: BoardSettings; readonly after: BoardSettings } | null;
}

/** Runs of one edit: more would not go in one message. */
export const MOST_EDIT_RUNS = 1_000_000;

/** The edit that takes it back. */
export function inverse({ kind, flips, settings }: LifeEdit): LifeEdit {
  return { kind, flips, settings: settings && { before: settings.after, after: settings.before } };
}

/** The board after an edit. */
export function applyEdit({ cells, settings }: LifeBoard, edit: LifeEdit): LifeBoard {
  return { cells: difference(cells, edit.flips), settings: edit.settings?.after ?? settings };
}

/** The edit that makes one board the other; null where they are the same. */
export function editBetween(kind: EditKind, from: LifeBoard, to: LifeBoard): LifeEdit | null {
  const flips = difference(from.cells, to.cells);
  const same = sameSettings(from.settings, to.settings);
  if (flips.runs === 0 && same) return null;
  return { kind, flips, settings: same ? null : { before: from.settings, after: to.settings } };
}

export function sameSettings(one: BoardSettings, other: BoardSettings): boolean {
  return one.rule === other.rule && one.generation === other.generation && sameGrid(one.grid, other.grid);
}

export function sameGrid(one: BoundedGrid | null, other: BoundedGrid | null): boolean {
  if (!one || !other) return one === other;
  return formatBoundedGrid(one) === formatBoundedGrid(other);
}

/** Why an edit cannot be done, in one sentence; null where it can. */
export function whyTooLarge(edit: LifeEdit): string | null {
  if (edit.flips.runs <= MOST_EDIT_RUNS) return null;
  const [runs, most] = [edit.flips.runs, MOST_EDIT_RUNS].map((count) => count.toLocaleString('en'));
  return `This change is too large: it has ${runs} runs of cells, of at most ${most}. Select a smaller part.`;
}

/** The whole of a grid as a rectangle; null where it has no end. */
export function boxOf(grid: BoundedGrid | null): Box | null {
  return grid && grid.width > 0 && grid.height > 0 ? { x: 0, y: 0, width: grid.width, height: grid.height } : null;
}

/** All places of a board where cells can live; null on the plane. A grid without an end on two sides goes as far as cells can. */
export function reachOf(grid: BoundedGrid | null): Box | null {
  return grid && (boxOf(grid) ?? boxOfStrip(grid));
}

/**
 * Where a cell comes to lie: on a torus what leaves at one side comes back at the other, on every other grid with an end it
 * is gone.
 */
export function placeOn(grid: BoundedGrid | null, x: number, y: number): readonly [x: number, y: number] | null {
  if (!grid) return [x, y];
  const box = boxOf(grid);
  if (!box) return placeOnStrip(grid, x, y);
  if (grid.kind === 'torus' && !grid.shift) return [modulo(x, box.width), modulo(y, box.height)];
  return x >= 0 && x < box.width && y >= 0 && y < box.height ? [x, y] : null;
}

function modulo(value: number, by: number): number {
  return ((value % by) + by) % by;
}
