import { csv } from '../text/csv';
import { probabilityDifference, surprisalDifference, type PairRow, type RunPair } from './runPair';

/**
 * Two runs side by side for programs. `divergence` is D(A‖B) in bits: the value where `exact`, else the least that it can be;
 * infinity, which JSON has no number for, is the text "Infinity". Where a side is `partial`, a server told the most probable
 * tokens only, and its entropy is the least that it can be.
 */
export function runPairDocument({ a, b, comparable, difference, shared, setup, summary, rows }: RunPair): object {
  return {
    a,
    b,
    comparable,
    firstDifference: difference,
    shared: {
      ...shared,
      meanKlAtLeast: finite(shared.meanKlAtLeast),
      largest: shared.largest && { ...shared.largest, klAtLeast: finite(shared.largest.klAtLeast) },
    },
    setup,
    summary,
    tokens: rows.map((row) => ({
      ...row,
      probabilityDifference: probabilityDifference(row),
      surprisalDifference: surprisalDifference(row),
      divergence: row.divergence && { ...row.divergence, klAtLeast: finite(row.divergence.klAtLeast) },
    })),
  };
}

function finite(value: number | null): number | string | null {
  return value === null || Number.isFinite(value) ? value : String(value);
}

const COLUMNS = [
  ...['index', 'id_a', 'id_b', 'text_a', 'text_b', 'same', 'shared_context'],
  ...['probability_a', 'probability_b', 'probability_difference', 'a_of_token_b', 'b_of_token_a'],
  ...['surprisal_a_bits', 'surprisal_b_bits', 'surprisal_difference_bits', 'entropy_a_bits', 'entropy_b_bits'],
  ...['entropy_a_is_least', 'entropy_b_is_least'],
  ...['kl_at_least_bits', 'kl_exact', 'tv_low', 'tv_high'],
] as const;

/** The tokens of two runs as a table, a row a place; what is not known is empty. Differences are B less A. */
export function runPairCsv({ rows }: RunPair): string {
  return csv(COLUMNS, rows.map(csvRow));
}

function csvRow(row: PairRow): (string | number | boolean | null | undefined)[] {
  const { index, a, b, shared, crossed, divergence } = row;
  return [
    ...[index, a?.id, b?.id, a?.text, b?.text, a !== null && a.id === b?.id, shared],
    ...[a?.probability, b?.probability, probabilityDifference(row), crossed?.aOfB, crossed?.bOfA],
    ...[a?.surprisal, b?.surprisal, surprisalDifference(row), a?.entropy, b?.entropy],
    ...[a?.partial, b?.partial],
    ...[divergence?.klAtLeast, divergence?.exact, divergence?.tv.low, divergence?.tv.high],
  ];
}
