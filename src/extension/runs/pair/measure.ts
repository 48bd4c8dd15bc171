import type { Divergence } from '../../../core/compare/divergence';
import { exactDivergence } from '../../../core/compare/exact';
import type { RunPair } from '../../../core/compare/runPair';
import { softmax } from '../../../core/numeric/softmax';
import type { Trace } from '../../../core/trace/record';
import type { CancelSignal } from '../../../protocol/call';
import { Problem } from '../../../protocol/errors';
import { throwIfAborted } from '../../../protocol/rpc';

/** The raw logits that predicted a token of a run. */
export type LogitsOf = (trace: Trace, index: number, signal: CancelSignal) => Promise<Float32Array>;

/** Places of one run that are asked for before the other's: the engine computes neighbours together. */
const BLOCK = 24;
/** A probability that was recorded may differ so much from one that is computed again, by another order of summing. */
const TOLERANCE = 1e-3;

/**
 * The divergences of all places whose context both runs share, from the full distributions, computed again where the runs did not
 * keep them.
 * @throws Problem `not-available` where a model is not the one that made its run, `cancelled`, or what the engine fails with.
 */
export async function measureExactly(
  { rows }: RunPair,
  traces: { readonly a: Trace; readonly b: Trace },
  logitsOf: LogitsOf,
  { signal, onProgress }: { readonly signal: CancelSignal; readonly onProgress: (done: number, total: number) => void },
): Promise<ReadonlyMap<number, Divergence>> {
  const places = rows.filter(({ divergence }) => divergence).map(({ index }) => index);
  const found = new Map<number, Divergence>();
  const probabilities = async (trace: Trace, block: readonly number[]): Promise<Float64Array[]> => {
    const all: Float64Array[] = [];
    for (const index of block) {
      throwIfAborted(signal);
      const row = softmax(await logitsOf(trace, index, signal));
      checkSame(trace, index, row);
      all.push(row);
    }
    return all;
  };
  for (let from = 0; from < places.length; from += BLOCK) {
    const block = places.slice(from, from + BLOCK);
    const p = await probabilities(traces.a, block);
    const q = await probabilities(traces.b, block);
    block.forEach((index, place) => {
      found.set(index, exactDivergence(p[place] as Float64Array, q[place] as Float64Array));
    });
    onProgress(found.size, places.length);
  }
  return found;
}

function checkSame({ header, tokens }: Trace, index: number, row: Float64Array): void {
  const token = tokens[index];
  if (!token?.judgement || Math.abs((row[token.id] ?? 0) - token.judgement.probability) <= TOLERANCE) return;
  throw new Problem({
    code: 'not-available',
    message: `${header.model.name} as it is now gives other probabilities than the run recorded, so its distributions are not those of the run.`,
    action: 'The bounds are of what was recorded.',
  });
}
