import type { ComparedResult } from '../../../core/compare/comparison';
import { UNKNOWN, count, probability } from '../../components/format';

export const COLUMN_IDS = [
  'decoder',
  'passes',
  'tokensPerPass',
  'acceptance',
  'acceptedLength',
  'seconds',
  'speedUp',
  'text',
] as const;
export type ColumnId = (typeof COLUMN_IDS)[number];

export interface Column {
  readonly id: ColumnId;
  readonly title: string;
  /** @param first title of the decoder that the others are compared with */
  readonly definition: (first: string) => string;
  /** Whether it holds numbers, right-aligned. */
  readonly numeric: boolean;
  /** What is sorted by; null where there is nothing, which goes last. */
  readonly value: (result: ComparedResult) => number | null;
  /** Of a numeric column. */
  readonly text: (result: ComparedResult) => string;
}

export const COLUMNS: readonly Column[] = [
  {
    id: 'decoder',
    title: 'decoder',
    definition: () =>
      'How tokens are found. Exact: they follow the model’s own distribution after the filters. Lossy: they may follow another.',
    numeric: false,
    value: () => null,
    text: () => '',
  },
  {
    id: 'passes',
    title: 'passes',
    definition: () => 'Runs of the model that the text took, those that read the prompt included.',
    numeric: true,
    value: ({ passes }) => passes,
    text: ({ passes }) => count(passes),
  },
  {
    id: 'tokensPerPass',
    title: 'tokens/pass',
    definition: () => 'Generated tokens over passes.',
    numeric: true,
    value: ({ tokensPerPass }) => tokensPerPass,
    text: ({ tokensPerPass }) => decimals(tokensPerPass),
  },
  {
    id: 'acceptance',
    title: 'acceptance',
    definition: () =>
      'Acceptance rate: accepted over drafted tokens. As vLLM counts, tokens after a rejection are drafted too.',
    numeric: true,
    value: ({ speculation }) => speculation?.acceptanceRate ?? null,
    text: ({ speculation }) => probability(speculation?.acceptanceRate),
  },
  {
    id: 'acceptedLength',
    title: 'mean length',
    definition: () =>
      'Mean accepted length: 1 + accepted tokens over the passes that verified a draft. So many tokens such a pass brings, with the one that the model adds.',
    numeric: true,
    value: ({ speculation }) => speculation?.meanAcceptanceLength ?? null,
    text: ({ speculation }) => decimals(speculation?.meanAcceptanceLength),
  },
  {
    id: 'seconds',
    title: 'wall time, s',
    definition: () =>
      'Seconds from the first pass to the last token, on this machine. Of several rounds the run with the median time stands for all (of an even number the faster of the two in the middle); below it the least and the most.',
    numeric: true,
    value: ({ seconds }) => seconds,
    text: ({ seconds }) => seconds.toFixed(3),
  },
  {
    id: 'speedUp',
    title: 'speed-up',
    definition: (first) => `Wall time of ${first} over this one’s: above 1 it is faster.`,
    numeric: true,
    value: ({ speedUp }) => speedUp,
    text: ({ speedUp }) => (speedUp === null ? UNKNOWN : `${speedUp.toFixed(2)}×`),
  },
  {
    id: 'text',
    title: 'text',
    definition: (first) =>
      `Whether the tokens are those of ${first}, and the first that is not, by its position in the sequence. At temperature 0 exact decoders say the same; above it they draw from the same distribution, though not the same draws.`,
    numeric: false,
    // Identical first, then those that part later before those that part early.
    value: ({ difference }) => (difference === null ? -Infinity : -difference.index),
    text: () => '',
  },
];

/** A ratio or mean with 2 decimals. */
export function decimals(value: number | null | undefined): string {
  return value == null ? UNKNOWN : value.toFixed(2);
}
