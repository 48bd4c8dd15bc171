import type { Runs } from '../core/life/edit/runs';
import type { BoardSettings, EditKind } from '../core/life/edit/board';
import type { Note, PatternFormat } from '../core/life/pattern';
import type { Call } from './call';
import type { ModelRef, ModelSummary } from './models';
import type { ProblemData } from './errors';
import type { RollEnd, RolledBoard, RollRequest, SaveRolloutRequest } from './rollout';

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

/** An edit as it is sent: which cells flip, and the settings after it where they change. */
export interface EditMessage {
  readonly kind: EditKind;
  readonly flips: Runs;
  readonly settings: BoardSettings | null;
}

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

/** A board for a model to say what follows. */
export interface PredictRequest {
  readonly model: ModelRef;
  /** [height, width] of the model's grid, row by row, 0 dead and 1 alive. */
  readonly cells: Uint8Array<ArrayBuffer>;
}

/** What it said. */
export interface Prediction {
  /** [height, width]; null where the answer is no board. */
  readonly cells: Uint8Array<ArrayBuffer> | null;
  /** Why it is none. */
  readonly reason: string | null;
  readonly milliseconds: number;
}

/** Requests of a Life editor's webview to the extension. Every parameter is validated by the host. */
export interface LifeApi {
  snapshot: Call<Record<string, never>, LifeSnapshot>;
  /** Refused with `stale-edit` where the document has changed since `version`: the view then asks for the whole again. */
  edit: Call<{ readonly version: number; readonly edit: EditMessage }, { readonly version: number }>;
  /** The editor's own undo and redo, for buttons. */
  undo: Call<Record<string, never>, null>;
  redo: Call<Record<string, never>, null>;
  openAsText: Call<Record<string, never>, null>;
  showLog: Call<Record<string, never>, null>;
  /** Models of Life; the engine is started to list them. */
  models: Call<Record<string, never>, { readonly models: readonly ModelSummary[] }>;
  predict: Call<PredictRequest, Prediction>;
  /** Feeds the model its own boards, from a board on; another that is under way gives way. */
  roll: Call<RollRequest & { readonly model: ModelRef }, RollEnd, RolledBoard>;
  /** Asks where, and writes a rollout there. */
  saveRollout: Call<SaveRolloutRequest & { readonly model: ModelRef }, { readonly path: string | null }>;
  /** The board as the prompt of an Explorer. */
  explore: Call<PredictRequest, null>;
}

/** What the host tells a webview unasked. */
export interface LifeNotifications {
  /** The document was changed elsewhere: undone, done again, edited in another view. */
  changed: { readonly version: number; readonly edit: EditMessage; readonly by: 'edit' | 'undo' | 'redo' };
  /** Everything is different: reverted, saved under another name, changed on disk. The view asks again. */
  reloaded: { readonly why: 'revert' | 'disk' };
  warnings: { readonly warnings: readonly string[] };
  models: { readonly models: readonly ModelSummary[] };
}
