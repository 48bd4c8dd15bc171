import { array, integer, nullable, object, oneOf, optional, type Check } from '../core/check/check';
import type {
  AttentionHead,
  AttentionKeys,
  AttentionOverview,
  AttentionPair,
  AttentionRow,
  GridAttention,
} from './attention';
import { index, layer, MAX_LAYERS, size } from './bounds';
import type { Progress } from './call';
import type { LogitLens } from './lens';
import { request, type ApiOf } from './request';
import type { PositionLogits } from './runs';

/** Null: the mean over the heads. */
const head = nullable(integer({ min: 0, max: MAX_LAYERS }));
/** Keys that are left out. */
export const without = optional(array(index, { max: 64 }));
/** Cells of a board's side. */
const side = integer({ min: 1, max: 1_024 });

/**
 * What is asked of a run on show: of the extension, by a page, and of the engine.
 *
 * @param runId what an id of a run is to who asks
 */
export const runQuestions = (runId: Check<string>) =>
  ({
    positionLogits: request(
      object({ runId, /** The token that they predicted. */ index: size }),
    ).gives<PositionLogits>(),
    attentionOverview: request(
      object({ runId, /** Pixels of a thumbnail's side. */ size: integer({ min: 1, max: 4_096 }), without }),
    ).gives<AttentionOverview, Progress>(),
    attentionHead: request(object({ runId, layer, head, without })).gives<AttentionHead>(),
    attentionRow: request(object({ runId, layer, head, query: index, without })).gives<AttentionRow>(),
    attentionPair: request(object({ runId, query: index, key: index, without })).gives<AttentionPair>(),
    attentionKeys: request(object({ runId, query: index, from: index, count: size })).gives<AttentionKeys>(),
    /** Which rows and columns of a run's attention are a board of Life: one token a cell, row by row. */
    gridAttention: request(
      object({
        runId,
        width: side,
        height: side,
        topology: oneOf('torus', 'plane'),
        /** Token that is the first cell of the board that was given. */
        firstKey: index,
        /** Query that predicts cell 0 of the answer: the token before it. */
        firstQuery: index,
        /** Cells of the answer, from the first, whose rows are read. */
        cells: size,
      }),
    ).gives<GridAttention, Progress>(),
    /** @throws Problem `not-available` where the model's file cannot be cut before its final norm. */
    logitLens: request(
      object({
        runId,
        /** First token, and how many; the last of them may be beyond the end of the run. */
        start: index,
        count: integer({ min: 1, max: 256 }),
        /** Most probable tokens of each layer to give. */
        top: integer({ min: 1, max: 20 }),
      }),
    ).gives<LogitLens, Progress>(),
  }) as const;

type Questions = ApiOf<ReturnType<typeof runQuestions>>;
export type LogitLensRequest = Questions['logitLens']['params'];
export type GridRequest = Questions['gridAttention']['params'];
export type RunQuestion = keyof ReturnType<typeof runQuestions>;
