import type { ElementType } from '../../src/engine/graph';
import { ModelWriter } from './tinyDecoder';

export const toy = { layers: 2, heads: 2, headSize: 4, width: 8, vocabulary: 13, longest: 32 } as const;

export interface ToyOptions {
  readonly ids?: 'int64' | 'int32';
  /** Fixed length of the ids of a pass. */
  readonly step?: number;
  readonly batch?: number;
  /** `stacked`: past_N with keys and values together; `unsized`: sizes are symbols. */
  readonly cache?: 'separate' | 'stacked' | 'unsized' | 'none';
  /** See no further back than this many tokens, and keep no more in the cache. */
  readonly window?: number;
  readonly positions?: 'rows' | 'three-rows' | 'cache-position';
  /** An input whose value, as a number, is added to the first logit of every row. */
  readonly counted?: { readonly name: string; readonly type: ElementType; readonly scalar?: boolean };
  /** An input that no decoder has. */
  readonly unknown?: string;
  /** Give logits for the last token only. */
  readonly lastOnly?: boolean;
}

/** A decoder with a cache, of attention that rotates nothing and projects nothing: queries, keys and values are the stream. */
export function toyDecoder(options: ToyOptions = {}): Uint8Array {
  const { layers, heads, headSize, width, vocabulary, longest } = toy;
  const { cache = 'separate' } = options;
  const model = new ModelWriter();
  const ints = (...values: number[]): string => model.constant('int64', [values.length], values);
  const [zero, one] = [ints(0), ints(1)];
  const step = options.step ?? 'sequence';
  model.input('input_ids', options.ids ?? 'int64', [options.batch ?? 'batch', step]);
  const embeddings = model.node('Gather', [model.weight('embeddings', [vocabulary, width], 0.3), 'input_ids']);

  const sequence = model.node('Slice', [model.node('Shape', ['input_ids']), one, ints(2)]);
  const split = ints(0, 0, heads, headSize);
  const join = ints(0, 0, width);
  const cacheDims =
    cache === 'unsized' ? ['batch', 'kv_heads', 'past', 'head_dim'] : ['batch', heads, 'past', headSize];
  const places = positionsOf(model, options, step);
  let stream = model.node('Add', [
    embeddings,
    model.node('Gather', [model.weight('places', [longest, width], 0.8), places]),
  ]);
  for (let layer = 0; layer < layers; layer++) {
    const scaled = model.node('Mul', [stream, model.constant('float32', [], [0.5 + 0.25 * layer])]);
    const now = model.node('Transpose', [model.node('Reshape', [scaled, split])], { perm: [0, 2, 1, 3] });
    let [key, value] = [now, now];
    if (cache === 'stacked') {
      model.input(`past_${layer}`, 'float32', [2, ...cacheDims]);
      const [pastKey, pastValue] = [0, 1].map((half) =>
        model.node('Gather', [`past_${layer}`, model.constant('int64', [], [half])], { axis: 0 }),
      ) as [string, string];
      key = model.node('Concat', [pastKey, now], { axis: 2 });
      value = model.node('Concat', [pastValue, now], { axis: 2 });
      const both = [key, value].map((part) => model.node('Unsqueeze', [part, zero]));
      model.node('Concat', both, { axis: 0 }, [`present_${layer}`]);
      model.output(`present_${layer}`, 'float32', [2, 'batch', heads, 'total', headSize]);
    } else if (cache !== 'none') {
      [key, value] = (['key', 'value'] as const).map((part) => {
        const past = model.input(`past_key_values.${layer}.${part}`, 'float32', cacheDims);
        const whole = model.node('Concat', [past, now], { axis: 2 });
        const present = `present.${layer}.${part}`;
        if (options.window === undefined) model.node('Identity', [whole], {}, [present]);
        else model.node('Slice', [whole, ints(-options.window), ints(2 ** 40), ints(2)], {}, [present]);
        model.output(present, 'float32', ['batch', heads, 'total', headSize]);
        return whole;
      }) as [string, string];
    }
    const transposed = model.node('Transpose', [key], { perm: [0, 1, 3, 2] });
    const scores = model.node('Add', [
      model.node('MatMul', [now, transposed]),
      causalMask(model, key, sequence, options.window),
    ]);
    const mixed = model.node('MatMul', [model.node('Softmax', [scores], { axis: -1 }), value]);
    const joined = model.node('Reshape', [model.node('Transpose', [mixed], { perm: [0, 2, 1, 3] }), join]);
    stream = model.node('Add', [stream, joined]);
  }
  let rows = stream;
  if (options.lastOnly) rows = model.node('Slice', [stream, ints(-1), ints(2 ** 40), one]);
  let logits = model.node('MatMul', [rows, model.weight('head', [width, vocabulary], 0.6)]);
  logits = model.node('Add', [logits, countedBias(model, options)]);
  if (options.unknown) model.input(options.unknown, 'float32', ['batch']);
  model.node('Identity', [logits], {}, ['logits']);
  model.output('logits', 'float32', ['batch', 'kept', vocabulary]);
  return model.finish();
}

/** The place of every token, [1, sequence], from whatever says it. */
function positionsOf(model: ModelWriter, { positions }: ToyOptions, step: number | string): string {
  if (positions === 'cache-position') {
    return model.node('Unsqueeze', [model.input('cache_position', 'int64', [step]), model.constant('int64', [1], [0])]);
  }
  if (positions !== 'three-rows') return model.input('position_ids', 'int64', ['batch', step]);
  const all = model.input('position_ids', 'int64', [3, 'batch', step]);
  // The mean of the three rows, so that each counts.
  const sum = model.node('ReduceSum', [all, model.constant('int64', [1], [0])], { keepdims: 0 });
  return model.node('Div', [sum, model.constant('int64', [], [3])]);
}

/** 0 where a query may look at a key (and at `window` keys before its own), else -1e30: [sequence, total]. */
function causalMask(model: ModelWriter, key: string, sequence: string, window: number = toy.longest): string {
  const [two, three] = [model.constant('int64', [1], [2]), model.constant('int64', [1], [3])];
  const total = model.node('Slice', [model.node('Shape', [key]), two, three]);
  const scalar = (value: string): string => model.node('Squeeze', [value]);
  const zero = model.constant('int64', [], [0]);
  const by = model.constant('int64', [], [1]);
  const keys = model.node('Range', [zero, scalar(total), by]);
  const past = scalar(model.node('Sub', [total, sequence]));
  const queries = model.node('Unsqueeze', [
    model.node('Range', [past, scalar(total), by]),
    model.constant('int64', [1], [1]),
  ]);
  const oldest = model.node('Sub', [queries, model.constant('int64', [], [window])]);
  const hidden = model.node('Or', [model.node('Greater', [keys, queries]), model.node('Less', [keys, oldest])]);
  return model.node('Mul', [model.node('Cast', [hidden], { to: 1 }), model.constant('float32', [], [-1e30])]);
}

/** What is added to the logits: [vocabulary], zero but for the first. */
function countedBias(model: ModelWriter, { counted }: ToyOptions): string {
  const none = new Array<number>(toy.vocabulary).fill(0);
  if (!counted) return model.constant('float32', [toy.vocabulary], none);
  const { name, type, scalar } = counted;
  const value = model.node('Cast', [model.input(name, type, scalar ? [] : [1])], { to: 1 });
  return model.node('Mul', [model.constant('float32', [toy.vocabulary], [1, ...none.slice(1)]), value]);
}
