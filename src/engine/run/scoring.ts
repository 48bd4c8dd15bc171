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
  /** Place of the first token whose tensors are wanted: what stands before it is fed in passes of its own, without. */
  readonly captureFrom?: number;
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
  const { model, ids, attention, hidden, captureFrom = 0, signal } = request;
  let captures: PassCapture[] = [];
  const sequence = model.openSequence({
    attention,
    hidden,
    captureFrom,
    onPass: (capture) => captures.push(capture),
  });
  try {
    const chunk = Math.max(1, Math.min(sequence.chunk, SCORING_CHUNK));
    for (let start = 0, end; start < ids.length; start = end) {
      throwIfAborted(signal);
      end = Math.min(ids.length, start + chunk, start < captureFrom ? captureFrom : Infinity);
      captures = [];
      const logits = await sequence.extend(ids.slice(start, end));
      const width = logits.length / (end - start);
      // A file that takes one token a pass makes several of a chunk.
      for (const capture of captures) {
        const row = capture.pastLength - start;
        yield { capture, logits: logits.subarray(row * width, (row + capture.fed) * width) };
      }
    }
  } finally {
    sequence.dispose();
  }
}
