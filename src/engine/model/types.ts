import type { EmbeddingMatrix } from '../../core/decode/decoder';
import type { CausalModel } from '../../core/sequence/causal';
import type { Lens } from '../../core/decode/exit/split';
import type { ModelIdentity } from '../../core/trace/record';
import type { ModelRef, ModelSummary, ProbeReport, TokenInfo } from '../../protocol/models';

/** What one pass gave beside the logits. Arrays belong to the receiver. */
export interface PassCapture {
  /** Tokens in the cache before the pass. */
  readonly pastLength: number;
  /** Tokens fed. */
  readonly fed: number;
  /** layer -> [heads, fed, pastLength + fed], rows sum to 1, causal zeros exact. */
  readonly attention: ReadonlyMap<number, Float32Array>;
  /** block -> [fed, width]: the residual stream that enters the block; `layers` = what leaves the last one. */
  readonly hidden: ReadonlyMap<number, Float32Array>;
}

export interface SequenceOptions {
  /** Layers whose attention every pass should give. */
  readonly attention: readonly number[];
  readonly hidden: readonly number[];
  /** Place in the sequence before which passes begin that give no tensors; 0 where absent. */
  readonly captureFrom?: number;
  /** Called after each pass that succeeded, before `extend` returns. */
  readonly onPass?: (capture: PassCapture) => void;
}

/** One sequence with its own cache over a loaded model. Sequences share the session. */
export interface Sequence extends CausalModel {
  /** Frees the cache. */
  dispose(): void;
}

/** A model that is its own draft: see `openExit`. */
export interface ExitPair {
  /** The whole model. */
  readonly target: Sequence;
  /** It, left after its lower layers through the final norm and the head. */
  readonly draft: CausalModel;
  /** Whether the target goes on from what the lower layers gave the draft, so that they run once a token. */
  readonly shared: boolean;
  /** Frees what both use; the target is disposed of by itself. */
  dispose(): void;
}

/** The parts of a model, cut at a layer. */
export interface OpenExit {
  readonly layer: number;
  /** Why the target runs its lower layers again: a sentence; null where it does not. */
  readonly note: string | null;
  openPair(options: SequenceOptions): ExitPair;
  /** When no pair is in use any more. */
  release(): void;
}

/** Text to ids and back, through the folder's `tokenizer.json`, or ids alone where it has none. */
export interface ModelTokenizer {
  readonly kind: 'tokenizer.json' | 'none';
  /**
   * With special tokens as the tokenizer's post-processor adds them (a BOS for Llama), or without where `special` is false.
   * @throws Problem `tokenizer-invalid`, `prompt-invalid` (lone surrogates, what the tokenizer does not know), `prompt-too-long`,
   *   or where kind is `none`.
   */
  encode(text: string, options?: { readonly special?: boolean }): number[];
  /** Tokens with text and bytes; bytes that are no whole character are shown as `<0xE2>`. Any id in the vocabulary. */
  describe(ids: readonly number[]): TokenInfo[];
  /** A token as the vocabulary spells it; undefined for an id that it does not have. */
  spell(id: number): string | undefined;
  /** Decoded text of the ids, special tokens left out; incomplete characters as U+FFFD. */
  decode(ids: readonly number[]): string;
}

/** A model ready to run: its session is open. */
export interface LoadedModel {
  readonly ref: Required<ModelRef>;
  readonly identity: ModelIdentity;
  readonly summary: ModelSummary;
  readonly tokenizer: ModelTokenizer;
  /** From generation_config.json, else config.json. */
  readonly endIds: readonly number[];
  readonly probes: ProbeReport;
  readonly layers: number;
  readonly heads: number;
  /** Width of the residual stream. */
  readonly width: number;
  openSequence(options: SequenceOptions): Sequence;
  /**
   * Opens the model's layers below `layer` (1 to `layers`), and those from it on, as parts of their own.
   * @throws Problem `not-available` with the reason where the file cannot be cut there, `memory`, `file`.
   */
  openExit(layer: number): Promise<OpenExit>;
  /**
   * Opens what follows the last layer: the logit lens.
   * @throws Problem `not-available` with the reason where the file cannot be cut there, `file`.
   */
  openLens(): Promise<Lens>;
  /**
   * The token embeddings, read from the file; null where it holds none in floating point.
   * @throws Problem `file`.
   */
  embeddings(): EmbeddingMatrix | null;
}

/**
 * Waits for the process's turn before a pass: interactive work first, else first come first served.
 * Sessions run one pass at a time; between passes messages are read, so that Stop is seen.
 */
export type TakeTurn = <T>(work: () => Promise<T>) => Promise<T>;
