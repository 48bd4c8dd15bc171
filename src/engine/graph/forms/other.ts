import type { Mixing } from '../../../core/trace/record';
import type { KnownGraph } from '../known';
import type { Dimension, OnnxNode } from '../onnx';
import type { DataFlow } from '../residual';

/** Another way than attention by which tokens come to see others, as a node shows it. */
export interface OtherForm {
  readonly mixing: Exclude<Mixing, 'attention'>;
  matches(node: OnnxNode, around: Surroundings): boolean;
  /** Names of the states that it keeps in the cache; absent where these say nothing of it. */
  readonly states?: RegExp;
}

/** Where a node stands. */
export interface Surroundings {
  readonly graph: KnownGraph;
  readonly flow: DataFlow;
  /** The nodes of attention that was found. */
  readonly ofAttention: ReadonlySet<OnnxNode>;
  /** Tokens of a pass, where the file fixes their number. */
  readonly fixedLength: number | null;
}

/** Whether a dimension is that of the tokens, or of a size known at run time only. */
export function countsTokens(dim: Dimension | undefined, fixedLength: number | null): boolean {
  return dim !== undefined && (typeof dim !== 'number' || dim === fixedLength);
}
