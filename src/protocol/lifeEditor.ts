import { integer, nullable, object, oneOf, optional, string, typedArray, type Checked } from '../core/check/check';
import { MOST_COORDINATE } from '../core/life/cells';
import { EDIT_KINDS, MOST_EDIT_RUNS, type BoardSettings } from '../core/life/edit/board';
import type { Runs } from '../core/life/edit/runs';
import { MOST_RULE } from '../core/life/formats/rle';
import type { Note, PatternFormat } from '../core/life/pattern';
import type { ProblemData } from './errors';
import { modelRef, type ModelSummary } from './models';
import { nothing, request, type ApiOf } from './request';
import { boardCells, rollRequest, saveRolloutRequest, type RollEnd, type RolledBoard } from './rollout';

/** Tools of the Life editor. */
export const LIFE_TOOLS = ['draw', 'erase', 'select', 'pan'] as const;
export type LifeTool = (typeof LIFE_TOOLS)[number];

/** A board as it is sent: live cells as runs, and what they live by. */
export interface BoardMessage {
  readonly cells: Runs;
  /** Those in state 2 and on, an entry a state. */
  readonly states: readonly Runs[];
  readonly settings: BoardSettings;
}

const side = integer({ min: 0, max: MOST_COORDINATE });

const grid = object({
  kind: oneOf('torus', 'plane', 'klein-bottle', 'cross-surface', 'sphere'),
  width: side,
  height: side,
  twisted: optional(oneOf('horizontal', 'vertical')),
  shift: optional(
    object({
      side: oneOf('horizontal', 'vertical'),
      by: integer({ min: -MOST_COORDINATE, max: MOST_COORDINATE }),
    }),
  ),
});

const settings = object({
  rule: string({ min: 1, max: MOST_RULE }),
  grid: nullable(grid),
  generation: integer({ min: 0, max: 2 ** 40 }),
});

const edit = object({
  kind: oneOf(...EDIT_KINDS),
  flips: typedArray<Int32Array<ArrayBuffer>>(Int32Array, { max: 3 * MOST_EDIT_RUNS }),
  settings: nullable(settings),
});
/** An edit as it is sent: which cells flip, and the settings after it where they change. */
export type EditMessage = Checked<typeof edit>;

/** What the file says beside its cells. */
export interface PatternAbout {
  readonly file: string;
  readonly format: PatternFormat;
  readonly notes: readonly Pick<Note, 'kind' | 'text'>[];
}

/** The whole of what the host knows, asked for once when a view appears (again). */
export type LifeSnapshot =
  | {
      readonly state: 'open';
      /** Counts the changes of the document: an edit names the one that it was made on. */
      readonly version: number;
      readonly board: BoardMessage;
      readonly about: PatternAbout;
      /** What reading and saving changed or could not keep: one sentence each. */
      readonly warnings: readonly string[];
    }
  /** The file could not be read: it is not touched. */
  | { readonly state: 'unreadable'; readonly about: Pick<PatternAbout, 'file'>; readonly problem: ProblemData };

const board = object({ model: modelRef, cells: boardCells });
/** A board for a model to say what follows. */
export type PredictRequest = Checked<typeof board>;

/** What it said. */
export interface Prediction {
  /** [height, width]; null where the answer is no board. */
  readonly cells: Uint8Array<ArrayBuffer> | null;
  /** Why it is none. */
  readonly reason: string | null;
  readonly milliseconds: number;
}

/** Requests of a Life editor's webview to the extension. */
export const LIFE_EDITOR = {
  snapshot: request(nothing).gives<LifeSnapshot>(),
  /** Refused with `stale-edit` where the document has changed since `version`: the view then asks for the whole again. */
  edit: request(object({ version: integer({ min: 0 }), edit })).gives<{ readonly version: number }>(),
  /** The editor's own undo and redo, for buttons. */
  undo: request(nothing).gives<null>(),
  redo: request(nothing).gives<null>(),
  openAsText: request(nothing).gives<null>(),
  showLog: request(nothing).gives<null>(),
  /** Models of Life; the engine is started to list them. */
  models: request(nothing).gives<{ readonly models: readonly ModelSummary[] }>(),
  predict: request(board).gives<Prediction>(),
  /** Feeds the model its own boards, from a board on; another that is under way gives way. */
  roll: request(object({ model: modelRef, ...rollRequest })).gives<RollEnd, RolledBoard>(),
  /** Asks where, and writes a rollout there. */
  saveRollout: request(object({ model: modelRef, ...saveRolloutRequest })).gives<{ readonly path: string | null }>(),
  /** The board as the prompt of an Explorer. */
  explore: request(board).gives<null>(),
} as const;
export type LifeApi = ApiOf<typeof LIFE_EDITOR>;

/** What the host tells a webview unasked. */
export interface LifeNotifications {
  /** The document was changed elsewhere: undone, done again, edited in another view. */
  changed: { readonly version: number; readonly edit: EditMessage; readonly by: 'edit' | 'undo' | 'redo' };
  /** Everything is different: reverted, saved under another name, changed on disk. The view asks again. */
  reloaded: { readonly why: 'revert' | 'disk' };
  warnings: { readonly warnings: readonly string[] };
  models: { readonly models: readonly ModelSummary[] };
}
