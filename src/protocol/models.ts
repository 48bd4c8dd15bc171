import { object, oneOf, optional, type Checked } from '../core/check/check';
import type { LifeGrid, ModelTask } from '../core/trace/record';
import { path } from './bounds';
import type { ServerAbilities } from './servers';

export const modelRef = object({ folder: path, file: optional(path) });
/** A model folder, and which of its ONNX files (relative, forward slashes); without `file` the engine picks one. */
export type ModelRef = Checked<typeof modelRef>;

const ORIGINS = ['bundled', 'workspace', 'added'] as const;
export type ModelOrigin = (typeof ORIGINS)[number];

export const modelRoot = object({ path, origin: oneOf(...ORIGINS) });
export type ModelRoot = Checked<typeof modelRoot>;

/** One ONNX file of a folder that can be run. */
export interface ModelVariant {
  readonly file: string;
  readonly dtype: string;
  /** Bytes on disk, external data included. */
  readonly bytes: number;
}

/** A model folder as lists show it. Made from the files' heads; no session is opened. */
export interface ModelSummary {
  readonly name: string;
  /** For a model of a server: what names it among models. */
  readonly folder: string;
  readonly origin: ModelOrigin | 'server';
  readonly kind: ModelTask;
  readonly role: 'target' | 'draft';
  readonly architecture: string;
  /** The file that is run when none is chosen, and all that could be. */
  readonly file: string;
  readonly variants: readonly ModelVariant[];
  readonly dtype: string;
  readonly bytes: number;
  /** Elements of the weights; null where unreadable. */
  readonly parameters: number | null;
  readonly layers: number | null;
  readonly heads: number | null;
  readonly vocabularySize: number | null;
  readonly contextLength: number | null;
  readonly tokenizer: 'tokenizer.json' | 'none';
  readonly life?: LifeGrid;
  /** Absent for a folder of this machine. */
  readonly server?: ServerSummary;
  readonly probes: ProbeReport;
  /** Why the folder cannot be run: one sentence and what to do; absent where it can. */
  readonly problem?: { readonly code: string; readonly message: string; readonly action?: string };
}

/** The server that runs a model, as it was when it was last asked. */
export interface ServerSummary {
  readonly address: string;
  /** Prompts are sent as messages of the user, in the model's chat template. */
  readonly chat?: boolean;
  /** What it calls itself, with its version; this and what follows are absent where it was never asked. */
  readonly software?: string;
  readonly can?: ServerAbilities;
  readonly notes?: readonly string[];
}

/** What can be looked at in a file, and why not where it cannot. */
export interface ProbeReport {
  readonly attention: ProbeAnswer;
  readonly hidden: ProbeAnswer;
  readonly logits: ProbeAnswer;
}

export interface ProbeAnswer {
  readonly available: boolean;
  /** How it is read (`Softmax output`, `GroupQueryAttention`, ...), or why it cannot be. */
  readonly how: string;
  /** Layers (of hidden states: states) that it is not given for, each with the reason as a sentence; absent where there are none. */
  readonly missing?: readonly { readonly layer: number; readonly reason: string }[];
}

/** Of layers (or hidden states) 0 to `count - 1` those that are given. */
export function givenLayers({ available, missing = [] }: ProbeAnswer, count: number): number[] {
  if (!available) return [];
  const absent = new Set(missing.map(({ layer }) => layer));
  return Array.from({ length: count }, (_, layer) => layer).filter((layer) => !absent.has(layer));
}

/** The whole answer of `vivarium inspect`. */
export interface ModelReport {
  readonly summary: ModelSummary;
  readonly file: string;
  readonly sha256: string;
  readonly producer: string;
  readonly opsets: readonly { readonly domain: string; readonly version: number }[];
  readonly inputs: readonly TensorInfo[];
  readonly outputs: readonly TensorInfo[];
  readonly operators: readonly { readonly name: string; readonly count: number }[];
  readonly cache: string;
  readonly estimate: MemoryEstimate;
  readonly notes: readonly string[];
}

export interface TensorInfo {
  readonly name: string;
  readonly type: string;
  /** Numbers, or names of symbolic dimensions. */
  readonly shape: readonly (number | string)[];
}

/** Bytes. `available` is what the machine has free now; `fits` compares. */
export interface MemoryEstimate {
  readonly model: number;
  readonly cache: number;
  readonly capture: number;
  readonly total: number;
  readonly available: number;
  readonly fits: boolean;
  /** One sentence with the cheaper choice where it does not fit or is large. */
  readonly advice?: string;
}

export interface TokenInfo {
  readonly id: number;
  readonly text: string;
  readonly bytes: readonly number[];
  readonly special: boolean;
}

export interface VocabularyPage {
  readonly tokens: readonly TokenInfo[];
}
