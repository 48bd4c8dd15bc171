import type { Mixing, ServerKind } from '../core/trace/record';
import { MAX_LAYERS, path, size } from './bounds';
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
} from '../core/check/check';

/** Shapes of what runs are made with, wherever it comes from: a page, a request to the engine, a file. */

const MAX_UINT32 = 2 ** 32 - 1;
const text = string({ max: 10_000 });
const layers = integer({ min: 0, max: MAX_LAYERS });

export const decoderName = string({ min: 1, max: 100 });

export const optionValues = record(union(number(), boolean(), string({ max: 100 })), { max: 100 });

export const sampling = object({
  temperature: number({ min: 0, max: 1_000 }),
  topK: integer({ min: 0, max: MAX_UINT32 }),
  topP: number({ min: 0, max: 1 }),
  minP: number({ min: 0, max: 1 }),
  seed: integer({ min: 0, max: MAX_UINT32 }),
});

export const serverKind: Check<ServerKind> = oneOf('vllm', 'llama.cpp', 'openai');

const mixing: Check<Mixing> = oneOf('attention', 'convolution', 'recurrence', 'unknown');

export const lifeGrid = object({
  ...{ width: size, height: size, topology: oneOf('torus', 'plane') },
  ...{ rule: text, prompt: text, answer: text },
});

export const modelIdentity = object({
  name: text,
  folder: string({ max: 32_768 }),
  file: string({ max: 32_768 }),
  sha256: text,
  dtype: text,
  architecture: text,
  task: oneOf('text', 'life'),
  layers,
  heads: layers,
  mixing: optional(array(mixing, { max: MAX_LAYERS })),
  // Of what a server does not say, a trace has 0.
  vocabularySize: integer({ min: 0, max: 100_000_000 }),
  contextLength: nullable(size),
  life: optional(lifeGrid),
  server: optional(
    object({
      kind: serverKind,
      address: path,
      version: nullable(text),
      namesOnly: optional(boolean()),
    }),
  ),
});
