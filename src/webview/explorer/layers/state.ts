import { isRecord } from '../../is-record';

/** What the tab keeps. The chosen token is that of all tabs. */
export interface LayersState {
  /** The chosen state, in layers that went before; null: the last. */
  readonly layer: number | null;
}

/** Reads what was kept, however old it is. */
export function readState(kept: unknown): LayersState {
  const layer = isRecord(kept) ? kept['layer'] : null;
  return { layer: typeof layer === 'number' && Number.isSafeInteger(layer) && layer >= 0 ? layer : null };
}
