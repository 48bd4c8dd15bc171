import {
  boolean,
  mapped,
  number,
  object,
  oneOf,
  orElse,
  read,
  readOrNull,
  type Checked,
} from '../../../core/check/check';

const stateCheck = object({
  /** Board or text, as it was chosen; null: a board unless the prompt begins an answer, too. */
  as: orElse(oneOf('board', 'text'), null),
  /** Whether the board is open to draw on; null: until the first run. */
  open: orElse(boolean(), null),
  /** Whether an edit runs again. */
  live: orElse(boolean(), true),
  /** Share of the cells that a random fill makes alive, in percent. */
  density: orElse(mapped(number({ min: 0, max: 100 }), Math.round), 30),
});
/** What the prompt keeps of how a Life model's board is asked for: through hide, move and reload. */
export type BoardState = Checked<typeof stateCheck>;

/** Key of what is kept, beside those of the tabs. */
export const BOARD_STATE = 'prompt';

const INITIAL_STATE = read(stateCheck, {}, 'The state');

/** What was kept, as far as it still makes sense; the rest as at first. */
export function readBoardState(kept: unknown): BoardState {
  return readOrNull(stateCheck, kept) ?? INITIAL_STATE;
}
