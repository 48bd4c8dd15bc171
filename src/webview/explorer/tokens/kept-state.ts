import {
  boolean,
  number,
  object,
  oneOf,
  orElse,
  read,
  readOrNull,
  string,
  type Check,
  type Checked,
} from '../../../core/check/check';
import type { FilterSettings } from '../../../core/decode/filters';
import { MEASURES } from '../../components/token-measure';

const filters = object({
  temperature: number({ min: 0 }),
  topK: number({ min: 0 }),
  topP: number({ min: 0 }),
  minP: number({ min: 0 }),
}) satisfies Check<FilterSettings>;

const stateCheck = object({
  measure: orElse(oneOf(...MEASURES), 'surprisal'),
  /** Whether the numbers are shown as a table in place of the lanes. */
  table: orElse(boolean(), false),
  /** Settings of the what-if, and the run that they were made for; another run starts from its own settings. */
  whatIf: orElse(object({ runId: string({ max: 1_000 }), settings: filters }), null),
});
/** What the Tokens tab keeps of its controls. */
export type TokensState = Checked<typeof stateCheck>;

const INITIAL_STATE = read(stateCheck, {}, 'The state');

/** Reads what was kept, however old it is. */
export function readTokensState(kept: unknown): TokensState {
  return readOrNull(stateCheck, kept) ?? INITIAL_STATE;
}

/** The part of a run's settings that shapes a distribution. */
export function filterSettings({ temperature, topK, topP, minP }: FilterSettings): FilterSettings {
  return { temperature, topK, topP, minP };
}
