import {
  boolean,
  integer,
  nullable,
  number,
  object,
  oneOf,
  readOrNull,
  string,
  type Checked,
} from '../../core/check/check';
import type { Box, Cells } from '../../core/life/cells';
import type { EditKind, LifeBoard } from '../../core/life/edit/board';
import type { Universe } from '../../core/life/universe/universe';
import type { ModelSummary } from '../../protocol/models';
import type { ProblemData } from '../../protocol/errors';
import { LIFE_TOOLS, type LifeTool, type PatternAbout } from '../../protocol/lifeEditor';
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

const dockCheck = object({
  open: boolean(),
  /** Whether a model was asked for: it is asked again when the page comes back. */
  asked: boolean(),
  /** Folder of the chosen model; null for the first. */
  folder: nullable(string({ max: 100_000 })),
  shows: oneOf(...DOCK_SHOWS),
});
/** The dock below the board, as it was left. */
export type DockState = Checked<typeof dockCheck>;

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

/** A speed that is none: as fast as it goes. */
export const AS_FAST = 0;
export const SPEEDS = [1, 2, 3, 5, 8, 10, 15, 20, 30, 60, AS_FAST] as const;
export const STRIDES: readonly number[] = Array.from({ length: 17 }, (_, power) => 2 ** power);

const place = { x: integer(), y: integer() };
const side = integer({ min: 1 });

const savedView = object({
  version: oneOf(2),
  tool: oneOf(...LIFE_TOOLS),
  speed: oneOf<number>(...SPEEDS),
  stride: oneOf(...STRIDES),
  density: number({ min: 0, max: 1 }),
  view: object({ x: number(), y: number(), zoom: oneOf<number>(...ZOOMS) }),
  cursor: object(place),
  selection: nullable(object({ ...place, width: side, height: side })),
  generation: integer(),
  dock: dockCheck,
});
/** Kept by `setState`, given back when the page is loaded again. */
export type SavedView = Checked<typeof savedView>;

/** What `getState` gave, where it is of this version; else null. */
export function readSavedView(value: unknown): SavedView | null {
  return readOrNull(savedView, value);
}
