import { CoreError } from '../errors';
import { argmax, softmax } from '../numeric/softmax';
import { topK as selectTop } from '../numeric/ranking';
import type { Sampling } from './sampling';

/**
 * The rules that cut a token, in the order in which they are asked; a token is cut by the first that does not want it.
 * `greedy` is temperature 0: it keeps the most probable token (the lowest id among equals) and asks no other rule.
 */
export const FILTER_RULES = ['greedy', 'top-k', 'top-p', 'min-p'] as const;
export type FilterRule = (typeof FILTER_RULES)[number];

/** Everything of {@link Sampling} but the seed. */
export type FilterSettings = Omit<Sampling, 'seed'>;

/** A next-token distribution after temperature and filters: what a decoder draws from. */
export interface FilteredDistribution {
  /** [vocabulary] p′: sums to 1 within rounding, exactly 0 where cut. */
  readonly probabilities: Float64Array;
  /** [vocabulary] 0 = kept, else 1 + index in FILTER_RULES of the rule that cut it first. */
  readonly cut: Uint8Array;
  /** Number of tokens kept, at least 1. */
  readonly keptCount: number;
  /**
   * Mass of the kept tokens in the distribution after temperature and before any cut, in (0, 1]: p′ is that
   * distribution divided by it. At temperature 0, where there is no such distribution, the mass at temperature 1.
   */
  readonly keptMass: number;
  /** What each rule that was on cut, in the order of FILTER_RULES. */
  readonly cuts: readonly RuleCut[];
}

/** Tokens that a rule cut, and their mass in the distribution that keptMass is of. */
export interface RuleCut {
  readonly rule: FilterRule;
  readonly count: number;
  readonly mass: number;
}

/** The rule that cut a token first, or null where it was kept. */
export function ruleThatCut(distribution: Pick<FilteredDistribution, 'cut'>, id: number): FilterRule | null {
  const code = distribution.cut[id] ?? 0;
  return code === 0 ? null : (FILTER_RULES[code - 1] as FilterRule);
}

/**
 * @throws CoreError `sampling-invalid` where a setting is outside its range: temperature ≥ 0, topK a whole number ≥ 0,
 *         topP and minP in [0, 1].
 */
export function checkFilterSettings({ temperature, topK, topP, minP }: FilterSettings): void {
  const fail = (message: string): never => {
    throw new CoreError('sampling-invalid', message);
  };
  if (!(temperature >= 0 && temperature < Infinity)) fail(`Temperature must be 0 or more, not ${temperature}.`);
  if (!Number.isSafeInteger(topK) || topK < 0) fail(`Top-k must be a whole number, 0 or more, not ${topK}.`);
  if (!(topP >= 0 && topP <= 1)) fail(`Top-p must lie between 0 and 1, not ${topP}.`);
  if (!(minP >= 0 && minP <= 1)) fail(`Min-p must lie between 0 and 1, not ${minP}.`);
}

/**
 * Temperature, top-k, top-p and min-p as Hugging Face's generation applies them (transformers
 * `generation/logits_process.py`), in that order, each on the renormalised distribution that the one before left:
 * - temperature divides the logits;
 * - top-k keeps every token whose logit is at least the k-th largest, so ties at the border all stay;
 * - top-p keeps a token where the mass of the tokens before it is below p, tokens ordered by probability and then by id
 *   (Hugging Face's order of equals is that of an unstable sort), so at least one stays;
 * - min-p keeps a token with at least minP times the largest probability.
 *
 * @param row [vocabulary] raw logits; −∞ is a token that cannot be, and is drawn by no setting.
 * @throws CoreError `logits-invalid`, `sampling-invalid`.
 */
export function filterLogits(row: Float32Array, settings: FilterSettings): FilteredDistribution {
  checkFilterSettings(settings);
  const best = argmax(row);
  const vocabulary = row.length;
  const cut = new Uint8Array(vocabulary);
  if (settings.temperature === 0) {
    const probabilities = new Float64Array(vocabulary);
    const mass = softmax(row)[best.id] as number;
    probabilities[best.id] = 1;
    cut.fill(codeOf('greedy'));
    cut[best.id] = 0;
    const cuts: RuleCut[] = [{ rule: 'greedy', count: vocabulary - 1, mass: 1 - mass }];
    return { probabilities, cut, keptCount: 1, keptMass: mass, cuts };
  }

  const p = softmax(row, settings.temperature, best);
  const cuts: RuleCut[] = [];
  // Ids still in, or null for the whole vocabulary; mass and count of them.
  let ids: Uint32Array | null = null;
  let mass = 1;
  const keepOnly = (rule: FilterRule, kept: Uint32Array): void => {
    const keptMass = massOf(p, kept);
    const code = codeOf(rule);
    if (ids === null) cut.fill(code);
    else for (const id of ids) cut[id] = code;
    for (const id of kept) cut[id] = 0;
    cuts.push({ rule, count: (ids?.length ?? vocabulary) - kept.length, mass: Math.max(0, mass - keptMass) });
    ids = kept;
    mass = keptMass;
  };

  if (settings.topK > 0 && settings.topK < vocabulary) {
    keepOnly('top-k', withTies(row, selectTop(row, settings.topK)));
  }
  if (settings.topP < 1) keepOnly('top-p', nucleus(row, p, ids, settings.topP * mass));
  if (settings.minP > 0) {
    // The most probable token is never cut before, and the shared factor of renormalisation drops out.
    const least = settings.minP * (p[best.id] as number);
    keepOnly('min-p', atLeast(p, ids, least));
  }

  if (ids === null) return { probabilities: p, cut, keptCount: vocabulary, keptMass: 1, cuts };
  const kept: Uint32Array = ids;
  const probabilities = new Float64Array(vocabulary);
  for (const id of kept) probabilities[id] = (p[id] as number) / mass;
  return { probabilities, cut, keptCount: kept.length, keptMass: mass, cuts };
}

/**
 * A token drawn from a distribution by inversion of its cumulative sum in order of id.
 * @param u uniform in [0, 1).
 */
export function draw(probabilities: Float64Array, u: number): number {
  let cumulative = 0;
  let last = 0;
  for (let id = 0; id < probabilities.length; id++) {
    const p = probabilities[id] as number;
    if (p === 0) continue;
    cumulative += p;
    last = id;
    if (u < cumulative) return id;
  }
  // Rounding can leave the sum a little below 1: the draw then falls to the last token that can be drawn.
  return last;
}

function codeOf(rule: FilterRule): number {
  return FILTER_RULES.indexOf(rule) + 1;
}

function massOf(p: Float64Array, ids: Uint32Array): number {
  let sum = 0;
  for (const id of ids) sum += p[id] as number;
  return sum;
}

/** The selected ids and every other one that ties with the last of them. */
function withTies(row: Float32Array, selected: Uint32Array): Uint32Array {
  const border = row[selected[selected.length - 1] as number] as number;
  let count = 0;
  for (let id = 0; id < row.length; id++) if ((row[id] as number) >= border) count++;
  return count === selected.length ? selected : selectTop(row, count);
}

/** Of `ids` (null = all), best first, those before whose mass reaches `target`; at least one. */
function nucleus(row: Float32Array, p: Float64Array, ids: Uint32Array | null, target: number): Uint32Array {
  // Ordered by logit, which tells apart what rounds to one probability. Ids that are given are sorted already.
  for (let size = Math.min(256, row.length); ; size = Math.min(size * 16, row.length)) {
    // The nucleus is mostly small: a short head is selected first, a longer one only where it does not suffice.
    const order = ids ?? selectTop(row, size);
    let mass = 0;
    let count = 0;
    while (count < order.length && (count === 0 || mass < target)) mass += p[order[count++] as number] as number;
    if (ids !== null || count < order.length || size === row.length || mass >= target) return order.subarray(0, count);
  }
}

/** Of `ids` (null = all), those with at least the probability `least`. */
function atLeast(p: Float64Array, ids: Uint32Array | null, least: number): Uint32Array {
  if (ids !== null) return ids.filter((id) => (p[id] as number) >= least);
  const kept: number[] = [];
  for (let id = 0; id < p.length; id++) if ((p[id] as number) >= least) kept.push(id);
  return Uint32Array.from(kept);
}
