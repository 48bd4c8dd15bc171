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
  record,
  string,
  union,
  wrong,
  type Check,
} from '../check/check';
import {
  TRACE_VERSION,
  type SpeculationSummary,
  type TraceDecoder,
  type TraceHeader,
  type TracePass,
  type TraceSummary,
  type TraceToken,
} from './record';
import { DRAFT_SOURCES, VERDICTS } from '../decode/drafted';
import { NEXT_ORIGINS, TOKEN_ORIGINS } from '../sequence/pass';
import { modelIdentity, sampling } from './setupShape';

/** Longest text and list that a field may hold: far above what a run makes, far below what memory minds. */
const MOST_CHARACTERS = 4_000_000;
const MOST_ITEMS = 100_000;
/** Most ids that a vocabulary may have. */
const MOST_IDS = 100_000_000;
const MOST_LAYERS = 10_000;
const MOST_PLACES = 1_000_000;

const text = string({ max: MOST_CHARACTERS });
const count = integer({ min: 0 });
const share = number({ min: 0, max: 1 });
const positive = number({ min: 0 });
const list = <T>(item: Check<T>): Check<readonly T[]> => array(item, { max: MOST_ITEMS });

const decoder: Check<TraceDecoder> = object({
  name: text,
  exact: boolean(),
  options: optional(record(union(number(), text, boolean()), { max: MOST_ITEMS })),
  draft: optional(modelIdentity),
});

export const traceHeader: Check<TraceHeader> = also(
  object({
    type: oneOf('header'),
    version: oneOf(TRACE_VERSION),
    id: text,
    createdAt: text,
    software: object({ vivarium: text, onnxruntime: text, node: text, platform: text }),
    model: modelIdentity,
    sequence: union(
      object({ form: oneOf('causal') }),
      object({
        form: oneOf('canvas'),
        places: integer({ min: 1, max: MOST_PLACES }),
        maskId: integer({ min: 0, max: MOST_IDS }),
      }),
    ),
    tokenizer: oneOf('tokenizer.json', 'none'),
    promptText: optional(text),
    promptLength: count,
    decoder,
    sampling,
    maxNewTokens: count,
    endIds: list(count),
    capture: object({
      attention: list(integer({ min: 0, max: MOST_LAYERS })),
      hidden: list(integer({ min: 0, max: MOST_LAYERS })),
      logits: boolean(),
    }),
  }),
  ({ model: { layers, server: ran }, promptLength, capture }) => {
    if (promptLength === 0 && !ran) return wrong(integer({ min: 1 }), 'promptLength');
    for (const kind of ['attention', 'hidden'] as const) {
      const place = capture[kind].findIndex((layer) => layer > layers);
      if (place >= 0) return wrong(integer({ min: 0, max: layers }), 'capture', kind, place);
    }
    return null;
  },
);

/** What every line of a trace is, whatever else it is. */
export const anyEvent = object({ type: text });

export interface EventChecks {
  readonly token: Check<TraceToken>;
  readonly pass: Check<TracePass>;
  readonly summary: Check<TraceSummary>;
}

/** @param vocabularySize ids that tokens may have; 0: not known. */
export function eventChecks(vocabularySize: number): EventChecks {
  const ids = vocabularySize || MOST_IDS;
  const id = integer({ min: 0, max: ids - 1 });
  const top = list(object({ id, text, probability: share }));
  const judgement = object({
    probability: share,
    rank: integer({ min: 1, max: ids }),
    surprisal: positive,
    entropy: positive,
    top,
    partial: optional(object({ outside: share, entropyAtMost: nullable(positive), rankKnown: boolean() })),
  });
  const draft = object({
    id,
    text,
    source: oneOf(...DRAFT_SOURCES),
    q: share,
    p: nullable(share),
    ratio: nullable(positive),
    r: nullable(share),
    verdict: oneOf(...VERDICTS),
    tv: nullable(share),
    outputTv: optional(nullable(share)),
    borrowed: optional(share),
    threshold: optional(share),
  });
  const speculation = also(
    object({
      start: count,
      drafted: list(draft),
      accepted: count,
      residual: nullable(object({ mass: positive, top })),
      next: nullable(object({ id, text, origin: oneOf(...NEXT_ORIGINS) })),
    }),
    ({ drafted, accepted }) =>
      accepted > drafted.length ? wrong(integer({ min: 0, max: drafted.length }), 'accepted') : null,
  );
  return {
    token: object({
      type: oneOf('token'),
      index: count,
      id,
      text,
      bytes: list(integer({ min: 0, max: 255 })),
      special: boolean(),
      origin: oneOf(...TOKEN_ORIGINS),
      judgement: nullable(judgement),
    }),
    pass: object({
      type: oneOf('pass'),
      step: count,
      cached: count,
      fed: integer({ min: 1 }),
      writes: count,
      erases: optional(list(count)),
      milliseconds: positive,
      draftMilliseconds: optional(positive),
      speculation: optional(speculation),
    }),
    summary,
  };
}

const speculationSummary: Check<SpeculationSummary> = object({
  passes: count,
  drafted: count,
  accepted: count,
  acceptanceRate: nullable(share),
  meanAcceptanceLength: nullable(number({ min: 1 })),
  acceptedByPosition: list(count),
  alpha: nullable(share),
  outputTv: optional(nullable(object({ mean: share, max: share, tokens: integer({ min: 1 }) }))),
});

const reported = also(object({ start: nullable(count), drafted: count, accepted: count }), ({ drafted, accepted }) =>
  accepted > drafted ? wrong(integer({ min: 0, max: drafted }), 'accepted') : null,
);

const summary: Check<TraceSummary> = object({
  type: oneOf('summary'),
  finish: oneOf('end-of-text', 'length', 'context-full', 'cancelled', 'failed'),
  message: optional(text),
  passes: count,
  promptTokens: count,
  generatedTokens: count,
  seconds: positive,
  prefillSeconds: positive,
  tokensPerSecond: nullable(positive),
  speculation: optional(speculationSummary),
  reported: optional(list(reported)),
  notes: list(text),
});
