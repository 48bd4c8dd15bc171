import type { RunPair } from '../core/compare/runPair';
import type { Alternative } from '../core/trace/record';
import type { Call, Progress } from './call';

/** What the page that holds two runs against each other shows and asks for. */

export type PairPlace = 'a' | 'b';

export type RunPairShown =
  | { readonly state: 'ready'; readonly pair: RunPair; readonly names: Readonly<Record<PairPlace, string>> }
  /** Runs that are not kept any more. */
  | { readonly state: 'missing'; readonly places: readonly PairPlace[] };

/** The most probable tokens of both runs at one place; null where nothing predicted it, or a run has no such place. */
export interface PairAlternatives {
  readonly a: readonly Alternative[] | null;
  readonly b: readonly Alternative[] | null;
}

export interface RunPairApi {
  open: Call<Record<string, never>, RunPairShown>;
  /** Puts A in B's place. */
  swap: Call<Record<string, never>, RunPairShown>;
  /** Asks for another run in that place. */
  choose: Call<{ readonly place: PairPlace }, RunPairShown>;
  /** Shows a run in an Explorer of its own. */
  explore: Call<{ readonly place: PairPlace }, null>;
  alternatives: Call<{ readonly index: number }, PairAlternatives>;
  /**
   * Computes the divergences from whole distributions, where the traces keep a part of them.
   * @throws Problem `not-available` where a model is not to be found, or is not the one that made its run
   */
  measure: Call<Record<string, never>, RunPairShown, Progress>;
  /** Writes the comparison to a file; null where the user changed their mind. */
  save: Call<{ readonly form: 'csv' | 'json' }, { readonly path: string | null }>;
}

/** What a page keeps for the time after a reload of the window. */
export interface RunPairState {
  readonly version: 1;
  readonly a: string;
  readonly b: string;
  readonly selected: number | null;
}
