import type { RunQuestion } from './explorer';
import { array, integer, nullable, object, oneOf, optional, type Check } from './validate';

/** A million tokens are more than any context. */
export const MAX_TOKENS = 1_000_000;
export const MAX_LAYERS = 10_000;

/** A token's place in a run. */
export const index = integer({ min: 0, max: MAX_TOKENS });
export const layer = integer({ min: 0, max: MAX_LAYERS });
/** Null: the mean over the heads. */
const head = nullable(integer({ min: 0, max: MAX_LAYERS }));
/** Counts of tokens, and of what else there is at least one of. */
export const size = integer({ min: 1, max: MAX_TOKENS });
/** Keys that are left out. */
export const without = optional(array(index, { max: 64 }));
/** Cells of a board's side. */
const side = integer({ min: 1, max: 1_024 });

/**
 * What each question about a run must look like: to the extension, from a page, and to the engine.
 *
 * @param runId what an id of a run is to who asks
 */
export const runQuestions = (runId: Check<string>) =>
  ({
    positionLogits: object({ runId, index: size }),
    attentionOverview: object({ runId, size: integer({ min: 1, max: 4_096 }), without }),
    attentionHead: object({ runId, layer, head, without }),
    attentionRow: object({ runId, layer, head, query: index, without }),
    attentionPair: object({ runId, query: index, key: index, without }),
    attentionKeys: object({ runId, query: index, from: index, count: size }),
    gridAttention: object({
      runId,
      width: side,
      height: side,
      topology: oneOf('torus', 'plane'),
      firstKey: index,
      firstQuery: index,
      cells: size,
    }),
    logitLens: object({
      runId,
      start: index,
      count: integer({ min: 1, max: 256 }),
      top: integer({ min: 1, max: 20 }),
    }),
  }) as const satisfies { readonly [M in RunQuestion]: Check<unknown> };
