import type { FilterSettings } from '../../../core/decode/filters';
import type { Sampling } from '../../../core/trace/record';
import { FILTER_KEYS } from '../../components/sampling-scale';
import { MEASURES, type MeasureName } from '../../components/token-measure';
import { isRecord } from '../../is-record';

/** What the Tokens tab keeps of its controls. */
export interface TokensState {
  readonly measure: MeasureName;
  /** Whether the numbers are shown as a table in place of the lanes. */
  readonly table: boolean;
  /** Settings of the what-if, and the run that they were made for; another run starts from its own settings. */
  readonly whatIf: { readonly runId: string; readonly settings: FilterSettings } | null;
}

/** Reads what was kept, however old it is. */
export function readTokensState(kept: unknown): TokensState {
  const state = isRecord(kept) ? kept : {};
  const measure = MEASURES.find((name) => name === state['measure']) ?? 'surprisal';
  return { measure, table: state['table'] === true, whatIf: readWhatIf(state['whatIf']) };
}

function readWhatIf(kept: unknown): TokensState['whatIf'] {
  if (!isRecord(kept) || typeof kept['runId'] !== 'string' || !isRecord(kept['settings'])) return null;
  const settings = kept['settings'];
  if (!FILTER_KEYS.every((key) => typeof settings[key] === 'number' && settings[key] >= 0)) return null;
  return { runId: kept['runId'], settings: filterSettings(settings as unknown as Sampling) };
}

/** The part of a run's settings that shapes a distribution. */
export function filterSettings({ temperature, topK, topP, minP }: FilterSettings): FilterSettings {
  return { temperature, topK, topP, minP };
}
