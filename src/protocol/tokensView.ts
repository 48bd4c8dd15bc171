import type { Call } from './call';
import type { TokenInfo } from './models';
import type { ProblemData } from './errors';

/** What the Tokens view of the side bar shows and asks for. */

/** The distribution of the token after the text before the cursor. */
export interface NextTokens {
  /** Counts up with every answer: names the place of the cursor that it is of. */
  readonly place: number;
  readonly model: string;
  /** The document and the cursor in it, from 1. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** [vocabulary] raw logits. */
  readonly logits: Float32Array;
  /** Texts of the most probable tokens and of the one that follows; others are asked for. */
  readonly tokens: readonly TokenInfo[];
  /** The token before the cursor. */
  readonly last: TokenInfo;
  /** Tokens that the model was given, special ones included, and whether they are all that stands before the cursor. */
  readonly used: number;
  readonly whole: boolean;
  /** The token that stands after the cursor in the text; null where none begins there. */
  readonly follows: number | null;
}

export type TokensShown =
  | { readonly state: 'waiting' }
  | { readonly state: 'no-editor' }
  /** Nothing stands before the cursor. */
  | { readonly state: 'no-text' }
  | { readonly state: 'no-model'; readonly trusted: boolean }
  | { readonly state: 'problem'; readonly problem: ProblemData }
  | { readonly state: 'ready'; readonly next: NextTokens };

export interface TokensSnapshot {
  /** What was known last; while `busy` it may be of an earlier place. */
  readonly shown: TokensShown;
  readonly busy: boolean;
  /** Names of the models that can be chosen, and of the one that answers; null before they are listed. */
  readonly models: readonly string[];
  readonly model: string | null;
  /** The model that the setting names and that is not there. */
  readonly missing: string | null;
}

export const TOKENS_ACTIONS = ['openFile', 'newText', 'addModelFolder', 'manageTrust', 'showLog'] as const;
export type TokensAction = (typeof TOKENS_ACTIONS)[number];

export interface TokensApi {
  snapshot: Call<Record<string, never>, TokensSnapshot>;
  /** Puts a token at the cursor. @throws Problem `stale-edit` where the cursor is at another place by now */
  insert: Call<{ readonly place: number; readonly id: number }, { readonly text: string }>;
  describe: Call<
    { readonly place: number; readonly ids: readonly number[] },
    { readonly tokens: readonly TokenInfo[] }
  >;
  chooseModel: Call<{ readonly name: string }, null>;
  act: Call<{ readonly action: TokensAction }, null>;
}

export interface TokensNotifications {
  changed: TokensSnapshot;
  busy: { readonly busy: boolean };
}
