import type { Call } from './call';
import type { CursorApi, CursorPlace } from './cursorView';
import type { TokenInfo } from './models';

/** What the Tokens view of the side bar shows and asks for. */

/** The distribution of the token after the text before the cursor. */
export interface NextTokens extends CursorPlace {
  /** [vocabulary] raw logits. */
  readonly logits: Float32Array;
  /** Texts of the most probable tokens and of the one that follows; others are asked for. */
  readonly tokens: readonly TokenInfo[];
  /** The token before the cursor. */
  readonly last: TokenInfo;
  /** The token that stands after the cursor in the text; null where none begins there. */
  readonly follows: number | null;
}

export interface NextReady {
  readonly next: NextTokens;
}

export interface TokensApi extends CursorApi<NextReady> {
  /** Puts a token at the cursor. @throws Problem `stale-edit` where the cursor is at another place by now */
  insert: Call<{ readonly place: number; readonly id: number }, { readonly text: string }>;
  describe: Call<
    { readonly place: number; readonly ids: readonly number[] },
    { readonly tokens: readonly TokenInfo[] }
  >;
}
