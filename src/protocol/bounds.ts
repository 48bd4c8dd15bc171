import { array, integer, string } from '../core/check/check';

/** Numbers and texts that many requests have, each with what it can be at most. */

/** A million tokens are more than any context. */
export const MAX_TOKENS = 1_000_000;
export const MAX_LAYERS = 10_000;
/** A hundred million characters are more than any prompt. */
const MAX_TEXT = 100_000_000;
const MAX_UINT32 = 2 ** 32 - 1;

/** A token's place in a run. */
export const index = integer({ min: 0, max: MAX_TOKENS });
export const layer = integer({ min: 0, max: MAX_LAYERS });
/** Counts of tokens, and of what else there is at least one of. */
export const size = integer({ min: 1, max: MAX_TOKENS });
export const tokenId = integer({ min: 0, max: MAX_UINT32 });
export const ids = array(tokenId, { max: MAX_TOKENS });
/** A prompt, or another text as long. */
export const longText = string({ max: MAX_TEXT });
/** A path on any system. */
export const path = string({ min: 1, max: 32_768 });
export const runId = string({ min: 1, max: 200 });
