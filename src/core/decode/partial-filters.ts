import type { Alternative } from '../trace/record';
import { checkFilterSettings, type FilterRule, type FilterSettings } from './filters';

/** A range that holds the true number; a point where it is known. */
export interface Range {
  readonly low: number;
  readonly high: number;
}

/** What filters do to one alternative, as far as the alternatives tell. */
export interface PartialVerdict {
  readonly id: number;
  /** Whether the token is kept; null where that depends on tokens outside. */
  readonly kept: boolean | null;
  /** The rule that cut it first; null where it is kept or that is not known. */
  readonly rule: FilterRule | null;
  /** p′ after temperature and filters. */
  readonly probability: Range;
}

export interface PartialFiltering {
  /** In the order of the alternatives. */
  readonly verdicts: readonly PartialVerdict[];
  /** Mass of the kept tokens before any cut and after temperature, tokens outside the alternatives included. */
  readonly keptMass: Range;
  /** p′ of all tokens outside the alternatives together. */
  readonly outside: Range;
  /** The rule that cut all of them; null where some may stay, or more than one rule may have cut them. */
  readonly outsideRule: FilterRule | null;
  /** The token below the alternatives whose probability is known too, where one was given. */
  readonly below: PartialVerdict | null;
  /** Whether every verdict is certain and every range a point. */
  readonly exact: boolean;
  /** What the alternatives cannot tell, in one sentence; null where `exact`. */
  readonly unknown: string | null;
}

/** A range whose ends differ by less than rounding is a point. */
const ROUNDING = 1e-9;

/**
 * The filters of {@link import('./filters').filterLogits} on the most probable tokens alone, for a saved trace without
 * logits and for what a server tells. Of the tokens outside only their number, their mass (what the alternatives leave of 1) and that none is more
 * probable than the last alternative is known, so the answer is a range:
 * - temperature other than 1 reshapes the mass outside; its bounds are those of all that mass in as few tokens as can be
 *   and of equal shares (Jensen's inequality on x^(1/T));
 * - top-k within the alternatives, a nucleus within them, and a min-p threshold above the last of them cut everything
 *   outside, and make p′ exact again;
 * - otherwise some tokens outside stay, and p′ depends on how many.
 *
 * @param alternatives best first and without a gap, probabilities of temperature 1 without filters; at least one.
 * @param vocabularySize tokens in all; Infinity where it is not known: a temperature above 1 then has no upper bound.
 * @param below a token outside whose probability is known nevertheless: at most that of the last alternative.
 * @throws CoreError `sampling-invalid`.
 */
export function filterAlternatives(
  alternatives: readonly Pick<Alternative, 'id' | 'probability'>[],
  vocabularySize: number,
  settings: FilterSettings,
  below: Pick<Alternative, 'id' | 'probability'> | null = null,
): PartialFiltering {
  checkFilterSettings(settings);
  const count = alternatives.length;
  const others = Math.max(0, vocabularySize - count);
  const first = alternatives[0]?.probability ?? 0;
  if (settings.temperature === 0) return greedy(alternatives, first, below);

  // Weights relative to the first token, so that nothing under- or overflows: w = (p / p1)^(1/T).
  const power = 1 / settings.temperature;
  const weights = alternatives.map(({ probability }) => (probability / first) ** power);
  const last = weights[count - 1] ?? 0;
  const listed = sum(weights);
  const own = below === null ? 0 : (below.probability / first) ** power;
  const whole = outsideWeight(alternatives, below?.probability ?? 0, others - (below ? 1 : 0), power, first, own);

  // What stays: certainly the first `sure` alternatives, possibly up to `possible`; of the outside a range of weight.
  let sure = count;
  let possible = count;
  let outside = whole;
  let outsideRule: FilterRule | null = null;
  let thinned = false;
  const cutOutside = (rule: FilterRule): void => {
    if (outside.high > 0 && !thinned) outsideRule = rule;
    outside = { low: 0, high: 0 };
  };
  const rules = new Array<FilterRule | null>(count).fill(null);
  const cutFrom = (rule: FilterRule, from: number): void => {
    // A token that an earlier rule may have cut does not tell which was first.
    for (let i = from; i < Math.min(sure, possible); i++) rules[i] = rule;
    possible = Math.min(possible, from);
    sure = Math.min(sure, from);
  };

  const { topK, topP, minP } = settings;
  if (topK > 0 && topK < vocabularySize) {
    if (topK <= count) {
      const border = weights[topK - 1] as number;
      const kept = weights.filter((w) => w >= border).length;
      cutFrom('top-k', kept);
      // Tokens outside can tie with the k-th only where it is as improbable as the last alternative.
      if (border === last) outside = { low: 0, high: outside.high };
      else cutOutside('top-k');
    } else {
      // The best of the outside have at least their share of it; tokens that tie with the k-th may add all the rest.
      outside = { low: (outside.low * (topK - count)) / others, high: outside.high };
    }
    thinned ||= outside.high > 0;
  }
  if (topP < 1) {
    const kept = sum(weights.slice(0, possible));
    const [leastTarget, mostTarget] = [topP * (kept + outside.low), topP * (kept + outside.high)];
    const stays = (target: number): number => {
      let before = 0;
      let n = 0;
      while (n < possible && (n === 0 || before < target)) before += weights[n++] as number;
      return n;
    };
    const [fewest, most] = [stays(leastTarget), stays(mostTarget)];
    const needed = Math.max(0, leastTarget - kept);
    if (most < possible || kept >= mostTarget) cutOutside('top-p');
    else outside = { low: Math.min(needed, outside.high), high: outside.high };
    thinned ||= outside.high > 0;
    sure = Math.min(sure, fewest);
    for (let i = most; i < possible; i++) rules[i] = 'top-p';
    possible = Math.min(possible, most);
  }
  if (minP > 0) {
    const kept = weights.filter((w) => w >= minP).length;
    cutFrom('min-p', kept);
    if (last < minP) cutOutside('min-p');
    else outside = { low: 0, high: outside.high };
  }

  const surely = sum(weights.slice(0, sure));
  const possibly = sum(weights.slice(0, possible));
  const total: Range = { low: surely + outside.low, high: possibly + outside.high };
  const all: Range = { low: listed + whole.low, high: listed + whole.high };
  const verdicts = alternatives.map(({ id }, i): PartialVerdict => {
    const weight = weights[i] as number;
    if (i >= possible) return { id, kept: false, rule: rules[i] ?? null, probability: { low: 0, high: 0 } };
    const kept = i < sure ? true : null;
    // A token that may be cut is in the sum whenever it is kept.
    const least = i < sure ? total.low : total.low + sum(weights.slice(sure, i + 1));
    return { id, kept, rule: null, probability: range(kept ? weight / total.high : 0, weight / least) };
  });
  const untouched = (topK === 0 || topK >= vocabularySize) && topP === 1 && minP === 0;
  const keptMass = range(total.low / all.high, Math.min(1, total.high / all.low));
  const rest = range(part(outside.low, possibly), part(outside.high, surely));
  const exact = sure === possible && isPoint(total) && isPoint(outside) && isPoint(keptMass);
  return {
    verdicts,
    keptMass: untouched ? { low: 1, high: 1 } : keptMass,
    outside: rest,
    outsideRule,
    below: below && {
      id: below.id,
      ...(outside.high === 0 || own < minP
        ? { kept: false, rule: outsideRule ?? (thinned ? null : 'min-p'), probability: { low: 0, high: 0 } }
        : belowKept(own, total, surely, untouched || (topP === 1 && (topK === 0 || topK >= vocabularySize)))),
    },
    exact,
    unknown: exact ? null : explain(others, sure < possible),
  };
}

/** p′ of a token outside whose weight is known, and that no rule cuts for certain. */
function belowKept(weight: number, total: Range, surely: number, kept: boolean): Omit<PartialVerdict, 'id'> {
  // Where it is kept, it is in the sum.
  const most = weight / Math.max(total.low, surely + weight);
  return { kept: kept ? true : null, rule: null, probability: range(kept ? weight / total.high : 0, most) };
}

/** The share of a weight in itself and another; 1 of one without a bound. */
function part(weight: number, other: number): number {
  return weight === Infinity ? 1 : weight + other === 0 ? 0 : weight / (weight + other);
}

function greedy(
  alternatives: readonly Pick<Alternative, 'id' | 'probability'>[],
  first: number,
  below: Pick<Alternative, 'id'> | null,
): PartialFiltering {
  const verdicts = alternatives.map(({ id }, i): PartialVerdict =>
    i === 0
      ? { id, kept: true, rule: null, probability: { low: 1, high: 1 } }
      : { id, kept: false, rule: 'greedy', probability: { low: 0, high: 0 } },
  );
  const keptMass = { low: first, high: first };
  const none = { low: 0, high: 0 };
  return {
    verdicts,
    keptMass,
    outside: none,
    outsideRule: 'greedy',
    below: below && { id: below.id, kept: false, rule: 'greedy', probability: none },
    exact: true,
    unknown: null,
  };
}

/**
 * Bounds of Σ (p/p1)^power over the tokens outside: one of weight `own` and probability `below`, and `others` that share the
 * mass the alternatives and it leave, none above the last alternative.
 */
function outsideWeight(
  alternatives: readonly Pick<Alternative, 'probability'>[],
  below: number,
  others: number,
  power: number,
  first: number,
  own: number,
): Range {
  const mass = Math.max(0, 1 - below - sum(alternatives.map(({ probability }) => probability)));
  const last = alternatives[alternatives.length - 1]?.probability ?? 0;
  if (others <= 0 || mass === 0 || last === 0) return { low: own, high: own };
  const equal = others === Infinity ? equalLimit(mass / first, power) : others * (mass / others / first) ** power;
  // As few tokens as can hold the mass, each as probable as the last alternative.
  const packed = (mass / last) * (last / first) ** power;
  return range(own + Math.min(equal, packed), own + Math.max(equal, packed));
}

/** n (weight / n)^power as n grows without end. */
function equalLimit(weight: number, power: number): number {
  return power === 1 ? weight : power > 1 ? 0 : Infinity;
}

function explain(others: number, verdictsOpen: boolean): string {
  const what = verdictsOpen ? 'which of these tokens stay and how the rest is shared' : 'how many of them stay';
  const which = others === Infinity ? 'tokens' : others === 1 ? 'token' : `${others} tokens`;
  return `The other ${which} are known by their mass alone, so ${what} is not known: probabilities are given as ranges.`;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function range(low: number, high: number): Range {
  return { low: Math.min(low, high), high: Math.max(low, high) };
}

function isPoint({ low, high }: Range): boolean {
  return high < Infinity && high - low <= ROUNDING * Math.max(1, high);
}
