import { anything, object, oneOf, orElse, read, readOrNull, type Checked } from '../../../core/check/check';

/** What fills the cells of the model's board. */
export const SHOWS = ['state', 'alive', 'entropy'] as const;
export type Shows = (typeof SHOWS)[number];

const FRAMINGS = ['fixed', 'centred'] as const;
/** Where the torus is cut open: between its last and its first row, or so that the errors stand in the middle. */
export type Framing = (typeof FRAMINGS)[number];

/** What of the model the tab shows: the board that it predicted, how a decoder came to it, or many steps. */
export const PARTS = ['step', 'decoding', 'rollout'] as const;
export type LifePart = (typeof PARTS)[number];

const stateCheck = object({
  part: orElse(oneOf(...PARTS), 'step'),
  shows: orElse(oneOf(...SHOWS), 'state'),
  framing: orElse(oneOf(...FRAMINGS), 'fixed'),
  view: orElse(oneOf('boards', 'table'), 'boards'),
  /** Belongs to the rollout, which reads it. */
  rollout: anything(),
});
/** What the tab keeps. The chosen cell is the token that all tabs have selected. */
export type LifeState = Checked<typeof stateCheck>;

const INITIAL_STATE = read(stateCheck, {}, 'The state');

/** What was kept, as far as it still makes sense; the rest as at first. */
export function readState(kept: unknown): LifeState {
  return readOrNull(stateCheck, kept) ?? INITIAL_STATE;
}
