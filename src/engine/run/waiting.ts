import type { CancelSignal } from '../../protocol/call';
import type { ModelRef } from '../../protocol/models';
import type { LoadedModel, TakeTurn } from '../model/types';

/** How a request waits for passes, and how it is stopped. */
export interface Waiting {
  readonly turn: TakeTurn;
  readonly signal: CancelSignal;
}

/** Gives a model with its session open; the passes of its sequences wait as the request does. */
export type LoadModel = (
  ref: ModelRef,
  options: Waiting & { readonly onLoading?: (message: string) => void },
) => Promise<LoadedModel>;
