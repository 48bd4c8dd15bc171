import type { EngineApi, EngineMethod } from '../protocol/engine';
import { index, layer, MAX_LAYERS, MAX_TOKENS, runQuestions } from '../protocol/questions';
import { decoderName, modelIdentity, modelRef, optionValues, sampling, serverKind } from '../protocol/runShape';
import { array, boolean, integer, object, oneOf, optional, string, union, type Check } from '../protocol/validate';

/** A hundred million characters are more than any prompt. */
const MAX_TEXT = 100_000_000;
const MAX_UINT32 = 2 ** 32 - 1;

const none = object({});
const path = string({ min: 1, max: 32_768 });
const id = integer({ min: 0, max: MAX_UINT32 });
const ids = array(id, { max: MAX_TOKENS });
const runId = string({ min: 1, max: 200 });
const layers = union(oneOf('all'), array(layer, { max: MAX_LAYERS }));

const run = object({
  model: modelRef,
  prompt: union(object({ text: string({ max: MAX_TEXT }) }), object({ ids })),
  decoder: decoderName,
  decoderOptions: optional(optionValues),
  draft: optional(modelRef),
  sampling,
  maxNewTokens: integer({ min: 0, max: MAX_TOKENS }),
  capture: object({ attention: layers, hidden: layers, logits: boolean() }),
  runId,
});

const onServer = {
  server: object({ address: path, model: optional(string({ min: 1, max: 1_000 })) }),
  access: object({
    key: optional(string({ min: 1, max: 10_000 })),
    transport: optional(
      object({
        proxy: optional(path),
        proxyAuthorization: optional(string({ max: 10_000 })),
        strictSSL: optional(boolean()),
        certificates: optional(array(string({ max: 1_000_000 }), { max: 10_000 })),
        noProxy: optional(array(string({ max: 1_000 }), { max: 10_000 })),
      }),
    ),
  }),
};

const serverPrompt = union(
  object({ text: string({ max: MAX_TEXT }) }),
  object({ ids }),
  object({
    messages: array(object({ role: oneOf('system', 'user', 'assistant'), content: string({ max: MAX_TEXT }) }), {
      max: 10_000,
    }),
  }),
);

/** What each request must look like. */
export const REQUESTS: { readonly [M in EngineMethod]: Check<EngineApi[M]['params']> } = {
  info: none,
  listModels: object({
    roots: array(object({ path, origin: oneOf('bundled', 'workspace', 'added') }), { max: 1_000 }),
  }),
  inspectModel: object({ model: modelRef }),
  tokenize: object({ model: modelRef, text: string({ max: MAX_TEXT }) }),
  encodeText: object({ model: modelRef, text: string({ max: MAX_TEXT }), special: boolean() }),
  describeTokens: object({ model: modelRef, ids }),
  estimate: object({ run }),
  run,
  inspectServer: object(onServer),
  tokenizeOnServer: object({ ...onServer, prompt: serverPrompt }),
  runServer: object({
    ...onServer,
    kind: optional(serverKind),
    prompt: serverPrompt,
    sampling,
    maxNewTokens: integer({ min: 0, max: MAX_TOKENS }),
    alternatives: union(integer({ min: 0, max: MAX_TOKENS }), oneOf('whole')),
    runId,
  }),
  serverMetrics: object(onServer),
  restoreRun: object({
    runId,
    model: modelIdentity,
    ref: optional(modelRef),
    ids,
    promptLength: index,
    recorded: object({ hidden: array(layer, { max: MAX_LAYERS }), logits: boolean() }),
    tensors: optional(path),
  }),
  closeRun: object({ runId }),
  saveTensors: object({ runId, path }),
  nextLogits: object({ model: modelRef, ids, attention: optional(boolean()) }),
  ...runQuestions(runId),
};
