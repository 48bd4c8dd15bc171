import { boolean, object, oneOf, readOrNull, type Checked } from '../../core/check/check';
import type { CursorSnapshot } from '../../protocol/cursorView';
import type { StripApi, StripNotifications, StripReady } from '../../protocol/stripView';
import type { CursorLink } from '../cursor/link';

const keptCheck = object({
  version: oneOf(1),
  /** The numbers as a table, in place of the chart. */
  table: boolean(),
});
/** What the page keeps while it is hidden. */
export type StripKept = Omit<Checked<typeof keptCheck>, 'version'>;

export type StripLink = CursorLink<StripReady, StripApi, StripKept>;

export function readKept(kept: unknown): StripKept {
  return { table: readOrNull(keptCheck, kept)?.table ?? false };
}

/** What is known, with the cursor where it is now. */
export function withCursor(name: string, data: unknown, known: CursorSnapshot<StripReady>): CursorSnapshot<StripReady> {
  const { shown } = known;
  if (name !== 'cursor' || shown.state !== 'ready') return known;
  const { place, cursor } = data as StripNotifications['cursor'];
  return place === shown.strip.place ? { ...known, shown: { ...shown, strip: { ...shown.strip, cursor } } } : known;
}
