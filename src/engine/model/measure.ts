import type { Tensor } from 'onnxruntime-node';
import { Problem } from '../../protocol/errors';
import { readsBothWays } from '../graph';
import { type CacheSlot, emptyCache } from './cacheLayout';
import { laterMass, LATER_MASS } from './capture';
import type { DecoderSession } from './session';
import { wholeStage } from './session';
import type { MeasuredSizes } from './sizes';
import { type PassOutputs, Stage } from './stage';
import { floats } from './tensors';

/** Tokens of the pass: enough that most of them have later ones. */
const TOKENS = 6;

/**
 * Looks at one short pass before anything of a model is shown: its tensors have the last word on sizes, and its tokens must not
 * see later ones. Null where the pass fails: the first pass of a run fails then, and says why.
 * @param decoder the file that reads a prompt.
 * @param slots and their keys, as for a sequence.
 * @throws Problem `onnx-not-a-decoder` for a model that reads both ways; `file` where it changed meanwhile.
 */
export async function measure(
  decoder: DecoderSession,
  slots: readonly CacheSlot[],
  keys: readonly string[],
  vocabularySize: number,
  contextLength: number | null,
): Promise<MeasuredSizes | null> {
  const file = wholeStage(decoder);
  const stage = new Stage(file, keys);
  const attention = file.attention.map(({ layer }) => layer);
  const [hidden] = file.hidden.map(({ layer }) => layer);
  const count = Math.min(TOKENS, contextLength ?? Infinity, file.fixedTokens ?? Infinity);
  const ids = Array.from({ length: count }, (_, i) => (i + 1) % vocabularySize);
  const run = async (tokens: readonly number[], layers: readonly number[]): Promise<PassOutputs> =>
    stage.run(tokens, 0, stage.isCached ? emptyCache(slots) : [], {
      logits: true,
      attention: layers,
      hidden: hidden === undefined ? [] : [hidden],
    });
  try {
    const outputs = await run(ids, attention);
    for (const tensor of outputs.attention.values()) {
      const mass = laterMass(tensor, count);
      if (mass > LATER_MASS) {
        const share = `${Math.round(mass * 100)} %`;
        throw readsBothWays(file.file, `on a pass, up to ${share} of a token’s attention lies on later ones`);
      }
    }
    const isUnseen = decoder.plan.attention.length < decoder.graph.anatomy.layers;
    if (isUnseen && count > 1) {
      const other = [...ids.slice(0, -1), (count + 1) % vocabularySize];
      const change = changeBefore(outputs.logits as Tensor, (await run(other, [])).logits as Tensor, count);
      if (change > LOGIT_CHANGE) {
        throw readsBothWays(file.file, 'on a pass, the logits of tokens depend on later ones');
      }
    }
    return sizesOf(outputs, hidden);
  } catch (error) {
    const { code } = Problem.from(error);
    if (code === 'run-failed' || code === 'memory') return null;
    throw error;
  }
}

function sizesOf(outputs: PassOutputs, hidden: number | undefined): MeasuredSizes {
  const heads = [...outputs.attention.values()].map(({ dims }) => dims[1] as number);
  const [fewest, most] = [Math.min(...heads), Math.max(...heads)];
  const isOne = heads.length > 0 && fewest === most;
  return {
    heads: isOne ? most : null,
    headRange: heads.length > 0 && !isOne ? [fewest, most] : null,
    width: outputs.hidden.get(hidden ?? -1)?.dims.at(-1) ?? null,
    vocabularySize: (outputs.logits as Tensor).dims.at(-1) as number,
  };
}

/**
 * How much logits may change before a token that was changed, in the range of their row. Rounding to few bits, for all tokens
 * of a pass together, changes them too, by a few hundredths.
 */
const LOGIT_CHANGE = 0.1;

/** The largest change of the logits before the last of `count` tokens, in the range of their row. */
function changeBefore(before: Tensor, after: Tensor, count: number): number {
  const [a, b] = [floats(before), floats(after)];
  const width = before.dims.at(-1) as number;
  if ((before.dims[1] as number) < count || a.length !== b.length) return 0;
  let largest = 0;
  for (let row = 0; row < count - 1; row++) {
    let [low, high, change] = [Infinity, -Infinity, 0];
    for (let i = row * width; i < (row + 1) * width; i++) {
      const value = a[i] as number;
      low = Math.min(low, value);
      high = Math.max(high, value);
      change = Math.max(change, Math.abs(value - (b[i] as number)));
    }
    if (high > low) largest = Math.max(largest, change / (high - low));
  }
  return largest;
}
