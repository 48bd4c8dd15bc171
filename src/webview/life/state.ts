import type { Box, Cells } from '../../core/life/cells';
import type { EditKind, LifeBoard } from '../../core/life/edit/board';
import type { Universe } from '../../core/life/universe/universe';
import type { ModelSummary } from '../../protocol/models';
import type { ProblemData } from '../../protocol/errors';
import { LIFE_TOOLS, type LifeTool, type PatternAbout } from '../../protocol/lifeEditor';
import { isRecord } from '../is-record';
import type { Extent, Place, View } from './view';
import { ZOOMS } from './view';

/** A pattern under the pointer, which a click or Enter lays down. */
export interface Placing {
  readonly kind: Extract<EditKind, 'paste' | 'place'>;
  readonly name: string;
  /** From row 0, column 0. */
  readonly cells: Cells;
  readonly width: number;
  readonly height: number;
}

/** Something to be said in a sentence, with what to do about it. */
export type Said = Pick<ProblemData, 'message' | 'action'> & { readonly kind: 'error' | 'info' };

/** What the dock shows of the prediction. */
export const DOCK_SHOWS = ['prediction', 'exact', 'error', 'rollout'] as const;
export type DockShows = (typeof DOCK_SHOWS)[number];

/** The dock below the board, as it was left. */
export interface DockState {
  readonly open: boolean;
  /** Whether a model was asked for: it is asked again when the page comes back. */
  readonly asked: boolean;
  /** Folder of the chosen model; null for the first. */
  readonly folder: string | null;
  readonly shows: DockShows;
}

/** Everything that the page draws from. A new object for every change. */
export interface LifeState {
  /** `opening` until the host has answered for the first time. */
  readonly phase: 'opening' | 'open' | 'unreadable' | 'failed';
  readonly about: PatternAbout | null;
  readonly problem: ProblemData | null;
  readonly warnings: readonly string[];

  /** The document as the host has it, with the edits on their way. */
  readonly board: LifeBoard;
  readonly version: number;

  /** What is on show: the board, a later generation of it, or the board with a stroke that is being drawn. */
  readonly universe: Universe;
  /** Changes whenever what lives on the board on show does. */
  readonly revision: number;
  readonly generation: number;
  /** Of the next step; null while they are not counted. */
  readonly changes: { readonly births: number; readonly deaths: number } | null;
  /** Why the board is not stepped; null where it is. */
  readonly whyStill: string | null;
  readonly playing: boolean;
  /** On the way to a generation; null where it is not. */
  readonly going: { readonly from: number; readonly to: number } | null;
  /** Generations a second; {@link AS_FAST} for as many as there can be. */
  readonly speed: number;
  /** Generations a second that there really were of late; null while nothing moves. */
  readonly pace: number | null;
  /** Generations of a step, a power of two. */
  readonly stride: number;

  readonly tool: LifeTool;
  readonly density: number;
  readonly extent: Extent;
  /** null until the size of the page is known. */
  readonly view: View | null;
  readonly cursor: Place;
  readonly hover: Place | null;
  readonly selection: Box | null;
  /** How far the selection is being dragged; null while it is not. */
  readonly dragged: Place | null;
  readonly placing: Placing | null;
  /** The board on show is not the file's, and somebody wants to edit it. */
  readonly asking: boolean;
  /** Models of Life; null before anybody asked for one. */
  readonly models: readonly ModelSummary[] | null;
  readonly dock: DockState;
  readonly said: Said | null;
  /** For the live region. */
  readonly spoken: string;
}

/** Kept by `setState`, given back when the page is loaded again. */
export interface SavedView {
  readonly version: 2;
  readonly tool: LifeTool;
  readonly speed: number;
  readonly stride: number;
  readonly density: number;
  readonly view: View;
  readonly cursor: Place;
  readonly selection: Box | null;
  readonly generation: number;
  readonly dock: DockState;
}

/** A speed that is none: as fast as it goes. */
export const AS_FAST = 0;
export const SPEEDS = [1, 2, 3, 5, 8, 10, 15, 20, 30, 60, AS_FAST] as const;
export const STRIDES: readonly number[] = Array.from({ length: 17 }, (_, power) => 2 ** power);

/** What `getState` gave, where it is of this version; else null. */
export function readSavedView(value: unknown): SavedView | null {
  if (!isRecord(value) || value['version'] !== 2) return null;
  const { tool, speed, stride, density, view, cursor, selection, generation, dock } = value;
  const valid =
    LIFE_TOOLS.includes(tool as LifeTool) &&
    SPEEDS.includes(speed as (typeof SPEEDS)[number]) &&
    STRIDES.includes(stride as number) &&
    isNumber(density) &&
    density >= 0 &&
    density <= 1 &&
    isRecord(view) &&
    isNumber(view['x']) &&
    isNumber(view['y']) &&
    ZOOMS.includes(view['zoom'] as (typeof ZOOMS)[number]) &&
    isPlace(cursor) &&
    (selection === null || (isPlace(selection) && isSide(selection['width']) && isSide(selection['height']))) &&
    Number.isSafeInteger(generation) &&
    isRecord(dock) &&
    typeof dock['open'] === 'boolean' &&
    typeof dock['asked'] === 'boolean' &&
    (dock['folder'] === null || typeof dock['folder'] === 'string') &&
    DOCK_SHOWS.includes(dock['shows'] as DockShows);
  return valid ? (value as unknown as SavedView) : null;
}

function isPlace(value: unknown): value is Record<string, unknown> {
  return isRecord(value) && Number.isSafeInteger(value['x']) && Number.isSafeInteger(value['y']);
}

function isSide(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) > 0;
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}
