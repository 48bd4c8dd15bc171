import type { TraceToken } from '../core/trace/record';
import { nullable, object, oneOf } from '../core/check/check';
import { index } from './bounds';
import { cursorRequests, place, type CursorNotifications } from './cursorView';
import { request, type ApiOf } from './request';

/** What the strip in the editor's panel shows and asks for: one column a token of the text that is being edited. */

export interface Strip {
  /** Counts up with every answer. */
  readonly place: number;
  readonly model: string;
  readonly file: string;
  /** The stretch that is coloured in the editor, or the last tokens before the cursor. */
  readonly of: 'colours' | 'cursor';
  /** `index` is the place in this list; of each, the most probable alternatives. */
  readonly tokens: readonly TraceToken[];
  /** Tokens of the stretch before these, and in all. */
  readonly from: number;
  readonly total: number;
  /** The stretch is all of the text: for `cursor`, of what stands before it. */
  readonly whole: boolean;
  /** Token of the list that the cursor stands before, up to its length; null where it is elsewhere. */
  readonly cursor: number | null;
  /** What was left out and why, one sentence each. */
  readonly notes: readonly string[];
}

export interface StripReady {
  readonly strip: Strip;
}

export const STRIP_VIEW = {
  ...cursorRequests<StripReady>(),
  /**
   * Frames a token in the editor; null: none. `reveal` scrolls to it as well, `go` puts the cursor behind it.
   * @throws Problem `stale-edit` where the text is another by now
   */
  point: request(object({ place, index: nullable(index), how: oneOf('frame', 'reveal', 'go') })).gives<null>(),
} as const;
export type StripApi = ApiOf<typeof STRIP_VIEW>;

export interface StripNotifications extends CursorNotifications<StripReady> {
  /** The cursor has moved in a text that stayed as it is. */
  cursor: { readonly place: number; readonly cursor: number | null };
}
