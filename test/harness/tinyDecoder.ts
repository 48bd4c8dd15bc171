import { type AttributeValue, encodeNode, encodeTensor, encodeValue } from '../../src/engine/graph/encode';
import { type ElementType, elementTypeCode } from '../../src/engine/graph/elementType';
import { WireWriter } from '../../src/engine/graph/protobuf';

/** Writes an ONNX model node by node. */
export class ModelWriter {
  private readonly graph = new WireWriter();
  private count = 0;

  constructor(
    private readonly opset = 18,
    private readonly contrib = false,
  ) {}

  input(name: string, type: ElementType, dims: readonly (number | string)[]): string {
    this.graph.message(11, valueWithDims(name, type, dims));
    return name;
  }

  output(name: string, type: ElementType, dims?: readonly (number | string)[]): void {
    this.graph.message(12, dims ? valueWithDims(name, type, dims) : encodeValue(name, type));
  }

  constant(
    type: 'float32' | 'int64',
    dims: readonly number[],
    values: readonly number[],
    name = this.unique(),
  ): string {
    this.graph.message(5, encodeTensor(name, type, dims, values));
    return name;
  }

  /** Weights that are the same each time: sines of increasing arguments. */
  weight(name: string, dims: readonly number[], phase: number): string {
    const length = dims.reduce((product, dim) => product * dim, 1);
    const values = Array.from({ length }, (_, i) => Math.sin(phase + i * 1.7));
    return this.constant('float32', dims, values, name);
  }

  node(
    op: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, AttributeValue>> = {},
    outputs: readonly string[] = [this.unique()],
    domain = '',
  ): string {
    this.graph.message(1, encodeNode(op, `node_${this.count++}`, inputs, outputs, attributes, domain));
    return outputs[0] as string;
  }

  /** An If whose branches both pass on `value`, which they take from outside; `condition` is a bool [1]. */
  passThrough(condition: string, value: string): string {
    const output = this.unique();
    const node = encodeNode('If', `node_${this.count++}`, [condition], [output]);
    for (const branch of ['then_branch', 'else_branch']) {
      const inner = `${output}_${branch}`;
      const graph = new WireWriter()
        .message(1, encodeNode('Identity', inner, [value], [inner]))
        .text(2, branch)
        .message(12, encodeValue(inner, 'float32'));
      node.message(5, new WireWriter().text(1, branch).message(6, graph).int(20, 5));
    }
    this.graph.message(1, node);
    return output;
  }

  finish(): Uint8Array {
    const model = new WireWriter().int(1, 8).text(2, 'vivarium tests');
    model.message(8, new WireWriter().text(1, '').int(2, this.opset));
    if (this.contrib) model.message(8, new WireWriter().text(1, 'com.microsoft').int(2, 1));
    return model.message(7, this.graph).finish();
  }

  private unique(): string {
    return `t${this.count++}`;
  }
}

function valueWithDims(name: string, type: ElementType, dims: readonly (number | string)[]): WireWriter {
  const shape = new WireWriter();
  for (const dim of dims) {
    shape.message(1, typeof dim === 'number' ? new WireWriter().int(1, dim) : new WireWriter().text(2, dim));
  }
  const tensorType = new WireWriter().int(1, elementTypeCode(type)).message(2, shape);
  return new WireWriter().text(1, name).message(2, new WireWriter().message(1, tensorType));
}

export const tiny = { layers: 2, heads: 2, headSize: 4, width: 8, vocabulary: 11, longest: 16 } as const;

export interface TinyOptions {
  /** How the file picks the last position before its logits: not at all, or by one of these. */
  readonly pick?: 'slice' | 'gather' | 'gather-one';
  /** A learnt score that takes attention away from all keys, as in gpt-oss: one more column before the softmax. */
  readonly sink?: boolean;
  /** Heads as the leading one of three dimensions, without a shape that says so. */
  readonly foldedHeads?: boolean;
  /** A second connection from the embeddings to the last layer. */
  readonly shortcut?: boolean;
  /** Passes the residual stream through the branches of an If between the layers. */
  readonly branches?: boolean;
  /** The last layer asks how long the sequence is by the shape of a tensor inside the first. */
  readonly innerShape?: boolean;
  /** What the file gives. */
  readonly outputs?: 'logits' | 'hidden';
}

/** A decoder of two layers without a cache: layer norm, attention, residual sum; final norm, logits. */
export function tinyDecoder(options: TinyOptions = {}): Uint8Array {
  const { width, heads, headSize, vocabulary, longest } = tiny;
  const model = new ModelWriter();
  model.input('input_ids', 'int64', ['batch', 'sequence']);
  const embeddings = model.weight('embeddings', [vocabulary, width], 0.3);
  const ones = model.constant('float32', [width], new Array<number>(width).fill(1));
  const zeros = model.constant('float32', [width], new Array<number>(width).fill(0));
  const norm = (x: string): string => model.node('LayerNormalization', [x, ones, zeros], { epsilon: { float: 1e-5 } });
  const shape = model.node('Shape', ['input_ids']);
  const sequence = model.node('Gather', [shape, model.constant('int64', [1], [1])]);
  const hiddenKeys = Array.from({ length: longest ** 2 }, (_, i) => (i % longest > i / longest ? -1e30 : 0));
  const zero = model.constant('int64', [1], [0]);
  const rows = model.node('Slice', [model.constant('float32', [longest, longest], hiddenKeys), zero, sequence, zero]);
  const mask = model.node('Slice', [rows, zero, sequence, model.constant('int64', [1], [1])]);
  const split = model.constant('int64', [4], [0, 0, heads, headSize]);
  const join = model.constant('int64', [3], [0, 0, width]);
  const scale = model.constant('float32', [], [1 / Math.sqrt(headSize)]);
  const first = model.node('Gather', [embeddings, 'input_ids']);
  let stream = first;
  let inner: string | null = null;
  for (let layer = 0; layer < tiny.layers; layer++) {
    const normed = norm(stream);
    const lengths =
      inner && model.node('Slice', [model.node('Shape', [inner]), zero, model.constant('int64', [1], [2])]);
    const parts =
      lengths && model.node('Concat', [lengths, model.constant('int64', [2], [heads, headSize])], { axis: 0 });
    if (options.innerShape) inner = normed;
    const project = (what: string, phase: number): string => {
      const projected = model.node('MatMul', [normed, model.weight(`${what}_${layer}`, [width, width], phase + layer)]);
      return model.node('Transpose', [model.node('Reshape', [projected, parts ?? split])], { perm: [0, 2, 1, 3] });
    };
    const fold = (x: string): string => {
      if (!options.foldedHeads) return x;
      return model.node('Squeeze', [x, zero]);
    };
    const [query, key, value] = [fold(project('query', 0.1)), fold(project('key', 0.2)), fold(project('value', 0.4))];
    const transposed = model.node('Transpose', [key], { perm: options.foldedHeads ? [0, 2, 1] : [0, 1, 3, 2] });
    let scores = model.node('Add', [model.node('Mul', [model.node('MatMul', [query, transposed]), scale]), mask]);
    let probabilities: string;
    if (options.sink) {
      const column = model.node('Expand', [
        model.weight(`sink_${layer}`, [1, heads, 1, 1], 0.9),
        model.node('Concat', [model.constant('int64', [2], [1, heads]), sequence, model.constant('int64', [1], [1])], {
          axis: 0,
        }),
      ]);
      scores = model.node('Concat', [scores, column], { axis: -1 });
      const all = model.node('Softmax', [scores], { axis: -1 });
      const last = model.constant('int64', [1], [-1]);
      probabilities = model.node('Slice', [all, zero, last, last]);
    } else probabilities = model.node('Softmax', [scores], { axis: -1 });
    let mixed = model.node('MatMul', [probabilities, value]);
    if (options.foldedHeads) mixed = model.node('Unsqueeze', [mixed, zero]);
    const joined = model.node('Reshape', [model.node('Transpose', [mixed], { perm: [0, 2, 1, 3] }), join]);
    const attended = model.node('MatMul', [joined, model.weight(`output_${layer}`, [width, width], 0.7 + layer)]);
    stream = model.node('Add', [stream, attended]);
    if (options.branches && layer === 0) stream = model.passThrough(model.input('flag', 'bool', [1]), stream);
    if (options.shortcut && layer === tiny.layers - 1) stream = model.node('Add', [stream, first]);
  }
  if (options.outputs === 'hidden') {
    model.node('Identity', [stream], {}, ['last_hidden_state']);
    model.output('last_hidden_state', 'float32', ['batch', 'sequence', width]);
    return model.finish();
  }
  let final = norm(stream);
  const minusOne = model.constant('int64', [1], [-1]);
  const one = model.constant('int64', [1], [1]);
  const beyond = model.constant('int64', [1], [Number.MAX_SAFE_INTEGER]);
  if (options.pick === 'slice') final = model.node('Slice', [final, minusOne, beyond, one]);
  if (options.pick === 'gather') final = model.node('Gather', [final, minusOne], { axis: 1 });
  if (options.pick === 'gather-one') {
    const picked = model.node('Gather', [final, model.constant('int64', [], [-1])], { axis: 1 });
    final = model.node('Unsqueeze', [picked, one]);
  }
  model.node('MatMul', [final, model.weight('head', [width, vocabulary], 0.6)], {}, ['logits']);
  model.output('logits', 'float32', ['batch', 'kept', vocabulary]);
  return model.finish();
}
