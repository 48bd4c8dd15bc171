/** What the prompt keeps of how a Life model's board is asked for: through hide, move and reload. */
export interface BoardState {
  /** Board or text, as it was chosen; null: a board unless the prompt begins an answer, too. */
  readonly as: 'board' | 'text' | null;
  /** Whether the board is open to draw on; null: until the first run. */
  readonly open: boolean | null;
  /** Whether an edit runs again. */
  readonly live: boolean;
  /** Share of the cells that a random fill makes alive, in percent. */
  readonly density: number;
}

/** Key of what is kept, beside those of the tabs. */
export const BOARD_STATE = 'prompt';

/** What was kept, as far as it still makes sense; the rest as at first. */
export function readBoardState(kept: unknown): BoardState {
  const { as, open, live, density } = (typeof kept === 'object' && kept !== null ? kept : {}) as Record<
    string,
    unknown
  >;
  return {
    as: as === 'board' || as === 'text' ? as : null,
    open: typeof open === 'boolean' ? open : null,
    live: live !== false,
    density: typeof density === 'number' && density >= 0 && density <= 100 ? Math.round(density) : 30,
  };
}
