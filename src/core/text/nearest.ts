/** Edits that two words may be apart and still be one misspelt: one in four letters, at most two. */
function mostEdits(word: string): number {
  return Math.min(2, Math.floor(word.length / 4));
}

/**
 * The candidate that a misspelt word most likely was, case aside.
 *
 * Distance is the optimal string alignment distance: insertions, deletions, substitutions, and swaps of neighbours (Damerau
 * 1964, restricted). Words of fewer than four letters are no misspelling of anything.
 *
 * @returns null where none is near; of those equally near the first
 */
export function nearest(word: string, candidates: readonly string[]): string | null {
  const asked = word.toLowerCase();
  const most = mostEdits(asked);
  let best: string | null = null;
  let least = most + 1;
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - asked.length) > most) continue;
    const edits = alignmentDistance(asked, candidate.toLowerCase());
    if (edits < least) [best, least] = [candidate, edits];
  }
  return best;
}

function alignmentDistance(a: string, b: string): number {
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const now = [row];
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1];
      let edits = Math.min(last[column]! + 1, now[column - 1]! + 1, last[column - 1]! + (same ? 0 : 1));
      const isSwap = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      if (isSwap) edits = Math.min(edits, before[column - 2]! + 1);
      now.push(edits);
    }
    [before, last] = [last, now];
  }
  return last[b.length]!;
}
