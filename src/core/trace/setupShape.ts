import {
  also,
  array,
  boolean,
  integer,
  nullable,
  number,
  object,
  oneOf,
  optional,
  string,
  wrong,
  type Check,
} from '../check/check';
import { MIXINGS, SERVER_KINDS, type ModelIdentity, type ServerKind } from './record';
import type { Sampling } from '../decode/sampling';

/** What a run is made with, wherever that comes from: a trace, a request, a page, a kept comparison. */

const MOST_LAYERS = 10_000;
const MOST_IDS = 100_000_000;

const text = string({ max: 4_000_000 });
const share = number({ min: 0, max: 1 });

export const serverKind: Check<ServerKind> = oneOf(...SERVER_KINDS);

const server = object({
  kind: serverKind,
  address: text,
  version: nullable(text),
  namesOnly: optional(boolean()),
});

export const lifeGrid = object({
  width: integer({ min: 1, max: 4096 }),
  height: integer({ min: 1, max: 4096 }),
  topology: oneOf('torus', 'plane'),
  rule: text,
  prompt: text,
  answer: text,
});

export const modelIdentity: Check<ModelIdentity> = also(
  object({
    name: text,
    folder: text,
    file: text,
    sha256: text,
    dtype: text,
    architecture: text,
    task: oneOf('text', 'life'),
    layers: integer({ min: 0, max: MOST_LAYERS }),
    heads: integer({ min: 0, max: MOST_LAYERS }),
    mixing: optional(array(oneOf(...MIXINGS), { max: MOST_LAYERS })),
    vocabularySize: integer({ min: 0, max: MOST_IDS }),
    contextLength: nullable(integer({ min: 1 })),
    life: optional(lifeGrid),
    server: optional(server),
  }),
  // A server need not say how large its vocabulary is.
  (read) =>
    read.server || read.vocabularySize > 0 ? null : wrong(integer({ min: 1, max: MOST_IDS }), 'vocabularySize'),
);

const MAX_UINT32 = 0xffffffff;

export const sampling: Check<Sampling> = object({
  temperature: number({ min: 0, max: 1_000 }),
  topK: integer({ min: 0, max: MAX_UINT32 }),
  topP: share,
  minP: share,
  seed: integer({ min: 0, max: MAX_UINT32 }),
});
