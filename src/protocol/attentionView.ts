import { object } from '../core/check/check';
import { index } from './bounds';
import { cursorRequests, place, type CursorPlace } from './cursorView';
import { request, type ApiOf } from './request';
import type { TokenInfo } from './models';
import type { LastAttention } from './runs';

/** What the Attention view of the side bar shows and asks for. */

/** Where the model looks from the token before the cursor when it predicts the next one. */
export interface CursorAttention extends CursorPlace {
  /** [used] all that the model was given; the last is the query. */
  readonly tokens: readonly TokenInfo[];
  readonly attention: LastAttention;
}

export interface AttentionReady {
  readonly looks: CursorAttention;
}

export const ATTENTION_VIEW = {
  ...cursorRequests<AttentionReady>(),
  /**
   * Shows a token of the context in the editor, selected, and gives whether it stands there: special tokens do not.
   * @throws Problem `stale-edit` where text or cursor are others by now
   */
  reveal: request(object({ place, index })).gives<{ readonly found: boolean }>(),
} as const;
export type AttentionApi = ApiOf<typeof ATTENTION_VIEW>;
