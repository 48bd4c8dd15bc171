import {
  anything,
  integer,
  nullable,
  object,
  oneOf,
  optional,
  record,
  string,
  type Checked,
} from '../core/check/check';
import { modelRef } from './models';
import { decoderName, optionValues } from './runShape';
import { sampling } from '../core/trace/setupShape';

export const LONGEST_PROMPT = 2_000_000;

export const runId = string({ min: 1, max: 64 });

export const explorerSettings = object({
  model: nullable(modelRef),
  decoder: decoderName,
  /** What was set of each decoder's options, by the decoder's name; the rest has its defaults. */
  decoderOptions: record(optionValues, { max: 64 }),
  /** For decoders that draft with a model; null: the likeliest (`draftOf`). */
  draft: nullable(modelRef),
  sampling,
  maxNewTokens: integer({ min: 0, max: 100_000 }),
  /** Text, or ids separated by commas or blanks where the model has no tokenizer. */
  prompt: string({ max: LONGEST_PROMPT }),
});
/** What the Explorer's controls hold; kept by the webview (`setState`) and by the host per panel. */
export type ExplorerSettings = Checked<typeof explorerSettings>;

const explorerView = object({
  tab: string({ max: 64 }),
  /** Selected token (index in the sequence) or null. */
  selected: nullable(integer({ min: 0, max: 2 ** 31 })),
  /** The rest belongs to the tabs, one entry each, JSON only. */
  tabs: record(anything(), { max: 32 }),
});
/** Where the view stands: kept through hide, move and reload. */
export type ExplorerView = Checked<typeof explorerView>;

export const explorerState = object({
  version: oneOf(1),
  settings: explorerSettings,
  view: explorerView,
  /** The run on show, or null. */
  runId: nullable(runId),
  /** The comparison of decoders on show; absent or null where there is none. */
  comparisonId: optional(nullable(runId)),
});
/** Persisted with `setState` and given back on revival. */
export type ExplorerState = Checked<typeof explorerState>;
