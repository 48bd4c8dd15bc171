import type { OnnxModel } from '../graph';
import { byteLength, type ElementType } from '../graph';
import { weights } from './externalData';

/** What the weights of a file say of it. */
export interface WeightSummary {
  /** Elements of the weights; values packed in less than a byte are counted as they are, scales and tables left in. */
  readonly parameters: number;
  /** `fp32`, `fp16`, `int8`, `q4`, ... by the type that most bytes of the weights have. */
  readonly dtype: string;
}

const typeNames: Partial<Record<ElementType, string>> = {
  float32: 'fp32',
  float16: 'fp16',
  bfloat16: 'bf16',
  float64: 'fp64',
  int8: 'int8',
  uint8: 'uint8',
  int4: 'q4',
  uint4: 'q4',
};

/** Counts weights and tells their type. Names of tensors that a merged decoder has in both branches count once. */
export function summarizeWeights(model: OnnxModel): WeightSummary {
  const bytes = new Map<string, number>();
  const seen = new Set<string>();
  // MatMulNBits and its kind keep several values in a byte of an uint8 tensor.
  const packed = new Map<string, number>();
  for (const node of model.graph.nodes) {
    const bits = node.attributes.get('bits')?.int;
    if (bits !== undefined && /NBits|BlockQuantized|BnB4/.test(node.op)) {
      packed.set(node.inputs[node.op === 'GatherBlockQuantized' ? 0 : 1] ?? '', bits);
    } else if (node.op === 'MatMulBnb4') packed.set(node.inputs[1] ?? '', 4);
  }
  let parameters = 0;
  for (const tensor of weights(model.graph)) {
    const count = tensor.dims.reduce((product, dim) => product * dim, 1);
    // Shapes, axes and scalars are no weights.
    if (tensor.elementType === 'int64' || tensor.elementType === 'bool' || count <= 1) continue;
    if (tensor.name !== '' && seen.has(tensor.name)) continue;
    seen.add(tensor.name);
    const size = byteLength(tensor.elementType, count);
    const bits = tensor.elementType === 'uint8' ? packed.get(tensor.name) : undefined;
    parameters += bits === undefined ? count : (count * 8) / bits;
    const type = bits === undefined ? (typeNames[tensor.elementType] ?? tensor.elementType) : `q${bits}`;
    bytes.set(type, (bytes.get(type) ?? 0) + size);
  }
  const float = (bytes.get('fp16') ?? 0) > (bytes.get('fp32') ?? 0) ? 'f16' : '';
  const quantised = [...bytes].filter(([type]) => /^q\d/.test(type)).sort((a, b) => b[1] - a[1])[0];
  const largest = [...bytes].sort((a, b) => b[1] - a[1])[0]?.[0];
  return { parameters, dtype: quantised ? `${quantised[0]}${float}` : (largest ?? 'fp32') };
}
