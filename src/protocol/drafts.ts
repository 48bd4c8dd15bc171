import type { ModelRef, ModelSummary } from './models';

/**
 * Models that could draft for a model, the likeliest first: those made to draft, then the smaller before the larger, the
 * model itself at last. They have as many tokens; whether these are the same ones the engine sees when it loads them.
 */
export function draftsFor(model: ModelSummary, models: readonly ModelSummary[]): readonly ModelSummary[] {
  const order = (candidate: ModelSummary): number =>
    candidate.folder === model.folder ? 2 : candidate.role === 'draft' ? 0 : 1;
  return models
    .filter(
      (candidate) =>
        !candidate.problem &&
        candidate.kind === model.kind &&
        candidate.vocabularySize !== null &&
        candidate.vocabularySize === model.vocabularySize,
    )
    .sort((a, b) => order(a) - order(b) || a.bytes - b.bytes);
}

/** The draft of a run: the one that was chosen where it can draft for the model, else the likeliest; null where there is none. */
export function draftOf(
  model: ModelSummary,
  models: readonly ModelSummary[],
  chosen: ModelRef | null,
): ModelRef | null {
  const candidates = draftsFor(model, models);
  if (chosen && candidates.some(({ folder }) => folder === chosen.folder)) return chosen;
  const [first] = candidates;
  return first ? { folder: first.folder } : null;
}
