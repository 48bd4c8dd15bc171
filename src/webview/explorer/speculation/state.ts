import type { PlainTime } from '../../../core/lens/plain-time';
import { isRecord } from '../../is-record';

/** What the tab keeps. The chosen pass is that of the token that all tabs have selected. */
export interface SpeculationState {
  /** Whether the passes are shown as a table in place of the staircase. */
  readonly table: boolean;
  /** t(1) of a model, as the last run without drafts that was on show had it. */
  readonly plain: (PlainTime & { readonly sha256: string }) | null;
}

/** Reads what was kept, however old it is. */
export function readState(kept: unknown): SpeculationState {
  const state = isRecord(kept) ? kept : {};
  return { table: state['table'] === true, plain: readPlain(state['plain']) };
}

function readPlain(kept: unknown): SpeculationState['plain'] {
  if (!isRecord(kept)) return null;
  const { sha256, milliseconds, passes } = kept;
  if (typeof sha256 !== 'string' || typeof milliseconds !== 'number' || !(milliseconds > 0)) return null;
  if (typeof passes !== 'number' || !Number.isSafeInteger(passes) || passes < 1) return null;
  return { sha256, milliseconds, passes };
}
