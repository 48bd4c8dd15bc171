import { integer, object, oneOf, string } from '../core/check/check';
import type { ProblemData } from './errors';
import { nothing, request, type ApiOf } from './request';

/** What the views that follow the cursor of a text have in common. */

/** What is known of the place of the cursor, or why nothing is. */
export type AtCursor<Ready> =
  | { readonly state: 'waiting' }
  | { readonly state: 'no-editor' }
  /** Nothing stands before the cursor. */
  | { readonly state: 'no-text' }
  | { readonly state: 'no-model' }
  /** Texts of a workspace that is not trusted are given to no model unasked. */
  | { readonly state: 'untrusted' }
  | { readonly state: 'problem'; readonly problem: ProblemData }
  | (Ready & { readonly state: 'ready' });

export interface CursorSnapshot<Ready> {
  /** What was known last; while `busy` it may be of an earlier place. */
  readonly shown: AtCursor<Ready>;
  readonly busy: boolean;
  /**
   * What the setting calls the models that can be chosen, and the one that answers: a name, or a folder where two have one name;
   * null before they are listed.
   */
  readonly models: readonly string[];
  readonly model: string | null;
  /** The model that the setting names and that is not there. */
  readonly missing: string | null;
}

/** The place of the cursor that an answer is of, and what the model was given of it. */
export interface CursorPlace {
  /** Counts up with every answer. */
  readonly place: number;
  readonly model: string;
  /** The document and the cursor in it, from 1. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** Tokens that the model was given, special ones included, and whether they are all that stands before the cursor. */
  readonly used: number;
  readonly whole: boolean;
}

export const CURSOR_ACTIONS = ['openFile', 'newText', 'addModelFolder', 'manageTrust', 'showLog', 'colour'] as const;
export type CursorAction = (typeof CURSOR_ACTIONS)[number];

/** Counts up with every answer. */
export const place = integer({ min: 0 });

/** What every such view asks for. */
export const cursorRequests = <Ready>() =>
  ({
    snapshot: request(nothing).gives<CursorSnapshot<Ready>>(),
    chooseModel: request(object({ name: string({ min: 1, max: 4_096 }) })).gives<null>(),
    act: request(object({ action: oneOf(...CURSOR_ACTIONS) })).gives<null>(),
  }) as const;
export type CursorApi<Ready> = ApiOf<ReturnType<typeof cursorRequests<Ready>>>;

export interface CursorNotifications<Ready> {
  changed: CursorSnapshot<Ready>;
  busy: { readonly busy: boolean };
}
