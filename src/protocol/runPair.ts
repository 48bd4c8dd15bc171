import { integer, object, oneOf, type Checked } from '../core/check/check';
import type { RunPair } from '../core/compare/runPair';
import type { Alternative } from '../core/trace/record';
import type { Progress } from './call';
import { nothing, request, type ApiOf } from './request';

/** What the page that holds two runs against each other shows and asks for. */

const place = oneOf('a', 'b');
export type PairPlace = Checked<typeof place>;

export type RunPairShown =
  | { readonly state: 'ready'; readonly pair: RunPair; readonly names: Readonly<Record<PairPlace, string>> }
  /** Runs that are not kept any more. */
  | { readonly state: 'missing'; readonly places: readonly PairPlace[] };

/** The most probable tokens of both runs at one place; null where nothing predicted it, or a run has no such place. */
export interface PairAlternatives {
  readonly a: readonly Alternative[] | null;
  readonly b: readonly Alternative[] | null;
}

export const RUN_PAIR = {
  open: request(nothing).gives<RunPairShown>(),
  /** Puts A in B's place. */
  swap: request(nothing).gives<RunPairShown>(),
  /** Asks for another run in that place. */
  choose: request(object({ place })).gives<RunPairShown>(),
  /** Shows a run in an Explorer of its own. */
  explore: request(object({ place })).gives<null>(),
  alternatives: request(object({ index: integer({ min: 0 }) })).gives<PairAlternatives>(),
  /**
   * Computes the divergences from whole distributions, where the traces keep a part of them.
   * @throws Problem `not-available` where a model is not to be found, or is not the one that made its run
   */
  measure: request(nothing).gives<RunPairShown, Progress>(),
  /** Writes the comparison to a file; null where the user changed their mind. */
  save: request(object({ form: oneOf('csv', 'json') })).gives<{ readonly path: string | null }>(),
} as const;
export type RunPairApi = ApiOf<typeof RUN_PAIR>;

/** What a page keeps for the time after a reload of the window. */
export interface RunPairState {
  readonly version: 1;
  readonly a: string;
  readonly b: string;
  readonly selected: number | null;
}
