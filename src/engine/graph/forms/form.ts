import type { GraphEditor, ProbeValue } from '../graphEditor';
import type { KnownGraph } from '../known';
import type { OnnxNode } from '../onnx';

/** A form in which files hold attention: how it is found and read, and what is known of its operators. */
export interface AttentionForm {
  /** Its name, for tests and logs. */
  readonly kind: string;
  /** How its attention is read, as the report on a model says it. */
  readonly how: string;
  /** The operators that compute it in one, by their names; absent where several operators do together. */
  readonly operators?: ReadonlyMap<string, FusedOperator>;
  /** Whether `node` computes attention in this form: its operator, or the Softmax of one that is spelt out. */
  matches(graph: KnownGraph, node: OnnxNode): boolean;
  /** Sizes as the node, or the shapes around it, state them. */
  heads(graph: KnownGraph, node: OnnxNode): HeadCounts;
  /** What hides tokens from each other in the attention of a node. */
  masks(graph: KnownGraph, node: OnnxNode): Masks;
  /** Makes the attention of a node a tensor [1, heads, query, key] of the graph, adding what is needed. */
  value(editor: GraphEditor, node: OnnxNode): ProbeValue;
  /** Of a form without operators of its own: the attention that takes `value`, of the cache, by `node`; null where none does. */
  cacheUse?(graph: KnownGraph, node: OnnxNode, value: string): CacheUse | null;
}

/** A node that computes attention, and its form. */
export interface AttentionSite {
  readonly form: AttentionForm;
  readonly node: OnnxNode;
}

/** Sizes of one attention. Null where the graph does not say: never computed from others that need not agree with them. */
export interface HeadCounts {
  /** Query heads: rows of the probabilities. */
  readonly heads: number | null;
  readonly kvHeads: number | null;
  /** Of queries and keys, padding included. */
  readonly headSize: number | null;
  /** Of values, where it is another. */
  readonly valueSize: number | null;
}

/**
 * `causal` where later tokens are hidden whatever is fed, else the values that may hide some, made beside `scores` where these
 * go into them; `unknown` where the operator does not say what it takes.
 */
export type Masks = 'causal' | 'unknown' | { readonly values: readonly string[]; readonly scores: OnnxNode | null };

/** A tensor of the cache in an attention. */
export interface CacheUse {
  readonly part: 'key' | 'value';
  /** The node that computes the attention. */
  readonly site: OnnxNode;
}

/** What is known of an operator that computes attention in one. Numbers are places among its inputs. */
export interface FusedOperator {
  /** Which take keys and values of the cache as they were. It gives them longer as outputs 1 and 2. */
  readonly cache?: readonly [key: number, value: number];
  /** Which may hide tokens from each other; absent where that is not known. */
  readonly masks?: readonly number[];
  /** The table of a rotation inside the operator: one row for each position. */
  readonly positions?: number;
  /** Which are no parameters: scales, zero points, tables. */
  readonly auxiliary?: readonly number[];
  /** The one whose element type its outputs have; absent: the first. */
  readonly typeOf?: number;
}
