import type { Trace, TraceToken } from '../trace/record';
import type { TokenOrigin } from '../sequence/pass';
import { firstDifference, type Difference } from './difference';
import { divergence, knownDistribution, type Divergence } from './divergence';
import { setupLines, type SetupLine } from './runSetup';
import { summaryLines, type SummaryLine } from './runSummary';
import { otherTokenizer, type ReadOtherwise } from './tokenizers';

/** Two runs side by side: of the same or of other models, of this machine or of servers. */
export interface RunPair {
  readonly a: PairedRun;
  readonly b: PairedRun;
  readonly comparable: Comparable;
  /** Whether models of this machine with one vocabulary made both, so that whole distributions can be computed again. */
  readonly measurable: boolean;
  /** null where both say the same, token by token and in length. */
  readonly difference: Difference | null;
  /** A row a place in the sequence, as many as the longer run has. */
  readonly rows: readonly PairRow[];
  readonly shared: SharedSummary;
  readonly setup: readonly SetupLine[];
  readonly summary: readonly SummaryLine[];
}

export interface PairedRun {
  readonly id: string;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  readonly model: string;
  readonly decoder: string;
  readonly promptText: string | null;
  readonly promptLength: number;
  readonly tokens: number;
}

/**
 * Whether tokens can be held against each other: their ids must mean the same, and distributions are of one question only
 * where the tokens before them are the same.
 */
export type Comparable =
  | { readonly state: 'tokens' }
  /** A server named the tokens of one by their text alone: there are no ids to compare. */
  | { readonly state: 'names-only' }
  | { readonly state: 'apart-at-once' }
  /** An id that reads differently, or null where the vocabularies differ in size. */
  | { readonly state: 'other-tokenizer'; readonly example: ReadOtherwise | null };

export interface PairRow {
  readonly index: number;
  readonly a: PairSide | null;
  readonly b: PairSide | null;
  /** Whether all tokens before are the same, so that both models answered one question. */
  readonly shared: boolean;
  /** What one model gave to the other run's token, where that is known; null where not `shared`. */
  readonly crossed: { readonly aOfB: number | null; readonly bOfA: number | null } | null;
  /** Of A's distribution from B's: D(A‖B); null where not `shared`, or nothing predicted the token. */
  readonly divergence: Divergence | null;
}

export interface PairSide {
  readonly id: number;
  readonly text: string;
  readonly origin: TokenOrigin;
  /** p(token | tokens before it) of the model's own distribution; null for the first token. */
  readonly probability: number | null;
  /** Bits. */
  readonly surprisal: number | null;
  readonly entropy: number | null;
  /** Whether a server told a part of the distribution: `entropy` is then the least that it can be. */
  readonly partial: boolean;
}

/** Over the places whose context both runs share and whose distribution both models gave. */
export interface SharedSummary {
  readonly places: number;
  /** Mean of D(A‖B) in bits, or of the least that it can be where `exact` is false; null without places. */
  readonly meanKlAtLeast: number | null;
  readonly exact: boolean;
  /** The place where the divergence is largest. */
  readonly largest: { readonly index: number; readonly klAtLeast: number } | null;
  /** Mean total variation distance: its ends. */
  readonly meanTv: { readonly low: number; readonly high: number } | null;
  /** Share of places where both models hold the same token for the most probable. */
  readonly sameBest: number | null;
  /** Mean of surprisal under B less surprisal under A, in bits, over the tokens that both have there. */
  readonly meanSurprisalDifference: number | null;
}

/**
 * @param exact divergences that were computed from whole distributions, by place: they count in the place of what the traces
 *   alone say.
 */
export function compareRuns(a: Trace, b: Trace, exact: ReadonlyMap<number, Divergence> = new Map()): RunPair {
  const sizes = [a.header.model.vocabularySize, b.header.model.vocabularySize] as const;
  const other = otherTokenizer(a, b);
  const difference = firstDifference(a.tokens, b.tokens);
  const comparable: Comparable =
    namesOnly(a) || namesOnly(b)
      ? { state: 'names-only' }
      : other
        ? { state: 'other-tokenizer', example: other.example }
        : difference?.index === 0
          ? { state: 'apart-at-once' }
          : { state: 'tokens' };
  const until = comparable.state === 'tokens' ? (difference?.index ?? Infinity) : -1;
  const length = Math.max(a.tokens.length, b.tokens.length);
  const rows = Array.from({ length }, (_, index) => rowOf(index, a, b, index <= until, exact.get(index)));
  return {
    a: pairedRun(a),
    b: pairedRun(b),
    comparable,
    measurable: sizes[0] > 0 && sizes[0] === sizes[1] && !a.header.model.server && !b.header.model.server,
    difference,
    rows,
    shared: sharedSummary(rows, a.tokens, b.tokens),
    setup: setupLines(a, b),
    summary: summaryLines(a, b),
  };
}

function namesOnly({ header }: Trace): boolean {
  return header.model.server?.namesOnly === true;
}

function pairedRun({ header, tokens }: Trace): PairedRun {
  return {
    id: header.id,
    createdAt: header.createdAt,
    model: header.model.name,
    decoder: header.decoder.name,
    promptText: header.promptText ?? null,
    promptLength: Math.min(header.promptLength, tokens.length),
    tokens: tokens.length,
  };
}

function rowOf(index: number, a: Trace, b: Trace, shared: boolean, exact: Divergence | undefined): PairRow {
  const [one, other] = [a.tokens[index], b.tokens[index]];
  const row = { index, a: sideOf(one), b: sideOf(other), shared };
  if (!shared || !one?.judgement || !other?.judgement) return { ...row, crossed: null, divergence: null };
  const p = knownDistribution(one.judgement, one.id, a.header.model.vocabularySize);
  const q = knownDistribution(other.judgement, other.id, b.header.model.vocabularySize);
  return {
    ...row,
    crossed: { aOfB: p.known.get(other.id) ?? null, bOfA: q.known.get(one.id) ?? null },
    divergence: exact ?? divergence(p, q),
  };
}

function sideOf(token: TraceToken | undefined): PairSide | null {
  if (!token) return null;
  const { id, text, origin, judgement } = token;
  return {
    id,
    text,
    origin,
    probability: judgement?.probability ?? null,
    surprisal: judgement?.surprisal ?? null,
    entropy: judgement?.entropy ?? null,
    partial: judgement?.partial !== undefined,
  };
}

function sharedSummary(rows: readonly PairRow[], a: readonly TraceToken[], b: readonly TraceToken[]): SharedSummary {
  const judged = rows.flatMap(({ index, divergence: apart }) => (apart ? [{ index, ...apart }] : []));
  const same = rows.flatMap((row) => {
    const difference = row.divergence && row.a?.id === row.b?.id ? surprisalDifference(row) : null;
    return difference === null ? [] : [difference];
  });
  // The most probable token that is kept is the most probable of all, unless a server told the chosen token alone.
  const best = judged.flatMap(({ index }) => {
    const [one, other] = [bestOf(a[index]), bestOf(b[index])];
    return one === null || other === null ? [] : [one === other ? 1 : 0];
  });
  const largest = judged.reduce<SharedSummary['largest']>(
    (most, { index, klAtLeast }) => (klAtLeast > (most?.klAtLeast ?? -1) ? { index, klAtLeast } : most),
    null,
  );
  return {
    places: judged.length,
    meanKlAtLeast: mean(judged.map(({ klAtLeast }) => klAtLeast)),
    exact: judged.every(({ exact }) => exact),
    largest,
    meanTv:
      judged.length === 0
        ? null
        : { low: mean(judged.map(({ tv }) => tv.low)) ?? 0, high: mean(judged.map(({ tv }) => tv.high)) ?? 1 },
    sameBest: mean(best),
    meanSurprisalDifference: mean(same),
  };
}

/** Surprisal under B less that under A of the token that both have there, in bits; null where they differ or none is known. */
export function surprisalDifference({ a, b }: Pick<PairRow, 'a' | 'b'>): number | null {
  if (!a || b?.id !== a.id || a.surprisal === null || b.surprisal === null) return null;
  return b.surprisal - a.surprisal;
}

/** Probability under B less that under A of the token that both have there; null where they differ or none is known. */
export function probabilityDifference({ a, b }: Pick<PairRow, 'a' | 'b'>): number | null {
  if (!a || b?.id !== a.id || a.probability === null || b.probability === null) return null;
  return b.probability - a.probability;
}

function bestOf(token: TraceToken | undefined): number | null {
  const { judgement } = token ?? {};
  if (!judgement?.top[0] || (judgement.partial && judgement.top.length === 1)) return null;
  return judgement.top[0].id;
}

function mean(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}
