import type { AbortSignalLike } from '../abortSignal';
import type { LifeGrid, ModelTask } from '../trace/record';
import type { Sampling } from './sampling';
import type { DraftSource, Verdict } from './drafted';
import type { NextOrigin, Pass } from '../sequence/pass';
import type { CausalModel } from '../sequence/causal';
import type { DecoderOptions, OptionValues } from './options';

export interface DecodeRequest {
  /** The whole sequence so far, at least one token: what the target held before is forgotten. */
  readonly prompt: readonly number[];
  readonly maxNewTokens: number;
  readonly endIds: readonly number[];
  readonly sampling: Sampling;
  /** Aborted between passes: the generator then returns with finish `cancelled`, and what it yielded stands. */
  readonly signal: AbortSignalLike;
  /** Monotonic clock in milliseconds for the passes' times; the wall clock in whole milliseconds where absent. */
  readonly clock?: () => number;
  /** Values of the decoder's options; those left out have their defaults. */
  readonly options?: OptionValues;
  /** What the decoder's `needs` name. */
  readonly aids?: DecoderAids;
}

/** What a decoder may need beside the target; the keys of {@link DecoderAids}. */
export type DecoderNeed = 'draft' | 'embeddings' | 'exit' | 'life';

export interface DecoderAids {
  /** A model with the target's vocabulary. What it held before is forgotten. */
  readonly draft?: CausalModel;
  /** The target's own token embeddings. */
  readonly embeddings?: EmbeddingMatrix;
  /** The target's own lower layers, as a draft. */
  readonly exit?: EarlyExit;
  /** The grid that the prompt is about. */
  readonly life?: LifeTask;
  /** State that outlives a run, kept by whoever holds the draft model (Hugging Face's `heuristic` schedule). */
  readonly kept?: KeptState;
}

/** Row i is the embedding of token i. */
export interface EmbeddingMatrix {
  readonly rows: number;
  readonly width: number;
  /** [rows, width], row-major. */
  readonly values: Float32Array;
}

/** A model that leaves the target after some of its layers, through the final norm and the head. */
export interface EarlyExit {
  /** Layers that it runs: 1 to `layers`. */
  readonly layer: number;
  /** Those of the target. */
  readonly layers: number;
  /** Shares with the target what these layers gave, where the target can go on from there. */
  readonly draft: CausalModel;
}

/** A prompt that asks for the next generation of a grid. */
export interface LifeTask {
  readonly grid: LifeGrid;
  /** [height, width] the grid in the prompt, row by row; 0 dead, 1 alive. */
  readonly cells: Uint8Array;
  /** Tokens of the answer that the prompt already holds: the first generated token is this one of the answer. */
  readonly answered: number;
  /** The tokens of the whole answer that says these cells. */
  answer(cells: Uint8Array): readonly number[];
}

export interface KeptState {
  /** Draft length with which the next run begins; absent before the first. */
  draftLength?: number;
}

/** What one pass of the target brought. */
export interface DecodeStep extends Pass {
  /** Wall time of drafting for this pass; absent where nothing was drafted. With the prompt: the draft model's reading of it. */
  readonly draftMilliseconds?: number;
  /** What was drafted and how the target judged it; absent where the pass verified no draft. */
  readonly speculation?: SpeculationStep;
}

/** The draft that a pass verified. All distributions are processed: after temperature, top-k, top-p and min-p. */
export interface SpeculationStep {
  /** Place in the sequence of the first drafted token: the tokens known before the pass. */
  readonly start: number;
  /** At least one. */
  readonly drafted: readonly DraftedStep[];
  /** Drafted tokens that now stand in the sequence, always a prefix of `drafted`. */
  readonly accepted: number;
  /** What the replacement was drawn from, unnormalised mass included; null where nothing was rejected. */
  readonly residual: ResidualStep | null;
  /** The token after the accepted ones; null where the sequence ended with an accepted token. */
  readonly next: { readonly id: number; readonly origin: NextOrigin } | null;
}

/** One drafted token. */
export interface DraftedStep {
  readonly id: number;
  readonly source: DraftSource;
  /** Probability with which it was drafted; 1 where the draft is no distribution (a lookup, a rule). */
  readonly q: number;
  /** Target's probability; null where the pass did not ask (after the first rejection). */
  readonly p: number | null;
  /** What r is compared with, uncapped: p/q, for a relaxed rule (p + borrowed)/q; null with p. */
  readonly ratio: number | null;
  /** Uniform in [0, 1), accepted where r < ratio; null where the rule draws nothing (greedy, typical acceptance). */
  readonly r: number | null;
  readonly verdict: Verdict;
  /** Total variation between the processed p and q of this position: 1 − the chance to accept; null with p. */
  readonly tv: number | null;
  /** Total variation between what a lossy rule emits at this position and p, in closed form; absent for exact rules, null where too large. */
  readonly outputTv?: number | null;
  /** Probability of neighbours that a relaxed rule counted in (LANTERN). */
  readonly borrowed?: number;
  /** Probability that p had to exceed (typical acceptance). */
  readonly threshold?: number;
}

export interface ResidualStep {
  /** Mass before normalisation: Σ max(0, p − q) for the exact rule, so 1 − β. */
  readonly mass: number;
  /** [vocabulary] normalised. */
  readonly probabilities: Float64Array;
}

/** A decoder: one file, one entry in the registry. Everything that lists it or asks for its options reads these fields. */
export interface Decoder {
  /** Stable name, as on the command line. */
  readonly name: string;
  /** One sentence for lists. */
  readonly about: string;
  /** Emits the target's (filtered) distribution exactly. */
  readonly exact: boolean;
  /** Its passes verify drafts: a run of it has a summary of what speculation brought. */
  readonly drafts: boolean;
  /** What `request.aids` must hold. */
  readonly needs: readonly DecoderNeed[];
  /** What it does without, and uses where `request.aids` holds it. */
  readonly uses?: readonly DecoderNeed[];
  /** The task that it is for; `any` where it works on every sequence. */
  readonly task: ModelTask | 'any';
  readonly options: DecoderOptions;
  /**
   * Yields one step a pass of the target. Origins of tokens: `prompt`; `sampled` where nothing was drafted; `accepted`,
   * then one `replacement` (after a rejection) or `bonus` (after none) in a pass that verified a draft.
   * Before each yield the target is rolled back to tokens that stand in the sequence.
   * @throws CoreError `request-invalid`, `option-invalid`, `sampling-invalid` before the first pass; `logits-invalid`.
   */
  decode(target: CausalModel, request: DecodeRequest): AsyncGenerator<DecodeStep, DecodeFinish>;
}

export type DecodeFinish = 'end-of-text' | 'length' | 'context-full' | 'cancelled';
