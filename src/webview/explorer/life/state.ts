/** What fills the cells of the model's board. */
export const SHOWS = ['state', 'alive', 'entropy'] as const;
export type Shows = (typeof SHOWS)[number];

/** Where the torus is cut open: between its last and its first row, or so that the errors stand in the middle. */
export type Framing = 'fixed' | 'centred';

/** What of the model the tab shows: the board that it predicted, how a decoder came to it, or many steps. */
export const PARTS = ['step', 'decoding', 'rollout'] as const;
export type LifePart = (typeof PARTS)[number];

/** What the tab keeps. The chosen cell is the token that all tabs have selected. */
export interface LifeState {
  readonly part: LifePart;
  readonly shows: Shows;
  readonly framing: Framing;
  readonly view: 'boards' | 'table';
  /** Belongs to the rollout, which reads it. */
  readonly rollout: unknown;
}

/** What was kept, as far as it still makes sense; the rest as at first. */
export function readState(kept: unknown): LifeState {
  const given = (typeof kept === 'object' && kept !== null ? kept : {}) as Record<string, unknown>;
  const { part, shows, framing, view, rollout } = given;
  return {
    part: PARTS.find((each) => each === part) ?? 'step',
    shows: SHOWS.find((each) => each === shows) ?? 'state',
    framing: framing === 'centred' ? 'centred' : 'fixed',
    view: view === 'table' ? 'table' : 'boards',
    rollout,
  };
}
