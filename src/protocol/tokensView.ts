import { array, object } from '../core/check/check';
import { tokenId } from './bounds';
import { cursorRequests, place, type CursorPlace } from './cursorView';
import { request, type ApiOf } from './request';
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

export const TOKENS_VIEW = {
  ...cursorRequests<NextReady>(),
  /** Puts a token at the cursor. @throws Problem `stale-edit` where the cursor is at another place by now */
  insert: request(object({ place, id: tokenId })).gives<{ readonly text: string }>(),
  describe: request(object({ place, ids: array(tokenId, { max: 10_000 }) })).gives<{
    readonly tokens: readonly TokenInfo[];
  }>(),
} as const;
export type TokensApi = ApiOf<typeof TOKENS_VIEW>;
