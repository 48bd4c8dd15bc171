import {
  FILTER_RULES,
  type FilterRule,
  type FilterSettings,
  filterLogits,
  ruleThatCut,
} from '../../../core/decode/filters';
import { rankOf, topK } from '../../../core/numeric/ranking';
import { softmax } from '../../../core/numeric/softmax';
import type { Judgement, TraceToken } from '../../../core/trace/record';

/** The distribution that a position was drawn from, as far as it is known here. */
export interface PositionDistribution {
  /** `logits`: all of the vocabulary; `kept`: the alternatives that the trace keeps, and nothing beyond. */
  readonly source: 'logits' | 'kept';
  /** [n] logits, or natural logarithms of the kept probabilities. */
  readonly row: Float32Array;
  /** [n] probabilities at temperature 1, of the whole vocabulary also where only some are kept. */
  readonly probabilities: Float64Array;
  /** Token id of entry i; null where i is the id. */
  readonly ids: readonly number[] | null;
  /** Entry of the token that was chosen; -1 where it is not among those kept. */
  readonly chosen: number;
  /** Entries, most probable first, as many as have been asked for. */
  readonly order: Uint32Array;
}

/** All logits of a position. @param shown alternatives that will be listed. */
export function fromLogits(logits: Float32Array, chosenId: number, shown: number): PositionDistribution {
  return {
    source: 'logits',
    row: logits,
    probabilities: softmax(logits),
    ids: null,
    chosen: chosenId,
    order: topK(logits, shown),
  };
}

/** What a saved trace keeps of a position: its top alternatives, and the chosen token where it is not one of them. */
export function fromKept(token: TraceToken, judgement: Judgement): PositionDistribution {
  const kept = judgement.top.map(({ id, probability }) => ({ id, probability }));
  if (!kept.some((alternative) => alternative.id === token.id)) {
    kept.push({ id: token.id, probability: judgement.probability });
  }
  const probabilities = Float64Array.from(kept, (alternative) => alternative.probability);
  return {
    source: 'kept',
    row: Float32Array.from(probabilities, Math.log),
    probabilities,
    ids: kept.map((alternative) => alternative.id),
    chosen: kept.findIndex((alternative) => alternative.id === token.id),
    order: Uint32Array.from(judgement.top.keys()),
  };
}

/** One alternative before and after the filters. */
export interface WhatIfRow {
  readonly id: number;
  readonly rank: number;
  /** p at temperature 1, and the sum of p down to here; null below a gap. */
  readonly p: number;
  readonly cumulative: number | null;
  /** p′: after temperature and filters; 0 where cut. */
  readonly after: number;
  readonly cut: FilterRule | null;
  readonly chosen: boolean;
}

export interface WhatIf {
  readonly rows: readonly WhatIfRow[];
  /** The chosen token where it is less probable than every row. */
  readonly chosenBelow: WhatIfRow | null;
  /** What is not listed; `after` is null where it is not known. */
  readonly rest: {
    readonly count: number | null;
    readonly p: number;
    readonly after: number | null;
    /** The one rule that cut all of it, `several` rules, or null where some of it is kept. */
    readonly cut: FilterRule | 'several' | null;
  };
  /** Mass of the kept tokens after temperature and before the cuts, in (0, 1], and how many they are. */
  readonly keptMass: number;
  readonly keptCount: number;
  /** Tokens that each rule cut. */
  readonly cuts: Readonly<Record<FilterRule, number>>;
  /** The chosen token: its p′, the rule that cuts it, and its share of the kept mass before it [from, to]. */
  readonly chosen: {
    readonly after: number;
    readonly cut: FilterRule | null;
    readonly span: readonly [number, number];
  } | null;
}

/**
 * What temperature and filters would make of a position, without running the model: `filterLogits` on its logits.
 * Where only some alternatives are kept, everything else counts as cut, and the view says so.
 */
export function whatIf(position: PositionDistribution, settings: FilterSettings): WhatIf {
  const { row, probabilities, order, chosen } = position;
  const filtered = filterLogits(row, settings);
  const idOf = (entry: number): number => position.ids?.[entry] ?? entry;
  let cumulative = 0;
  const rowOf = (entry: number, rank: number, sum: number | null): WhatIfRow => ({
    id: idOf(entry),
    rank,
    p: probabilities[entry]!,
    cumulative: sum,
    after: filtered.probabilities[entry]!,
    cut: ruleThatCut(filtered, entry),
    chosen: entry === chosen,
  });
  const rows = [...order].map((entry, place) => {
    cumulative += probabilities[entry]!;
    return rowOf(entry, place + 1, Math.min(1, cumulative));
  });
  const listed = new Set(order);
  const below = chosen >= 0 && !listed.has(chosen) ? rowOf(chosen, rankOf(row, chosen), null) : null;
  if (below) listed.add(chosen);

  return {
    rows,
    chosenBelow: below,
    rest: restOf(position, filtered, listed),
    keptMass: filtered.keptMass,
    keptCount: filtered.keptCount,
    cuts: Object.fromEntries(
      FILTER_RULES.map((rule) => [rule, filtered.cuts.find((cut) => cut.rule === rule)?.count ?? 0]),
    ) as Record<FilterRule, number>,
    chosen: chosen < 0 ? null : chosenIn(position, filtered),
  };
}

function restOf(
  position: PositionDistribution,
  filtered: ReturnType<typeof filterLogits>,
  listed: ReadonlySet<number>,
): WhatIf['rest'] {
  let p = 1;
  let after = 1;
  for (const entry of listed) {
    p -= position.probabilities[entry]!;
    after -= filtered.probabilities[entry]!;
  }
  p = Math.max(0, p);
  if (position.source === 'kept') return { count: null, p, after: null, cut: null };
  const rules = new Set<number>();
  for (let entry = 0; entry < filtered.cut.length; entry++) if (!listed.has(entry)) rules.add(filtered.cut[entry]!);
  const count = position.row.length - listed.size;
  if (rules.has(0) || rules.size === 0) return { count, p, after: Math.max(0, after), cut: null };
  const [only = 0] = rules;
  return { count, p, after: 0, cut: rules.size === 1 ? (FILTER_RULES[only - 1] ?? 'several') : 'several' };
}

/** Where the chosen token lies in the kept mass, most probable first. */
function chosenIn(position: PositionDistribution, filtered: ReturnType<typeof filterLogits>): WhatIf['chosen'] {
  const { row, chosen } = position;
  const after = filtered.probabilities[chosen]!;
  let before = 0;
  for (let entry = 0; entry < row.length; entry++) {
    if (row[entry]! > row[chosen]! || (row[entry] === row[chosen] && entry < chosen)) {
      before += filtered.probabilities[entry]!;
    }
  }
  return { after, cut: ruleThatCut(filtered, chosen), span: [before, before + after] };
}
