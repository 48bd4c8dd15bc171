/**
 * Where a drafted token comes from: a `draft-model`; the `prompt` (an n-gram that stood before); a `grid` (the previous
 * one); a `rule`; the target's own earlier layers (`early-exit`); its own `previous-pass` (Jacobi); a guess to begin with
 * (`initial`); the pool of n-grams (`pool`).
 */
export const DRAFT_SOURCES = [
  'draft-model',
  'prompt',
  'grid',
  'rule',
  'early-exit',
  'previous-pass',
  'initial',
  'pool',
] as const;
export type DraftSource = (typeof DRAFT_SOURCES)[number];

/** `unread`: drafted after the first rejection, so the target's judgement of it means nothing. */
export const VERDICTS = ['accepted', 'rejected', 'unread'] as const;
export type Verdict = (typeof VERDICTS)[number];
