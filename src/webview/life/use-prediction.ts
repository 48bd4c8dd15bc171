import { useEffect, useRef, useState } from 'preact/hooks';
import type { ModelSummary } from '../../protocol/models';
import { Problem, type ProblemData } from '../../protocol/errors';
import type { LifeApi, Prediction } from '../../protocol/lifeEditor';
import type { RpcClient } from '../../protocol/rpc';

/** Answers that are kept: a board that comes back, or is asked about from another part of the dock, has its answer at once. */
const MOST_KEPT = 64;
/** Boards that are gone again before so long are not asked about. */
const ASK_AFTER_MS = 250;

export type PredictionState =
  | { readonly state: 'asking' }
  | { readonly state: 'said'; readonly of: string; readonly prediction: Prediction }
  | { readonly state: 'failed'; readonly problem: ProblemData };

/**
 * What the model says about a board, asked again when the board changes; what it was asked before is stopped.
 * @param cells null: nothing is asked.
 */
export function usePrediction(
  api: RpcClient<LifeApi>,
  model: ModelSummary | null,
  cells: Uint8Array<ArrayBuffer> | null,
): PredictionState | null {
  const [known, setKnown] = useState<PredictionState | null>(null);
  const kept = useRef(new Map<string, Prediction>());
  const of = model && cells ? `${model.folder} ${model.file ?? ''} ${cells.join('')}` : null;
  useEffect(() => {
    if (!model || !cells || of === null) {
      setKnown(null);
      return;
    }
    const before = kept.current.get(of);
    if (before) {
      setKnown({ state: 'said', of, prediction: before });
      return;
    }
    const stopper = new AbortController();
    const timer = setTimeout(() => {
      setKnown({ state: 'asking' });
      const ref = { folder: model.folder, ...(model.file ? { file: model.file } : {}) };
      api.call('predict', { model: ref, cells }, { signal: stopper.signal }).then(
        (prediction) => {
          const [oldest] = kept.current.keys();
          if (oldest !== undefined && kept.current.size >= MOST_KEPT) kept.current.delete(oldest);
          kept.current.set(of, prediction);
          // An answer that was on its way already when another board came is kept for when this one comes back.
          if (!stopper.signal.aborted) setKnown({ state: 'said', of, prediction });
        },
        (error: unknown) => {
          if (!stopper.signal.aborted) setKnown({ state: 'failed', problem: Problem.from(error).toData() });
        },
      );
    }, ASK_AFTER_MS);
    return () => {
      clearTimeout(timer);
      stopper.abort();
    };
  }, [api, of]);
  // What was said of another board is not shown beside this one.
  return known?.state === 'said' && known.of !== of ? { state: 'asking' } : known;
}
