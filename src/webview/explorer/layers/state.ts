import { integer, object, orElse, readOrNull, type Checked } from '../../../core/check/check';

const stateCheck = object({
  /** The chosen state, in layers that went before; null: the last. */
  layer: orElse(integer({ min: 0 }), null),
});
/** What the tab keeps. The chosen token is that of all tabs. */
export type LayersState = Checked<typeof stateCheck>;

/** Reads what was kept, however old it is. */
export function readState(kept: unknown): LayersState {
  return readOrNull(stateCheck, kept) ?? { layer: null };
}
