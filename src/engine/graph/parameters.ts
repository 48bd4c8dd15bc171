import { byteLength, type ElementType, isFloat } from './elementType';
import type { OnnxModel, OnnxNode, OnnxTensor } from './onnx';
import { allScopes } from './scope';

/** How large a model is. */
export interface ModelSize {
  /**
   * Weights as the file stores them (a tied table that is stored twice counts twice): elements of float tensors, and of quantised tensors the values that they hold (a byte of
   * int4 holds two). Not counted: scales and zero points of quantised tensors, tables of rotary embeddings, single
   * numbers, and integers that are not quantised weights.
   */
  readonly parameters: number;
  /** Bytes of all constant tensors, external ones included: what the weights take in memory at least. */
  readonly weightBytes: number;
  /** Which type most parameters have: `float32`, `float16`, `int8`, `int4`, ... */
  readonly weightType: string | null;
  /** Files beside the model that hold weights, relative to its folder, with the bytes each must have at least. */
  readonly externalFiles: readonly { readonly location: string; readonly bytes: number }[];
}

/** Inputs of an operator that are no parameters: scales, zero points, tables. */
const auxiliaryInputs: Readonly<Record<string, readonly number[]>> = {
  MatMulNBits: [2, 3, 4],
  GatherBlockQuantized: [2, 3],
  DequantizeLinear: [1, 2],
  QuantizeLinear: [1, 2],
  DynamicQuantizeMatMul: [2, 3],
  MatMulInteger: [2, 3],
  MatMulIntegerToFloat: [2, 3, 4, 5],
  QLinearMatMul: [1, 2, 4, 5, 6, 7],
  QAttention: [3, 4, 6, 7],
  RotaryEmbedding: [1, 2, 3],
  GroupQueryAttention: [5, 6, 7, 8, 9],
};

/** What an operator says about the values that a packed tensor holds. */
interface Packed {
  readonly elements: number;
  readonly bits: number;
}

/** Counts the weights of a model. */
export function modelSize(model: OnnxModel): ModelSize {
  const scopes = allScopes(model.graph);
  const auxiliary = new Set<string>();
  const packed = new Map<string, Packed>();
  for (const scope of scopes) {
    for (const node of scope.graph.nodes) {
      for (const index of auxiliaryInputs[node.op] ?? []) auxiliary.add(scope.source(node.inputs[index] ?? ''));
      const place = node.op === 'MatMulNBits' ? 1 : 0;
      const weight = scope.source(node.inputs[place] ?? '');
      const values = packedValues(node, scope.constant(weight));
      if (values) packed.set(weight, values);
    }
  }
  let parameters = 0;
  let weightBytes = 0;
  const byType = new Map<string, number>();
  const external = new Map<string, number>();
  for (const { graph } of scopes) {
    for (const tensor of graph.initializers.values()) {
      const count = elementCount(tensor);
      weightBytes += byteLength(tensor.elementType, count);
      if (tensor.data.kind === 'external') {
        const end = tensor.data.offset + (tensor.data.length ?? byteLength(tensor.elementType, count));
        external.set(tensor.data.location, Math.max(external.get(tensor.data.location) ?? 0, end));
      }
      if (auxiliary.has(tensor.name)) continue;
      const values = packed.get(tensor.name) ?? plainValues(tensor.elementType, count);
      if (!values) continue;
      parameters += values.elements;
      const type = isFloat(tensor.elementType) ? tensor.elementType : `int${values.bits}`;
      byType.set(type, (byType.get(type) ?? 0) + values.elements);
    }
  }
  const [most] = [...byType].sort((a, b) => b[1] - a[1]);
  return {
    parameters,
    weightBytes,
    weightType: most?.[0] ?? null,
    externalFiles: [...external].map(([location, bytes]) => ({ location, bytes })),
  };
}

function elementCount(tensor: OnnxTensor): number {
  return tensor.dims.reduce((product, dim) => product * dim, 1);
}

/** MatMulNBits holds N x K values in blocks; GatherBlockQuantized packs small values into bytes. */
function packedValues(node: OnnxNode, tensor: OnnxTensor | undefined): Packed | null {
  const int = (name: string): number => node.attributes.get(name)?.int ?? 0;
  const bits = int('bits') || 4;
  if (node.op === 'MatMulNBits') return { elements: int('N') * int('K'), bits };
  if (node.op !== 'GatherBlockQuantized' || tensor?.elementType !== 'uint8') return null;
  return { elements: (elementCount(tensor) * 8) / bits, bits };
}

const integerBits: Partial<Record<ElementType, number>> = { int8: 8, uint8: 8, int4: 4, uint4: 4, int2: 2, uint2: 2 };

function plainValues(type: ElementType, count: number): Packed | null {
  if (count < 2) return null;
  if (isFloat(type)) return { elements: count, bits: 0 };
  const bits = integerBits[type];
  return bits === undefined ? null : { elements: count, bits };
}
