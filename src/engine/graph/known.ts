import type { ElementType } from './elementType';
import type { Dimension, OnnxGraph, OnnxNode, OnnxTensor } from './onnx';

/**
 * A dimension: its size, a name for a size that is known at run time only (one name stands for one size throughout a
 * graph), or null where nothing is known.
 */
export type Shape = readonly Dimension[];

/** What is known of the values of a graph without running it. */
export interface KnownShapes {
  /** The shape of `value`; null where not even its rank is known. */
  shape(value: string): Shape | null;
  /** The elements of `value`, a scalar or a list of whole numbers such as shapes are made of; null where it is none. */
  content(value: string): Shape | null;
}

/**
 * A graph with its values indexed: who makes them, who uses them, what is known of them. Its one implementation asks the
 * forms of attention what their operators give, and they ask this: so it stands here, below both.
 */
export interface KnownGraph extends KnownShapes {
  readonly graph: OnnxGraph;
  /** The graph around a branch of an If. */
  readonly outer: KnownGraph | null;
  /** The node of this graph (not of an outer one) that makes `value`. */
  producer(value: string): OnnxNode | undefined;
  /** The nodes of this graph that take `value` as an input, once per use. */
  consumers(value: string): readonly OnnxNode[];
  /** The constant that `value` is: an initialiser or a Constant node, through Identity. */
  constant(value: string): OnnxTensor | undefined;
  /** Whether `value` depends on no input of the model: weights, also when transposed, cast or dequantised in the graph. */
  isConstant(value: string): boolean;
  /** The dimensions of `value` as the file states them, or null. */
  dims(value: string): readonly Dimension[] | null;
  /** The dimensions that this graph, not one around it, states for an input, an output or a value between nodes. */
  ownDims(value: string): readonly Dimension[] | null;
  /** The element type of `value`: stated, or inferred from the operators that make it; `undefined` where neither helps. */
  elementType(value: string): ElementType;
  /** The nodes, each after those whose outputs it takes. Optimisers save files in other orders. */
  inOrder(): readonly OnnxNode[];
}

/** A dimension as a size, or null. */
export function size(dim: Dimension | undefined): number | null {
  return typeof dim === 'number' && dim > 0 ? dim : null;
}

/** The dimensions of a weight that may be transposed, cast or dequantised in the graph. */
export function weightDims(graph: KnownGraph, value: string): readonly number[] | null {
  const shape = graph.shape(value);
  return shape && graph.isConstant(value) && shape.every((dim) => typeof dim === 'number') ? shape : null;
}
