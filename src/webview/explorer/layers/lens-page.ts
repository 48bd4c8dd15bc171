import { useMemo } from 'preact/hooks';
import type { Caller } from '../../../protocol/call';
import type { LogitLens } from '../../../protocol/lens';
import type { TokenInfo } from '../../../protocol/models';
import type { ExplorerApi } from '../../../protocol/explorer';
import { RecentCache, type Request, useRequest } from '../attention/requests';

/** Tokens that are read and shown at a time. */
export const PAGE = 32;
/** Tokens of each layer that are asked for. */
const TOP = 8;
/** Bytes of pages that are kept of one run. */
const KEPT = 8 << 20;

/** What one state would say after one token. */
export interface Reading {
  readonly layer: number;
  readonly top: readonly { readonly id: number; readonly text: string; readonly probability: number }[];
  readonly entropy: number;
  readonly divergence: number;
  /** How the next layer moves the state; null for the last. */
  readonly velocity: number | null;
  readonly turn: number | null;
  /** Its most probable token is the last state's. */
  readonly agrees: boolean;
}

export interface LensPage {
  readonly start: number;
  readonly count: number;
  /** The last state first, as the stack stands. Row, then token of the page. */
  readonly rows: readonly LensRow[];
}

export interface LensRow {
  readonly layer: number;
  readonly readings: readonly Reading[];
  /** Share of the page's tokens after which it says what the last state says. */
  readonly agreement: number;
}

let pages: { readonly run: string; readonly cache: RecentCache<LensPage> } | null = null;

/** The page of the logit lens that `start` begins; pages of a run stay while other tabs are on show. */
export function useLensPage(
  api: Caller<ExplorerApi>,
  runId: string,
  tokens: number,
  start: number | null,
): Request<LensPage> {
  const cache = useMemo(() => {
    const run = `${runId}:${tokens}`;
    if (pages?.run !== run) pages = { run, cache: new RecentCache(KEPT, bytesOf) };
    return pages.cache;
  }, [runId, tokens]);
  return useRequest(start === null ? null : String(start), cache, async (signal, onEvent) =>
    readPage(await api.call('logitLens', { runId, start: start ?? 0, count: PAGE, top: TOP }, { signal, onEvent })),
  );
}

function bytesOf({ rows, count }: LensPage): number {
  return rows.length * count * TOP * 64;
}

function readPage(lens: LogitLens): LensPage {
  const { start, count, states } = lens;
  const tokens = new Map(lens.tokens.map((token) => [token.id, token]));
  const rows = states.map((layer, state): LensRow => {
    const readings = Array.from({ length: count }, (_, i) => readingOf(lens, tokens, state, i));
    const agreeing = readings.filter(({ agrees }) => agrees).length;
    return { layer, readings, agreement: agreeing / count };
  });
  return { start, count, rows: rows.reverse() };
}

function readingOf(lens: LogitLens, tokens: ReadonlyMap<number, TokenInfo>, state: number, i: number): Reading {
  const { count, top, states, ids, probabilities } = lens;
  const last = states.length - 1;
  const at = state * count + i;
  return {
    layer: states[state] as number,
    top: Array.from({ length: top }, (_, k) => {
      const id = ids[at * top + k] as number;
      return { id, text: tokens.get(id)?.text ?? '', probability: probabilities[at * top + k] as number };
    }),
    entropy: lens.entropy[at] as number,
    divergence: lens.divergence[at] as number,
    velocity: state < last ? (lens.velocity[at] as number) : null,
    turn: state < last ? (lens.turn[at] as number) : null,
    agrees: ids[at * top] === ids[(last * count + i) * top],
  };
}

export function layerName(layer: number): string {
  return layer === 0 ? 'embeddings' : `layer ${layer}`;
}
