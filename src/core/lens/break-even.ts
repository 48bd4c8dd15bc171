import { bestDraftLength, expectedTokens, predictedSpeedUp, type PassCosts } from '../decode/speculation/break-even';
import type { PassRow } from './passes';
import { median, type PlainTime } from './plain-time';

/** Passes of the target over so many tokens. */
export interface VerifyTime {
  /** Tokens fed. */
  readonly tokens: number;
  /** Median wall time. */
  readonly milliseconds: number;
  /** How many passes that is the median of. */
  readonly passes: number;
}

/** What the passes of a run took. */
export interface RunCosts {
  /** t(n): one entry for each number of tokens that a pass was fed, rising. */
  readonly verify: readonly VerifyTime[];
  /** Median wall time of drafting one token; null where nothing was drafted. */
  readonly draft: number | null;
  /** Passes that verified a draft: how many, the tokens they brought, and what drafting and verifying took in all. */
  readonly drafted: { readonly passes: number; readonly tokens: number; readonly milliseconds: number };
}

/** A draft length and what it would bring. */
export interface DraftLengthCost {
  readonly gamma: number;
  /** Tokens that a pass brings, by the acceptance of the run. */
  readonly tokens: number;
  /** t(γ + 1). */
  readonly milliseconds: number;
  /** Passes that it was measured in; 0: on the line between the two sizes beside it that were measured. */
  readonly passes: number;
  /** Against t(1); null where that is not known. */
  readonly speedUp: number | null;
}

export interface BreakEven {
  /** Milliseconds for one drafted token; 0 where drafting took none that could be measured. */
  readonly draft: number;
  readonly plain: PlainTime | null;
  /** Draft lengths whose t(γ + 1) is known, rising. */
  readonly lengths: readonly DraftLengthCost[];
  /** The entry of the length that the run drafted most often with. */
  readonly usual: DraftLengthCost;
  /** The draft length with the largest predicted speed-up, 0 where none is above 1; null without t(1). */
  readonly best: number | null;
  /** Milliseconds a token, over the passes that verified a draft: plain decoding that is slower loses to it. */
  readonly perToken: number;
  /** t(1) over `perToken`; null without t(1). */
  readonly measured: number | null;
}

/** Most draft lengths that are looked at. */
const MOST = 64;

/** The median of fewer passes is no measure: one of them may have waited for something else. */
export const LEAST_PASSES = 3;

/** Sums up the wall times of a run's passes, those of the prompt left out. */
export function runCosts(rows: readonly PassRow[]): RunCosts {
  const bySize = new Map<number, number[]>();
  const drafting: number[] = [];
  let [passes, tokens, milliseconds] = [0, 0, 0];
  for (const { pass, start, end } of rows) {
    const times = bySize.get(pass.fed);
    if (times) times.push(pass.milliseconds);
    else bySize.set(pass.fed, [pass.milliseconds]);
    if (!pass.speculation) continue;
    const draftMilliseconds = pass.draftMilliseconds ?? 0;
    drafting.push(draftMilliseconds / pass.speculation.drafted.length);
    passes++;
    tokens += end - start;
    milliseconds += pass.milliseconds + draftMilliseconds;
  }
  const verify = [...bySize]
    .map(([size, times]) => ({ tokens: size, milliseconds: median(times), passes: times.length }))
    .sort((a, b) => a.tokens - b.tokens);
  return {
    verify,
    draft: drafting.length === 0 ? null : median(drafting),
    drafted: { passes, tokens, milliseconds },
  };
}

/** t(1) as the run itself has it: the passes that were fed one token; null where fewer than `least` were. */
export function plainTime({ verify }: RunCosts, least = 1): PlainTime | null {
  const [first] = verify;
  if (first?.tokens !== 1 || first.passes < least) return null;
  return { milliseconds: first.milliseconds, passes: first.passes };
}

/**
 * What drafting cost, what it brought, and what other draft lengths would bring: the formulas of
 * `decode/speculation/break-even.ts` with what was measured in place of the paper's constants. Sizes that fewer than
 * {@link LEAST_PASSES} passes had are left out, unless there are no others. Sizes between two that were measured stand on
 * the line between them; beyond the largest nothing is said.
 *
 * @param acceptance the chance that a drafted token is accepted: α, or for a lossy rule accepted over tested.
 * @param plain t(1) of this run or of another of the same model; null where it is not known.
 * @returns null where no pass verified a draft, or none took any time.
 */
export function breakEven(costs: RunCosts, acceptance: number, plain: PlainTime | null): BreakEven | null {
  const { drafted, verify } = costs;
  if (drafted.tokens === 0 || drafted.milliseconds <= 0 || costs.draft === null) return null;
  const draft = costs.draft;
  const drafts = verify.filter(({ tokens }) => tokens > 1);
  const often = drafts.filter(({ passes }) => passes >= LEAST_PASSES);
  const sizes = often.length > 0 ? often : drafts;
  const known = plain ? [{ tokens: 1, ...plain }, ...sizes] : sizes;
  const verifyTime = (size: number): number | null => interpolate(known, size);
  const largest = Math.min(MOST, (known.at(-1)?.tokens ?? 0) - 1);
  const lengths: DraftLengthCost[] = [];
  for (let gamma = 1; gamma <= largest; gamma++) {
    const milliseconds = verifyTime(gamma + 1);
    if (milliseconds === null) continue;
    const passCosts: PassCosts = { draft, plain: plain?.milliseconds ?? 0, verify: () => milliseconds };
    lengths.push({
      gamma,
      tokens: expectedTokens(acceptance, gamma),
      milliseconds,
      passes: known.find(({ tokens }) => tokens === gamma + 1)?.passes ?? 0,
      speedUp: plain && predictedSpeedUp(acceptance, gamma, passCosts),
    });
  }
  const most = sizes.reduce((a, b) => (b.passes >= a.passes ? b : a), NO_TIME);
  const usual = lengths.find(({ gamma }) => gamma === most.tokens - 1) ?? lengths.at(-1);
  if (!usual) return null;
  const perToken = drafted.milliseconds / drafted.tokens;
  const costsOfAll = plain && {
    draft,
    plain: plain.milliseconds,
    verify: (size: number) => verifyTime(size) ?? Infinity,
  };
  return {
    draft,
    plain,
    lengths,
    usual,
    best: costsOfAll && bestDraftLength(acceptance, costsOfAll, largest),
    perToken,
    measured: plain && plain.milliseconds / perToken,
  };
}

const NO_TIME: VerifyTime = { tokens: 0, milliseconds: 0, passes: 0 };

/** The time at a size: as measured, or on the line between its neighbours; null outside of what was measured. */
function interpolate(times: readonly VerifyTime[], size: number): number | null {
  const after = times.find(({ tokens }) => tokens >= size);
  if (!after) return null;
  if (after.tokens === size) return after.milliseconds;
  const before = times.findLast(({ tokens }) => tokens < size);
  if (!before) return null;
  const part = (size - before.tokens) / (after.tokens - before.tokens);
  return before.milliseconds + part * (after.milliseconds - before.milliseconds);
}
