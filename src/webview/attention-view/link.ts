import { integer, nullable, object, oneOf, readOrNull } from '../../core/check/check';
import type { AttentionApi, AttentionReady } from '../../protocol/attentionView';
import type { CursorLink } from '../cursor/link';
import type { HeadChoice } from './heads';

/** What the page keeps while it is hidden. */
export interface AttentionKept {
  readonly head: HeadChoice;
}

export type AttentionLink = CursorLink<AttentionReady, AttentionApi, AttentionKept>;

const keptCheck = object({
  version: oneOf(1),
  head: object({ layer: integer({ min: 0 }), head: nullable(integer({ min: 0 })) }),
});

/** What was kept, where it is of this version; else the mean of all heads. */
export function readKept(kept: unknown): AttentionKept {
  return { head: readOrNull(keptCheck, kept)?.head ?? null };
}
