import type { EngineApi, EngineMethod } from '../protocol/engine';
import { index, layer, MAX_LAYERS, MAX_TOKENS, runQuestions, size } from '../protocol/questions';
import {
  array,
  boolean,
  integer,
  nullable,
  number,
  object,
  oneOf,
  optional,
  record,
  string,
  union,
  type Check,
} from '../protocol/validate';

/** A hundred million characters are more than any prompt. */
const MAX_TEXT = 100_000_000;
const MAX_UINT32 = 2 ** 32 - 1;

const none = object({});
const path = string({ min: 1, max: 32_768 });
const id = integer({ min: 0, max: MAX_UINT32 });
const ids = array(id, { max: MAX_TOKENS });
const runId = string({ min: 1, max: 200 });
const model = object({ folder: path, file: optional(path) });
const layers = union(oneOf('all'), array(layer, { max: MAX_LAYERS }));

const sampling = object({
  temperature: number({ min: 0, max: 1_000 }),
  topK: integer({ min: 0, max: MAX_UINT32 }),
  topP: number({ min: 0, max: 1 }),
  minP: number({ min: 0, max: 1 }),
  seed: integer({ min: 0, max: MAX_UINT32 }),
});

const run = object({
  model,
  prompt: union(object({ text: string({ max: MAX_TEXT }) }), object({ ids })),
  decoder: string({ min: 1, max: 100 }),
  decoderOptions: optional(record(union(number(), string({ max: 100 }), boolean()), { max: 100 })),
  draft: optional(model),
  sampling,
  maxNewTokens: integer({ min: 0, max: MAX_TOKENS }),
  capture: object({ attention: layers, hidden: layers, logits: boolean() }),
  runId,
});

const text = string({ max: 10_000 });

const identity = object({
  name: text,
  folder: string({ max: 32_768 }),
  file: string({ max: 32_768 }),
  sha256: text,
  dtype: text,
  architecture: text,
  task: oneOf('text', 'life'),
  layers: integer({ min: 0, max: MAX_LAYERS }),
  heads: integer({ min: 0, max: MAX_LAYERS }),
  vocabularySize: size,
  contextLength: nullable(size),
  life: optional(
    object({
      width: size,
      height: size,
      topology: oneOf('torus', 'plane'),
      rule: text,
      prompt: text,
      answer: text,
    }),
  ),
});

/** What each request must look like. */
export const REQUESTS: { readonly [M in EngineMethod]: Check<EngineApi[M]['params']> } = {
  info: none,
  listModels: object({
    roots: array(object({ path, origin: oneOf('bundled', 'workspace', 'added') }), { max: 1_000 }),
  }),
  inspectModel: object({ model }),
  tokenize: object({ model, text: string({ max: MAX_TEXT }) }),
  describeTokens: object({ model, ids }),
  estimate: object({ run }),
  run,
  runServer: object({
    address: path,
    model: optional(string({ min: 1, max: 1_000 })),
    prompt: union(object({ text: string({ max: MAX_TEXT }) }), object({ ids })),
    sampling,
    maxNewTokens: integer({ min: 0, max: MAX_TOKENS }),
    alternatives: integer({ min: 1, max: 1_000 }),
    runId,
  }),
  restoreRun: object({
    runId,
    model: identity,
    ref: optional(model),
    ids,
    promptLength: index,
    recorded: object({ hidden: array(layer, { max: MAX_LAYERS }), logits: boolean() }),
    tensors: optional(path),
  }),
  closeRun: object({ runId }),
  saveTensors: object({ runId, path }),
  nextLogits: object({ model, ids }),
  ...runQuestions(runId),
};
