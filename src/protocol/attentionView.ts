import type { Call } from './call';
import type { CursorApi, CursorPlace } from './cursorView';
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

export interface AttentionApi extends CursorApi<AttentionReady> {
  /**
   * Shows a token of the context in the editor, selected, and gives whether it stands there: special tokens do not.
   * @throws Problem `stale-edit` where text or cursor are others by now
   */
  reveal: Call<{ readonly place: number; readonly index: number }, { readonly found: boolean }>;
}
