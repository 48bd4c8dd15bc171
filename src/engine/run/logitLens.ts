import { layerStep, logSumExpOf, readLayer } from '../../core/lens/layers';
import type { LogitLens } from '../../protocol/lens';
import type { LogitLensRequest } from '../../protocol/questions';
import type { Progress } from '../../protocol/call';
import { Problem } from '../../protocol/errors';
import type { LoadedModel } from '../model/types';
import { Slices } from '../slices';
import { RowTensor } from '../tensors/rowTensor';
import type { KeptRun } from './keptRun';
import type { RunTensors } from './runTensors';
import { score } from './scoring';
import type { Waiting } from './waiting';

/** Floats of logits that are made at a time: 16 MB. */
const LOGITS_AT_ONCE = 1 << 22;

/** State by state, rows of the window. */
type States = ReadonlyMap<number, readonly Float32Array[]>;

/**
 * What every layer would say at some tokens of a run, from the hidden states that it kept, or computed again.
 * @param onProgress told what is read: tokens that are fed again, then places, one a state and token.
 * @throws Problem `bad-request` for tokens that the run does not have, `not-available`, `cancelled`, or what a pass fails with.
 */
export async function logitLens(
  run: KeptRun,
  request: LogitLensRequest,
  tensors: RunTensors,
  waiting: Waiting,
  onProgress: (progress: Progress) => void,
): Promise<LogitLens> {
  const { ids } = run.record;
  const { start, top } = request;
  if (start >= ids.length) {
    throw new Problem({
      code: 'bad-request',
      message: `There is no token ${start}: the run has ${ids.length}, from 0.`,
    });
  }
  const count = Math.min(request.count, ids.length - start);
  return run.inTurn(async () => {
    const model = await tensors.model(run, waiting);
    const lens = await model.openLens();
    const held = heldStates(run, model, start, count);
    const scoring = held ? 0 : start + count;
    const total = scoring + (model.layers + 1) * count;
    onProgress({ done: 0, total });
    const hidden =
      held ?? (await scoredStates(run, model, start, count, waiting, (done) => onProgress({ done, total })));
    const states = [...hidden.keys()];
    const last = hidden.get(model.layers);
    if (!last || states.length < 2) {
      throw new Problem({
        code: 'not-available',
        message: `This model file cannot give hidden states: ${model.probes.hidden.how}`,
      });
    }
    const { vocabularySize } = model.identity;
    const k = Math.min(top, vocabularySize);
    const size = states.length * count;
    const answer = {
      ids: new Uint32Array(size * k),
      probabilities: new Float32Array(size * k),
      entropy: new Float32Array(size),
      divergence: new Float32Array(size),
      velocity: new Float32Array(size - count),
      turn: new Float32Array(size - count),
    };
    const slices = new Slices(waiting.signal);
    let done = scoring;
    const step = Math.max(1, Math.min(count, Math.floor(LOGITS_AT_ONCE / vocabularySize)));
    for (let first = 0; first < count; first += step) {
      const fed = Math.min(step, count - first);
      const rowsOf = (logits: Float32Array, i: number): Float32Array =>
        logits.subarray(i * vocabularySize, (i + 1) * vocabularySize);
      const own = await lens(joined(last.slice(first, first + fed)), fed);
      const sums = Array.from({ length: fed }, (_, i) => logSumExpOf(rowsOf(own, i)));
      for (const [s, state] of states.entries()) {
        const rows = hidden.get(state) as readonly Float32Array[];
        const isLast = state === model.layers;
        const logits = isLast ? own : await lens(joined(rows.slice(first, first + fed)), fed);
        for (let i = 0; i < fed; i++) {
          const place = s * count + first + i;
          const reading = readLayer(rowsOf(logits, i), rowsOf(own, i), k, sums[i]);
          answer.ids.set(reading.ids, place * k);
          answer.probabilities.set(reading.probabilities, place * k);
          answer.entropy[place] = reading.entropy;
          answer.divergence[place] = isLast ? 0 : reading.divergence;
          const next = hidden.get(states[s + 1] ?? -1)?.[first + i];
          if (next) {
            const moved = layerStep(rows[first + i] as Float32Array, next, last[first + i] as Float32Array);
            answer.velocity[place] = moved.velocity;
            answer.turn[place] = moved.turn;
          }
          await slices.pause();
        }
        done += fed;
        onProgress({ done, total });
      }
    }
    const tokens = model.tokenizer.describe([...new Set(answer.ids)].sort((a, b) => a - b));
    return { runId: run.record.runId, start, count, states, top: k, ...answer, tokens };
  });
}

/** What the run kept, where it kept all of the window; null otherwise. */
function heldStates(run: KeptRun, model: LoadedModel, start: number, count: number): States | null {
  const held = new Map<number, readonly Float32Array[]>();
  for (let state = 0; state <= model.layers; state++) {
    const tensor = run.hidden.get(state);
    if (!tensor || tensor.rows < start + count) return null;
    held.set(state, rowsOfWindow(tensor, start, count));
  }
  return held;
}

/** The window's states by reading the sequence again up to its end. */
async function scoredStates(
  run: KeptRun,
  model: LoadedModel,
  start: number,
  count: number,
  { signal }: Waiting,
  onTokens: (tokens: number) => void,
): Promise<States> {
  const found = new Map<number, RowTensor>();
  const hidden = Array.from({ length: model.layers + 1 }, (_, state) => state);
  const ids = run.record.ids.slice(0, start + count);
  for await (const { capture } of score({ model, ids, attention: [], hidden, signal })) {
    const { pastLength, fed } = capture;
    onTokens(pastLength + fed);
    const skipped = Math.max(0, start - pastLength);
    if (skipped >= fed) continue;
    for (const [state, values] of capture.hidden) {
      const width = values.length / fed;
      const tensor = found.get(state) ?? new RowTensor(width);
      found.set(state, tensor);
      tensor.put(values.subarray(skipped * width), pastLength + skipped - start, fed - skipped);
    }
  }
  return new Map(
    [...found].sort(([a], [b]) => a - b).map(([state, tensor]) => [state, rowsOfWindow(tensor, 0, count)]),
  );
}

function rowsOfWindow(tensor: RowTensor, start: number, count: number): readonly Float32Array[] {
  return Array.from({ length: count }, (_, i) => tensor.row(start + i) as Float32Array);
}

function joined(rows: readonly Float32Array[]): Float32Array {
  const width = rows[0]?.length ?? 0;
  const all = new Float32Array(rows.length * width);
  rows.forEach((row, i) => all.set(row, i * width));
  return all;
}
