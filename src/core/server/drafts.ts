import type { ReportedDraft } from '../trace/record';
import type { ReportedSpeculation } from './speculation';

/** Most combinations of a step and a place that are looked at: milliseconds, and a few megabytes. */
const MOST_COMBINATIONS = 4_000_000;

/**
 * Finds between which tokens the drafts stood. A server does not say: steps that drafted nothing are not counted. But it
 * streams one piece a step: a draft brought its accepted tokens and one more (the last may be cut by the end), a step
 * without a draft one token. A draft has its place where all ways to lay the drafts over the pieces agree on it.
 * @param pieces tokens of each piece of the stream, the first of them of the step that read the prompt; one piece where
 *               nothing was streamed.
 * @param promptLength index of the first generated token.
 */
export function placeDrafts(
  { steps }: Pick<ReportedSpeculation, 'steps'>,
  pieces: readonly number[],
  promptLength: number,
): ReportedDraft[] {
  const places = placesOf(steps, pieces);
  const starts = [0];
  for (const length of pieces) starts.push((starts.at(-1) as number) + length);
  return steps.map(({ drafted, accepted }, i): ReportedDraft => {
    const place = places[i] ?? null;
    return { start: place === null ? null : promptLength + (starts[place] as number), drafted, accepted };
  });
}

/** The piece of each step, null where it can be more than one, or none. */
function placesOf(steps: ReportedSpeculation['steps'], pieces: readonly number[]): (number | null)[] {
  const none = steps.map(() => null);
  // Pieces without a draft: step i stands in one of the pieces i + 1 to i + 1 + spare.
  const spare = pieces.length - 1 - steps.length;
  const width = spare + 1;
  if (spare < 0 || pieces[0] !== 1 || (steps.length + 1) * width > MOST_COMBINATIONS) return none;
  const single = (piece: number): boolean => pieces[piece] === 1;
  const fits = (step: number, piece: number): boolean => {
    const full = (steps[step]?.accepted ?? NaN) + 1;
    const length = pieces[piece] as number;
    return length === full || (piece === pieces.length - 1 && length < full);
  };
  // Row i, column u: the first i steps can lie in the first i + u pieces; and the same of what comes after these.
  const before = new Uint8Array((steps.length + 1) * width);
  const after = new Uint8Array(before.length);
  for (let i = 0; i <= steps.length; i++) {
    for (let u = 0; u < width; u++) {
      const byStep = i > 0 && before[(i - 1) * width + u] === 1 && fits(i - 1, i + u);
      const bySingle = u > 0 && before[i * width + u - 1] === 1 && single(i + u);
      if ((i === 0 && u === 0) || byStep || bySingle) before[i * width + u] = 1;
    }
  }
  for (let i = steps.length; i >= 0; i--) {
    for (let u = spare; u >= 0; u--) {
      const byStep = i < steps.length && after[(i + 1) * width + u] === 1 && fits(i, i + u + 1);
      const bySingle = u < spare && after[i * width + u + 1] === 1 && single(i + u + 1);
      if ((i === steps.length && u === spare) || byStep || bySingle) after[i * width + u] = 1;
    }
  }
  return steps.map((_, i) => {
    const possible: number[] = [];
    for (let u = 0; u < width; u++) {
      if (before[i * width + u] === 1 && after[(i + 1) * width + u] === 1 && fits(i, i + u + 1))
        possible.push(i + u + 1);
    }
    return possible.length === 1 ? (possible[0] as number) : null;
  });
}
