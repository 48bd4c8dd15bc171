/** Most steps that a view may ask for at once. */
export const MOST_ROLLOUT_STEPS = 1_000;

/** What a view asks for: a board, and how often the model is given its own answer. */
export interface RollRequest {
  /** [height, width] of the model's grid, row by row, 0 dead and 1 alive. */
  readonly cells: Uint8Array<ArrayBuffer>;
  /** 1 to {@link MOST_ROLLOUT_STEPS}. */
  readonly steps: number;
}

/** The next board, as soon as it is there. */
export interface RolledBoard {
  readonly cells: Uint8Array<ArrayBuffer>;
}

/** How a rollout ended. */
export interface RollEnd {
  /** Why the last answer was no board; null where every step was made. */
  readonly broken: string | null;
}

/** Forms of a rollout as a file. */
export const ROLLOUT_FORMS = ['csv', 'json'] as const;

/** A rollout to be written to a file: its errors are worked out again by who writes it. */
export interface SaveRolloutRequest {
  readonly form: (typeof ROLLOUT_FORMS)[number];
  /** [boards, height, width]: the start, then each predicted board. */
  readonly boards: Uint8Array<ArrayBuffer>;
  readonly broken: string | null;
}
