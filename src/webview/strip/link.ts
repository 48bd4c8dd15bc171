import type { CursorSnapshot } from '../../protocol/cursorView';
import type { StripApi, StripNotifications, StripReady } from '../../protocol/stripView';
import type { CursorLink } from '../cursor/link';
import { isRecord } from '../is-record';

/** What the page keeps while it is hidden. */
export interface StripKept {
  /** The numbers as a table, in place of the chart. */
  readonly table: boolean;
}

export type StripLink = CursorLink<StripReady, StripApi, StripKept>;

export function readKept(kept: unknown): StripKept {
  return { table: isRecord(kept) && kept['version'] === 1 && kept['table'] === true };
}

/** What is known, with the cursor where it is now. */
export function withCursor(name: string, data: unknown, known: CursorSnapshot<StripReady>): CursorSnapshot<StripReady> {
  const { shown } = known;
  if (name !== 'cursor' || shown.state !== 'ready') return known;
  const { place, cursor } = data as StripNotifications['cursor'];
  return place === shown.strip.place ? { ...known, shown: { ...shown, strip: { ...shown.strip, cursor } } } : known;
}
