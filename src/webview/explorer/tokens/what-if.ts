import {
  FILTER_RULES,
  type FilterRule,
  type FilterSettings,
  type FilteredDistribution,
  filterLogits,
  ruleThatCut,
} from '../../../core/decode/filters';
import { type Range, filterAlternatives } from '../../../core/decode/partial-filters';
import { rankedTop } from '../../../core/trace/partial';
import { rankOf, topK } from '../../../core/numeric/ranking';
import { softmax } from '../../../core/numeric/softmax';
import type { Judgement } from '../../../core/trace/record';

/** One alternative before and after the filters. */
export interface WhatIfRow {
  readonly id: number;
  readonly rank: number;
  /** p at temperature 1, and the sum of p down to here; null below a gap. */
  readonly p: number;
  readonly cumulative: number | null;
  /** p′, after temperature and filters: a range where what is known does not tell more, 0 where cut. */
  readonly after: Range;
  readonly cut: FilterRule | null;
  readonly chosen: boolean;
}

export interface WhatIf {
  /** Most probable first. */
  readonly rows: readonly WhatIfRow[];
  /** The chosen token where it is less probable than every row. */
  readonly chosenBelow: WhatIfRow | null;
  /** What is not listed. */
  readonly rest: WhatIfRest;
  /** Mass of the kept tokens after temperature and before the cuts, in (0, 1]. */
  readonly keptMass: Range;
  /** How many tokens are kept; null where that is not known. */
  readonly keptCount: number | null;
  /** Tokens that each rule cut, of `counted` tokens. */
  readonly cuts: Readonly<Record<FilterRule, number>>;
  readonly counted: number;
  /** The chosen token's share of the kept mass, [from, to] in [0, 1], most probable first; null where it is not known. */
  readonly chosenSpan: readonly [number, number] | null;
  /** What could not be told, in one sentence; null where everything is exact. */
  readonly unknown: string | null;
}

/** Of a whole distribution. */
export type WholeWhatIf = WhatIf & { readonly rest: { readonly count: number } };

export interface WhatIfRest {
  /** null where the size of the vocabulary is not known. */
  readonly count: number | null;
  readonly p: number;
  readonly after: Range;
  /** The one rule that cut all of it, `several` rules, or null where some of it is kept or that is not known. */
  readonly cut: FilterRule | 'several' | null;
}

/** Logits of a position and what does not depend on the settings. */
export interface PositionDistribution {
  /** [vocabulary] logits, and probabilities at temperature 1. */
  readonly logits: Float32Array;
  readonly probabilities: Float64Array;
  /** Ids, most probable first, as many as are listed. */
  readonly order: Uint32Array;
  /** The token that was chosen there; null where none was. */
  readonly chosenId: number | null;
}

/** @param listed alternatives that are wanted as rows. */
export function positionDistribution(
  logits: Float32Array,
  chosenId: number | null,
  listed: number,
): PositionDistribution {
  return { logits, probabilities: softmax(logits), order: topK(logits, listed), chosenId };
}

/** What temperature and filters would make of a position, without running the model. */
export function whatIf(position: PositionDistribution, settings: FilterSettings): WholeWhatIf {
  const { logits, probabilities, order, chosenId } = position;
  const filtered = filterLogits(logits, settings);
  const rowOf = (id: number, rank: number, cumulative: number | null): WhatIfRow => ({
    id,
    rank,
    p: probabilities[id]!,
    cumulative,
    after: point(filtered.probabilities[id]!),
    cut: ruleThatCut(filtered, id),
    chosen: id === chosenId,
  });
  let sum = 0;
  const rows = [...order].map((id, place) => {
    sum += probabilities[id]!;
    return rowOf(id, place + 1, Math.min(1, sum));
  });
  const below = chosenId === null || order.includes(chosenId) ? null : rowOf(chosenId, rankOf(logits, chosenId), null);
  return {
    rows,
    chosenBelow: below,
    rest: restOf(position, filtered, below ? [...order, below.id] : [...order]),
    keptMass: point(filtered.keptMass),
    keptCount: filtered.keptCount,
    cuts: countCuts((rule) => filtered.cuts.find((cut) => cut.rule === rule)?.count ?? 0),
    counted: logits.length,
    chosenSpan: chosenId === null ? null : spanOf(logits, chosenId, filtered),
    unknown: null,
  };
}

/**
 * The same from the alternatives that a trace keeps, where the logits cannot be had: ranges where the tokens outside
 * matter.
 * @param vocabularySize 0 where a server did not tell it.
 * @returns null where none of the most probable tokens is known, so that there is nothing to filter.
 */
export function whatIfOfKept(
  judgement: Judgement,
  chosenId: number,
  vocabularySize: number,
  settings: FilterSettings,
): WhatIf | null {
  const top = rankedTop(judgement, chosenId);
  if (top.length === 0) return null;
  const size = vocabularySize === 0 ? Infinity : vocabularySize;
  const below = top.some(({ id }) => id === chosenId) ? null : { id: chosenId, probability: judgement.probability };
  const filtered = filterAlternatives(top, size, settings, below);
  let sum = 0;
  const rows = top.map(({ id, probability }, place): WhatIfRow => {
    sum += probability;
    const verdict = filtered.verdicts[place]!;
    const cumulative = Math.min(1, sum);
    const known = { id, rank: place + 1, p: probability, cumulative, chosen: id === chosenId };
    return { ...known, after: verdict.probability, cut: verdict.rule };
  });
  const { outside } = filtered;
  const chosenBelow = filtered.below && {
    id: chosenId,
    rank: judgement.rank,
    p: judgement.probability,
    cumulative: null,
    after: filtered.below.probability,
    cut: filtered.below.rule,
    chosen: true,
  };
  const beside = filtered.below?.probability ?? point(0);
  const p = Math.max(0, 1 - sum - (chosenBelow?.p ?? 0));
  const chosen = rows.findIndex((row) => row.chosen);
  const before = rows.slice(0, Math.max(0, chosen)).reduce((total, row) => total + row.after.high, 0);
  return {
    rows,
    chosenBelow,
    rest: {
      count: size === Infinity ? null : Math.max(0, size - rows.length - (chosenBelow ? 1 : 0)),
      p,
      after: { low: Math.max(0, outside.low - beside.high), high: Math.max(0, outside.high - beside.low) },
      cut: filtered.outsideRule,
    },
    keptMass: filtered.keptMass,
    keptCount: outside.high === 0 && filtered.exact ? rows.filter((row) => row.after.high > 0).length : null,
    cuts: countCuts((rule) => rows.filter((row) => row.cut === rule).length),
    counted: rows.length,
    chosenSpan: filtered.exact && chosen >= 0 ? [before, before + rows[chosen]!.after.high] : null,
    unknown: filtered.unknown,
  };
}

function point(value: number): Range {
  return { low: value, high: value };
}

function countCuts(count: (rule: FilterRule) => number): WhatIf['cuts'] {
  return Object.fromEntries(FILTER_RULES.map((rule) => [rule, count(rule)])) as Record<FilterRule, number>;
}

function restOf(
  position: PositionDistribution,
  filtered: FilteredDistribution,
  listed: readonly number[],
): WholeWhatIf['rest'] {
  const inRows = new Set(listed);
  let p = 1;
  let after = 1;
  for (const id of inRows) {
    p -= position.probabilities[id]!;
    after -= filtered.probabilities[id]!;
  }
  const codes = new Set<number>();
  for (let id = 0; id < filtered.cut.length; id++) if (!inRows.has(id)) codes.add(filtered.cut[id]!);
  const count = position.logits.length - inRows.size;
  const kept = codes.has(0) || codes.size === 0;
  const [code = 0] = codes;
  return {
    count,
    p: Math.max(0, p),
    after: point(kept ? Math.max(0, after) : 0),
    cut: kept ? null : codes.size === 1 ? (FILTER_RULES[code - 1] ?? 'several') : 'several',
  };
}

/** Where the chosen token lies in the kept mass, most probable first, equals in order of id. */
function spanOf(logits: Float32Array, chosenId: number, filtered: FilteredDistribution): [number, number] {
  const own = logits[chosenId]!;
  let before = 0;
  for (let id = 0; id < logits.length; id++) {
    if (logits[id]! > own || (logits[id] === own && id < chosenId)) before += filtered.probabilities[id]!;
  }
  return [before, before + filtered.probabilities[chosenId]!];
}
