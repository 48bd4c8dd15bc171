import { MOST_ROUNDS, MOST_ROWS } from '../../core/compare/comparison';
import type { Handlers } from '../../protocol/call';
import type { ExplorerApi } from '../../protocol/explorer';
import { runQuestions, without } from '../../protocol/questions';
import { lifeSweep, sweepRequest } from '../../protocol/sweep';
import { decoderName, modelRef, optionValues, sampling } from '../../protocol/runShape';
import { rollRequest, saveRolloutRequest } from '../life/rolloutValidation';
import {
  anything,
  array,
  check,
  integer,
  nullable,
  object,
  oneOf,
  optional,
  record,
  string,
  type Check,
} from '../../protocol/validate';

const LONGEST_PROMPT = 2_000_000;
const runId = string({ min: 1, max: 64 });
const index = integer({ min: 0, max: 2 ** 31 });

const settings = object({
  model: nullable(modelRef),
  decoder: decoderName,
  decoderOptions: record(optionValues, { max: 64 }),
  draft: nullable(modelRef),
  sampling,
  maxNewTokens: integer({ min: 0, max: 100_000 }),
  prompt: string({ max: LONGEST_PROMPT }),
});

const view = object({
  tab: string({ max: 64 }),
  selected: nullable(index),
  tabs: record(anything(), { max: 32 }),
});

const state = object({
  version: oneOf(1),
  settings,
  view,
  runId: nullable(runId),
  comparisonId: optional(nullable(runId)),
});

const compared = object({ decoder: decoderName, options: optionValues });

const nothing = object({});

/** What each request of a webview must look like; a page is never trusted, however it came to be. */
const checks: { readonly [M in keyof ExplorerApi]: Check<unknown> } = {
  snapshot: object({ state: nullable(state) }),
  controls: object({ settings }),
  run: object({ settings }),
  stop: nothing,
  runAgain: object({ runId }),
  tokenize: object({ model: modelRef, text: string({ max: LONGEST_PROMPT }) }),
  estimate: object({ settings }),
  refreshModels: nothing,
  save: object({ runId }),
  copy: object({ text: string({ max: 50_000_000 }) }),
  compare: object({
    settings,
    decoders: array(compared, { max: MOST_ROWS }),
    rounds: integer({ min: 1, max: MOST_ROUNDS }),
  }),
  stopComparison: nothing,
  saveComparison: object({ comparisonId: runId, form: oneOf('csv', 'json') }),
  openComparedRun: object({ runId }),
  rollLife: object({ runId, ...rollRequest }),
  saveRollout: object({ runId, ...saveRolloutRequest }),
  sweepLife: sweepRequest,
  stopSweep: nothing,
  saveSweep: object({ sweep: lifeSweep }),
  showLog: nothing,
  openWalkthrough: nothing,
  describeTokens: object({ runId, ids: array(index, { max: 10_000 }) }),
  ...runQuestions(runId),
  // Pictures larger than this are not shown.
  attentionOverview: object({ runId, size: integer({ min: 1, max: 512 }), without }),
};

/** The same handlers, each behind the check of its parameters. */
export function explorerRequests(handlers: Handlers<ExplorerApi>): Handlers<ExplorerApi> {
  const checked = Object.entries(handlers).map(([method, handler]) => {
    const rule = checks[method as keyof ExplorerApi];
    const answer = handler as (params: unknown, context: unknown) => unknown;
    // A state that an older version kept is no reason to show nothing: it is dropped.
    const read =
      method === 'snapshot'
        ? (params: unknown): unknown => acceptOrNull(rule, params)
        : (params: unknown): unknown => check(rule, params);
    return [method, (params: unknown, context: unknown) => answer(read(params), context)];
  });
  return Object.fromEntries(checked) as Handlers<ExplorerApi>;
}

function acceptOrNull(rule: Check<unknown>, params: unknown): unknown {
  try {
    return check(rule, params);
  } catch {
    return { state: null };
  }
}
