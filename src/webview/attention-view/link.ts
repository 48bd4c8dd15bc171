import type { AttentionApi, AttentionReady } from '../../protocol/attentionView';
import type { CursorLink } from '../cursor/link';
import { isRecord } from '../is-record';
import type { HeadChoice } from './heads';

/** What the page keeps while it is hidden. */
export interface AttentionKept {
  readonly head: HeadChoice;
}

export type AttentionLink = CursorLink<AttentionReady, AttentionApi, AttentionKept>;

/** What was kept, where it is of this version; else the mean of all heads. */
export function readKept(kept: unknown): AttentionKept {
  if (!isRecord(kept) || kept['version'] !== 1 || !isRecord(kept['head'])) return { head: null };
  const { layer, head } = kept['head'];
  return isIndex(layer) && (head === null || isIndex(head)) ? { head: { layer, head } } : { head: null };
}

function isIndex(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
