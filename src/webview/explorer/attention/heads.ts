import type { AttentionOverview, HeadStatistics } from '../../../protocol/attention';
import type { HeadRef, HeadSort } from './state';

/** A number that every head has. */
export type StatisticName = 'structure' | 'entropy' | 'distance' | 'firstToken';

export interface Statistic {
  readonly name: StatisticName;
  readonly title: string;
  readonly unit: string;
  readonly decimals: number;
  /** What it is and how it is computed. */
  readonly definition: string;
}

export const STATISTICS: readonly Statistic[] = [
  {
    name: 'structure',
    title: 'Structure',
    unit: 'bits',
    decimals: 2,
    definition:
      'How much of the head’s attention follows the text and not the place of its tokens: A[q,k] log₂ (A[q,k] / B[q,k]) in bits, ' +
      'summed over the keys k of a query q that get more than B, averaged over the queries. B is the largest of what all queries ' +
      'give to that column, of what they give at that distance, and of equal shares. The first token and the query itself do not ' +
      'count, keys near the query count 1 − 1/(q − k). About 0 for a sink, a diagonal, a local blur and a uniform head.',
  },
  {
    name: 'entropy',
    title: 'Entropy',
    unit: 'bits',
    decimals: 2,
    definition:
      'How widely the head spreads its attention: −Σ A[q,k] log₂ A[q,k] over the keys k of a query q, in bits, averaged over the queries. ' +
      '0 bits: all on one key. The first query sees one key only and is left out.',
  },
  {
    name: 'distance',
    title: 'Distance',
    unit: 'tokens',
    decimals: 1,
    definition:
      'How far back the head looks: Σ A[q,k] (q − k) over the keys k of a query q, in tokens, averaged over the queries. ' +
      'The first query sees itself only and is left out.',
  },
  {
    name: 'firstToken',
    title: 'First-token mass',
    unit: '',
    decimals: 2,
    definition:
      'Share of its attention that the head gives to the first token of the sequence: A[q,0], averaged over the queries. ' +
      'Many heads rest there when they have nothing to look at.',
  },
];

/** Stable name of a head, also part of element ids. */
export function headId({ layer, head }: HeadRef): string {
  return `L${layer}${head === null ? '-mean' : `H${head}`}`;
}

export function headTitle({ layer, head }: HeadRef): string {
  return head === null ? `Layer ${layer}, mean of heads` : `Layer ${layer}, head ${head}`;
}

export function sameHead(one: HeadRef | null, other: HeadRef | null): boolean {
  return one?.layer === other?.layer && one?.head === other?.head;
}

/** `layer` and `head` of the overview's data index `layerIndex × heads + head`; null for a mean. */
export function headIndex(overview: AttentionOverview, { layer, head }: HeadRef): number | null {
  const layerIndex = overview.layers.indexOf(layer);
  if (layerIndex < 0 || head === null || head >= overview.heads) return null;
  return layerIndex * overview.heads + head;
}

export function hasHead(overview: AttentionOverview, ref: HeadRef): boolean {
  return overview.layers.includes(ref.layer) && (ref.head === null || ref.head < overview.heads);
}

/** Where the tab opens: the head with the most structure, which is neither a sink nor a diagonal. */
export function openingHead(overview: AttentionOverview): HeadRef {
  let best: HeadStatistics | undefined;
  for (const each of overview.statistics) if (!best || each.structure > best.structure) best = each;
  return best ? { layer: best.layer, head: best.head } : { layer: overview.layers[0] ?? 0, head: null };
}

/** All heads in the order of a sort, which is also the order of `[` and `]`: by place layer by layer, each layer's mean last. */
export function headOrder(overview: AttentionOverview, sort: HeadSort): readonly HeadRef[] {
  if (sort === 'place') {
    return overview.layers.flatMap((layer) => [
      ...Array.from({ length: overview.heads }, (_, head) => ({ layer, head })),
      { layer, head: null },
    ]);
  }
  return [...overview.statistics]
    .sort((one, other) => other[sort] - one[sort] || one.layer - other.layer || one.head - other.head)
    .map(({ layer, head }) => ({ layer, head }));
}

/** Place of a value among all, largest first; equals share the better place. */
export function rankOf(value: number, values: readonly number[]): number {
  return 1 + values.filter((other) => other > value).length;
}
