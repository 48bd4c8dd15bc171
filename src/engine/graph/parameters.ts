import { byteLength, type ElementType, isFloat } from './elementType';
import { fusedOperator } from './forms/registry';
import {
  inputsOf,
  type OnnxGraph,
  type OnnxModel,
  type OnnxNode,
  type OnnxTensor,
  type OnnxValue,
  smallTensor,
} from './onnx';
import { allScopes } from './scope';

/** A file that a model takes weights from: its place relative to the model's folder, and the bytes it must have at least. */
export interface ExternalFile {
  readonly location: string;
  readonly bytes: number;
}

/** How large a model is. */
export interface ModelSize {
  /**
   * Weights as the file stores them (a tied table that is stored twice counts twice, one of both branches of an If once):
   * elements of float tensors, and of quantised tensors the values that they hold (a byte of int4 holds two). Not counted:
   * scales and zero points of quantised tensors, tables of rotary embeddings, single numbers, and integers that are not
   * quantised weights.
   */
  readonly parameters: number;
  /** Bytes of all constant tensors, external ones included: what the weights take in memory at least. */
  readonly weightBytes: number;
  /** Which type most parameters have: `float32`, `float16`, `int8`, `int4`, ... */
  readonly weightType: string | null;
  /** Which type most floats have, those beside quantised weights (scales, norms) included. */
  readonly floatType: ElementType | null;
  /** Files beside the model that hold weights, relative to its folder, with the bytes each must have at least. */
  readonly externalFiles: readonly ExternalFile[];
}

/** Inputs of an operator that are no parameters: scales, zero points, tables. Those of attention are told by its forms. */
const auxiliaryInputs: ReadonlyMap<string, readonly number[]> = new Map([
  ['MatMulNBits', [2, 3, 4]],
  ['MatMulBnb4', [2]],
  ['GatherBlockQuantized', [2, 3]],
  ['DequantizeLinear', [1, 2]],
  ['QuantizeLinear', [1, 2]],
  ['DynamicQuantizeMatMul', [2, 3]],
  ['MatMulInteger', [2, 3]],
  ['MatMulIntegerToFloat', [2, 3, 4, 5]],
  ['QLinearMatMul', [1, 2, 4, 5, 6, 7]],
  ['RotaryEmbedding', [1, 2, 3]],
]);

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
      const places = auxiliaryInputs.get(node.op) ?? fusedOperator(node.op)?.auxiliary ?? [];
      for (const index of places) auxiliary.add(scope.source(node.inputs[index] ?? ''));
      const place = isPackedProduct(node) ? 1 : 0;
      const weight = scope.source(node.inputs[place] ?? '');
      const values = packedValues(node, scope.constant(weight));
      if (values) packed.set(weight, values);
    }
  }
  let parameters = 0;
  let weightBytes = 0;
  const byType = new Map<string, number>();
  const floats = new Map<ElementType, number>();
  const counted = new Set<string>();
  const used = new Set(scopes.flatMap(({ graph }) => [...graph.nodes.flatMap(inputsOf), ...graph.outputs.map(nameOf)]));
  for (const tensor of scopes.flatMap(({ graph }) => [...graph.initializers.values()])) {
    // What nothing takes is no part of the model, whatever size it claims; onnxruntime drops it.
    if (!used.has(tensor.name)) continue;
    const count = elementCount(tensor);
    const { name, elementType } = tensor;
    weightBytes += byteLength(elementType, count);
    if (counted.has(name)) continue;
    counted.add(name);
    if (isFloat(elementType)) add(floats, elementType, count);
    if (auxiliary.has(name)) continue;
    const values = packed.get(name) ?? plainValues(elementType, count);
    if (!values) continue;
    parameters += values.elements;
    add(byType, isFloat(elementType) ? elementType : `int${values.bits}`, values.elements);
  }
  return {
    parameters,
    weightBytes,
    weightType: most(byType),
    floatType: most(floats),
    externalFiles: externalFiles(model),
  };
}

function nameOf({ name }: OnnxValue): string {
  return name;
}

function add<Key>(counts: Map<Key, number>, key: Key, count: number): void {
  counts.set(key, (counts.get(key) ?? 0) + count);
}

function most<Key>(counts: ReadonlyMap<Key, number>): Key | null {
  const [first] = [...counts].sort((a, b) => b[1] - a[1]);
  return first?.[0] ?? null;
}

function externalFiles(model: OnnxModel): ExternalFile[] {
  const ends = new Map<string, number>();
  for (const { elementType, data, ...tensor } of tensors(model.graph)) {
    if (data.kind !== 'external') continue;
    const length = data.length ?? byteLength(elementType, elementCount(tensor));
    ends.set(data.location, Math.max(ends.get(data.location) ?? 0, data.offset + length));
  }
  return [...ends].map(([location, bytes]) => ({ location, bytes }));
}

/**
 * The file that holds numbers which the graph builds shapes of; null where it holds them itself. onnxruntime reads values
 * of operators from other files, but cannot when it works out shapes, and neither can what looks for attention here.
 */
export function shapesElsewhere({ graph }: OnnxModel): string | null {
  for (const { nodes } of allScopes(graph).map((scope) => scope.graph)) {
    for (const { attributes } of nodes) {
      for (const { tensor } of attributes.values()) {
        if (tensor?.data.kind !== 'external' || elementCount(tensor) > smallTensor) continue;
        if (tensor.elementType === 'int64' || tensor.elementType === 'int32') return tensor.data.location;
      }
    }
  }
  return null;
}

/** Every constant tensor of a graph and of the graphs inside its nodes: initialisers, and values of operators. */
export function* tensors(graph: OnnxGraph): Generator<OnnxTensor> {
  yield* graph.initializers.values();
  for (const node of graph.nodes) {
    for (const attribute of node.attributes.values()) {
      if (attribute.tensor) yield attribute.tensor;
      if (attribute.graph) yield* tensors(attribute.graph);
    }
  }
}

function elementCount(tensor: Pick<OnnxTensor, 'dims'>): number {
  return tensor.dims.reduce((product, dim) => product * dim, 1);
}

function isPackedProduct({ op }: OnnxNode): boolean {
  return op === 'MatMulNBits' || op === 'MatMulBnb4';
}

/** MatMulNBits and MatMulBnb4 hold N x K values in blocks; GatherBlockQuantized packs small values into bytes. */
function packedValues(node: OnnxNode, tensor: OnnxTensor | undefined): Packed | null {
  const int = (name: string): number => node.attributes.get(name)?.int ?? 0;
  const bits = int('bits') || 4;
  if (isPackedProduct(node)) return { elements: int('N') * int('K'), bits };
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
