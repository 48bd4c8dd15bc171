import type { CancelSignal } from '../../protocol/call';
import { throwIfAborted } from '../../protocol/rpc';
import type { LoadedModel, PassCapture } from '../model/types';

/** Tokens of one pass: few enough that a pass is short and Stop is seen, many enough that the passes are efficient. */
export const SCORING_CHUNK = 128;

export interface ScoringRequest {
  readonly model: LoadedModel;
  readonly ids: readonly number[];
  readonly attention: readonly number[];
  readonly hidden: readonly number[];
  readonly signal: CancelSignal;
}

/** One pass of scoring. */
export interface ScoredChunk {
  readonly capture: PassCapture;
  /** [capture.fed, vocabulary] */
  readonly logits: Float32Array;
}

/**
 * Feeds a known sequence once more, chunk by chunk, for the tensors that were not kept.
 * @throws Problem `cancelled`, or what a pass failed with.
 */
export async function* score(request: ScoringRequest): AsyncGenerator<ScoredChunk> {
  const { model, ids, attention, hidden, signal } = request;
  let captured: PassCapture | undefined;
  const sequence = model.openSequence({ attention, hidden, onPass: (capture) => (captured = capture) });
  try {
    const chunk = Math.max(1, Math.min(sequence.chunk, SCORING_CHUNK));
    for (let start = 0; start < ids.length; start += chunk) {
      throwIfAborted(signal);
      const tokens = ids.slice(start, start + chunk);
      captured = undefined;
      const logits = await sequence.extend(tokens);
      const capture = captured ?? {
        pastLength: start,
        fed: tokens.length,
        attention: new Map<number, Float32Array>(),
        hidden: new Map<number, Float32Array>(),
      };
      yield { capture, logits };
    }
  } finally {
    sequence.dispose();
  }
}
