import { ModelWriter } from './tinyDecoder';

export interface BlockModelOptions {
  /** What each layer mixes tokens with. */
  readonly kinds: readonly ('attention' | 'convolution' | 'scan' | 'linear-attention')[];
  readonly width?: number;
  readonly heads?: number;
  /** Need not be width / heads. */
  readonly headSize?: number;
  /** Fewer than heads: keys and values are repeated. */
  readonly kvHeads?: number;
  /**
   * `causal` hides later tokens; `none` nothing; `padding` what the attention mask says is padding; `window` all but the
   * nearest tokens on both sides, so that positions go into the mask.
   */
  readonly mask?: 'causal' | 'none' | 'padding' | 'window';
  /** Layers with a second part that adds to the stream, of each token alone. */
  readonly mlp?: boolean;
  /** `model.layers.N.` in the names of weights, or nothing that tells layers apart. */
  readonly names?: 'numbered' | 'none';
  /** Names all layers' weights as those of layer 0, as where layers share them. */
  readonly shared?: boolean;
}

export const blockVocabulary = 13;

/**
 * A model of layers of chosen kinds, whose truth is among its outputs: `truth_stream_N`, what enters layer N (the last: what
 * leaves the last layer), and `truth_weights_N`, the attention of layer N where it has one.
 */
export function blockModel(options: BlockModelOptions): Uint8Array {
  const { kinds, width = 12, heads = 3, headSize = 8, kvHeads = heads, mask = 'causal', mlp = true } = options;
  const { names = 'none', shared = false } = options;
  const model = new ModelWriter(18);
  let count = 0;
  model.input('input_ids', 'int64', [1, 'sequence']);
  const ints = (...values: number[]): string => model.constant('int64', [values.length], values);
  const scalar = (value: number): string => model.constant('float32', [], [value]);
  const length = model.node('Gather', [model.node('Shape', ['input_ids']), model.constant('int64', [], [1])]);
  const lengths = model.node('Unsqueeze', [length, ints(0)]);
  const place = model.node('Range', [model.constant('int64', [], [0]), length, model.constant('int64', [], [1])]);
  const hiding = maskOf();
  let stream = model.node('Gather', [model.weight('embed', [blockVocabulary, width], 0.3), 'input_ids']);

  kinds.forEach((kind, layer) => {
    const weight = (what: string, dims: readonly number[], phase: number): string => {
      const name = names === 'numbered' ? `model.layers.${shared ? 0 : layer}.${what}.${count++}` : `w${count++}`;
      return model.weight(name, dims, phase + layer);
    };
    const linear = (x: string, what: string, from: number, to: number, phase: number): string =>
      model.node('Mul', [model.node('MatMul', [x, weight(what, [from, to], phase)]), scalar(1 / from)]);
    const truth = (name: string, value: string): string => {
      model.node('Identity', [value], {}, [name]);
      model.output(name, 'float32');
      return value;
    };
    truth(`truth_stream_${layer}`, stream);
    const normed = norm(stream);
    const mixed =
      kind === 'attention'
        ? attention(normed, linear, (weights) => truth(`truth_weights_${layer}`, weights))
        : kind === 'convolution'
          ? convolution(normed, linear, weight)
          : kind === 'scan'
            ? model.node('CumSum', [linear(normed, 'in', width, width, 0.4), model.constant('int64', [], [1])])
            : linearAttention(normed, linear);
    stream = model.node('Add', [stream, mixed]);
    if (!mlp) return;
    const inner = model.node('Relu', [linear(norm(stream), 'up', width, 2 * width, 0.8)]);
    stream = model.node('Add', [stream, linear(inner, 'down', 2 * width, width, 0.9)]);
  });
  model.node('Identity', [stream], {}, [`truth_stream_${kinds.length}`]);
  model.output(`truth_stream_${kinds.length}`, 'float32');
  model.node('MatMul', [norm(stream), model.weight('head', [width, blockVocabulary], 0.6)], {}, ['logits']);
  model.output('logits', 'float32', [1, 'sequence', blockVocabulary]);
  return model.finish();

  function norm(x: string): string {
    const ones = model.constant('float32', [width], new Array<number>(width).fill(1));
    const zeros = model.constant('float32', [width], new Array<number>(width).fill(0));
    return model.node('LayerNormalization', [x, ones, zeros], { epsilon: { float: 1e-5 } });
  }

  /** [sequence, sequence] or broadcasting with it: what is added to scores. */
  function maskOf(): string | null {
    if (mask === 'none') return null;
    if (mask === 'padding') {
      model.input('attention_mask', 'int64', [1, 'sequence']);
      const padded = model.node('Sub', [scalar(1), model.node('Cast', ['attention_mask'], { to: 1 })]);
      return model.node('Unsqueeze', [model.node('Mul', [padded, scalar(-1e9)]), ints(1, 2)]);
    }
    const column = model.node('Unsqueeze', [place, ints(1)]);
    const after = model.node('Sub', [model.node('Unsqueeze', [place, ints(0)]), column]);
    const hidden =
      mask === 'causal'
        ? model.node('Greater', [after, model.constant('int64', [], [0])])
        : model.node('Greater', [model.node('Abs', [after]), model.constant('int64', [], [2])]);
    return model.node('Where', [hidden, scalar(-1e9), scalar(0)]);
  }

  type Linear = (x: string, what: string, from: number, to: number, phase: number) => string;

  function attention(x: string, linear: Linear, truth: (weights: string) => string): string {
    const split = (what: string, parts: number, phase: number): string => {
      const shape = model.node('Concat', [ints(1), lengths, ints(parts, headSize)], { axis: 0 });
      const projected = linear(x, what, width, parts * headSize, phase);
      return model.node('Transpose', [model.node('Reshape', [projected, shape])], { perm: [0, 2, 1, 3] });
    };
    const repeat = (value: string): string => {
      if (kvHeads === heads) return value;
      const whole = model.node('Concat', [ints(1, kvHeads, heads / kvHeads), lengths, ints(headSize)], { axis: 0 });
      const joined = model.node('Concat', [ints(1, heads), lengths, ints(headSize)], { axis: 0 });
      const expanded = model.node('Expand', [model.node('Unsqueeze', [value, ints(2)]), whole]);
      return model.node('Reshape', [expanded, joined]);
    };
    const [query, key, value] = [split('q', heads, 0.1), repeat(split('k', kvHeads, 0.2)), split('v', kvHeads, 0.5)];
    const product = model.node('MatMul', [query, model.node('Transpose', [key], { perm: [0, 1, 3, 2] })]);
    const scores = hiding ? model.node('Add', [product, hiding]) : product;
    const weights = truth(model.node('Softmax', [scores], { axis: -1 }));
    const mixed = model.node('Transpose', [model.node('MatMul', [weights, repeat(value)])], { perm: [0, 2, 1, 3] });
    const join = model.node('Concat', [ints(1), lengths, ints(heads * headSize)], { axis: 0 });
    return linear(model.node('Reshape', [mixed, join]), 'o', heads * headSize, width, 0.7);
  }

  function convolution(
    x: string,
    linear: Linear,
    weight: (what: string, dims: number[], phase: number) => string,
  ): string {
    const turned = model.node('Transpose', [linear(x, 'in', width, width, 0.4)], { perm: [0, 2, 1] });
    const kernel = weight('conv', [width, 1, 3], 0.3);
    const filtered = model.node('Conv', [turned, kernel], { group: width, kernel_shape: [3], pads: [2, 0] });
    return linear(model.node('Transpose', [filtered], { perm: [0, 2, 1] }), 'out', width, width, 0.6);
  }

  /** ((q kᵀ) ∘ earlier) v, without a softmax. */
  function linearAttention(x: string, linear: Linear): string {
    const [q, k, v] = [
      linear(x, 'q', width, width, 0.1),
      linear(x, 'k', width, width, 0.2),
      linear(x, 'v', width, width, 0.5),
    ];
    const scores = model.node('MatMul', [q, model.node('Transpose', [k], { perm: [0, 2, 1] })]);
    const earlier = model.node(
      'Cast',
      [
        model.node('LessOrEqual', [
          model.node('Unsqueeze', [place, ints(0)]),
          model.node('Unsqueeze', [place, ints(1)]),
        ]),
      ],
      { to: 1 },
    );
    return model.node('MatMul', [model.node('Mul', [scores, earlier]), v]);
  }
}
