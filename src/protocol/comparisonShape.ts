import type { Comparison } from '../core/compare/comparison';
import { decoderName, optionValues } from './runShape';
import { modelIdentity, sampling } from '../core/trace/setupShape';
import {
  array,
  boolean,
  integer,
  nullable,
  number,
  object,
  oneOf,
  optional,
  string,
  type Check,
} from '../core/check/check';
import { check } from './checked';

const text = string({ max: 16_000_000 });
const count = integer({ min: 0 });
const seconds = number({ min: 0 });
const said = nullable(object({ id: count, text }));

const speculation = object({
  passes: count,
  drafted: count,
  accepted: count,
  acceptanceRate: nullable(number()),
  meanAcceptanceLength: nullable(number()),
  acceptedByPosition: array(count, { max: 100_000 }),
  alpha: nullable(number()),
  outputTv: optional(nullable(object({ mean: number(), max: number(), tokens: count }))),
});

const result = object({
  runId: text,
  passes: count,
  generatedTokens: count,
  tokensPerPass: nullable(number()),
  seconds,
  prefillSeconds: seconds,
  draftSeconds: seconds,
  verifySeconds: seconds,
  tokensPerSecond: nullable(number()),
  finish: oneOf('end-of-text', 'length', 'context-full', 'cancelled', 'failed'),
  speculation: nullable(speculation),
  ids: array(count, { max: 2_000_000 }),
  generatedText: nullable(text),
  passEnds: array(seconds, { max: 100_000 }),
  allOptions: optionValues,
  draft: nullable(modelIdentity),
  rounds: count,
  secondsRange: object({ min: seconds, max: seconds }),
  steady: boolean(),
  speedUp: nullable(number()),
  difference: nullable(object({ index: count, expected: said, found: said })),
});

const shape: Check<Comparison> = object({
  version: oneOf(1),
  id: text,
  createdAt: text,
  rounds: count,
  state: oneOf('running', 'done', 'stopped'),
  rows: array(
    object({
      decoder: decoderName,
      exact: boolean(),
      options: optionValues,
      state: oneOf('waiting', 'running', 'done', 'failed', 'stopped'),
      result: nullable(result),
      problem: nullable(object({ message: text, action: optional(text) })),
    }),
    { max: 100 },
  ),
  first: nullable(count),
  setup: nullable(
    object({
      model: modelIdentity,
      promptText: optional(text),
      promptLength: count,
      sampling,
      maxNewTokens: count,
      software: object({ vivarium: text, onnxruntime: text, node: text, platform: text }),
    }),
  ),
});

/** A comparison that was read from a file. @throws Problem `bad-request` where it is none. */
export function checkComparison(value: unknown): Comparison {
  return check(shape, value, 'The comparison');
}
