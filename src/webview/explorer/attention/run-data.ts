import { useMemo } from 'preact/hooks';
import { decodeWeights } from '../../../core/numeric/codes';
import { packedColumn, packedRow } from '../../../core/lens/packed';
import type { Caller } from '../../../protocol/call';
import type { AttentionHead, AttentionOverview, AttentionPair, AttentionRow } from '../../../protocol/attention';
import type { ExplorerApi } from '../../../protocol/explorer';
import { headId } from './heads';
import { RecentCache, type Request, useRequest } from './requests';
import type { HeadRef } from './state';

/** What was fetched of one run, with bounds in bytes. Lives on while another tab is on show. */
class RunData {
  readonly overviews = new RecentCache<AttentionOverview>(32 << 20, (each) => each.thumbnails.byteLength);
  readonly heads = new RecentCache<AttentionHead>(64 << 20, (each) => each.codes.byteLength);
  readonly rows = new RecentCache<AttentionRow>(4 << 20, (each) => each.weights.byteLength + 64);
  readonly pairs = new RecentCache<AttentionPair>(2 << 20, (each) => each.weights.byteLength + 64);

  constructor(readonly run: string) {}
}

let lastRun: RunData | null = null;

function dataOf(run: string): RunData {
  if (lastRun?.run !== run) lastRun = new RunData(run);
  return lastRun;
}

export interface Source {
  readonly api: Caller<ExplorerApi>;
  readonly runId: string;
  /** Tokens of the trace: another length is another picture. */
  readonly tokens: number;
  /** Keys that are left out of every row. */
  readonly without: readonly number[];
}

/** Part of a key of what is kept: what was left out. */
function leftOut({ without }: Source): string {
  return without.length === 0 ? '' : `-${without.join('-')}`;
}

function useRunData({ runId, tokens }: Source): RunData {
  return useMemo(() => dataOf(`${runId}:${tokens}`), [runId, tokens]);
}

/** @param size pixels of a thumbnail; null asks nothing yet. */
export function useOverview(source: Source, size: number | null): Request<AttentionOverview> {
  const data = useRunData(source);
  return useRequest(size === null ? null : `${size}${leftOut(source)}`, data.overviews, (signal, onEvent) =>
    source.api.call(
      'attentionOverview',
      { runId: source.runId, size: size ?? 1, without: source.without },
      { signal, onEvent },
    ),
  );
}

export function useHead(source: Source, ref: HeadRef | null): Request<AttentionHead> {
  const data = useRunData(source);
  return useRequest(ref && `${headId(ref)}${leftOut(source)}`, data.heads, (signal) =>
    source.api.call(
      'attentionHead',
      { runId: source.runId, layer: ref?.layer ?? 0, head: ref?.head ?? null, without: source.without },
      { signal },
    ),
  );
}

/** The weights of one query as exactly as they are kept. */
export function useRow(source: Source, ref: HeadRef | null, query: number | null): Request<AttentionRow> {
  const data = useRunData(source);
  const key = ref === null || query === null ? null : `${headId(ref)}:${query}${leftOut(source)}`;
  return useRequest(key, data.rows, (signal) =>
    source.api.call(
      'attentionRow',
      {
        runId: source.runId,
        layer: ref?.layer ?? 0,
        head: ref?.head ?? null,
        query: query ?? 0,
        without: source.without,
      },
      { signal },
    ),
  );
}

export function usePair(source: Source, query: number | null, key: number | null): Request<AttentionPair> {
  const data = useRunData(source);
  const asked = query === null || key === null ? null : `${query}:${key}${leftOut(source)}`;
  const { runId, without } = source;
  return useRequest(asked, data.pairs, (signal) =>
    source.api.call('attentionPair', { runId, query: query ?? 0, key: key ?? 0, without }, { signal }),
  );
}

/** Weights of a run of positions, and whether they are the model's own numbers. */
export interface Reading {
  /** Position of the first weight. */
  readonly first: number;
  /** NaN where the key is left out. */
  readonly weights: Float32Array;
  /** false: decoded from 8-bit codes. */
  readonly exact: boolean;
}

/** Row of a query: exact where that has arrived, else from the map. */
export function rowReading(
  row: AttentionRow | null,
  map: AttentionHead | null,
  query: number,
  without: readonly number[],
): Reading | null {
  const of = (weights: Float32Array, exact: boolean): Reading => {
    if (without.length === 0) return { first: 0, weights, exact };
    const marked = weights.slice();
    for (const key of without) if (key <= query) marked[key] = NaN;
    return { first: 0, weights: marked, exact };
  };
  if (row && row.query === query) return of(row.weights, row.exact);
  if (!map || query >= map.tokens) return null;
  return of(decodeWeights(map.codes, packedRow(query), query + 1), false);
}

/** Column of a key: what each later query gives it. Does not sum to 1. */
export function columnReading(map: AttentionHead | null, key: number, without: readonly number[]): Reading | null {
  if (!map || key >= map.tokens) return null;
  if (without.includes(key)) return { first: key, weights: new Float32Array(map.tokens - key).fill(NaN), exact: false };
  return { first: key, weights: decodeWeights(packedColumn(map.codes, map.tokens, key)), exact: false };
}

/** The largest weight of a reading that has a choice, for a scale that ends there; 1 where there is none. */
export function largestOf(reading: Reading | null): number {
  let [largest, known] = [0, 0];
  for (const weight of reading?.weights ?? []) {
    if (Number.isNaN(weight)) continue;
    known++;
    if (weight > largest) largest = weight;
  }
  return known > 1 && largest > 0 ? largest : 1;
}
