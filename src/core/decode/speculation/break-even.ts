/**
 * What speculation can bring, where each drafted token is accepted with probability α whatever came before
 * (Leviathan et al. 2023, arXiv 2211.17192, section 3).
 */

/** Tokens that a pass with a draft of γ brings, the replacement or bonus included: 1 + α + … + α^γ. */
export function expectedTokens(alpha: number, gamma: number): number {
  let sum = 1;
  for (let k = 1, power = alpha; k <= gamma; k++, power *= alpha) sum += power;
  return sum;
}

/**
 * Share of the drafted tokens that is accepted: (α − α^(γ+1)) / ((1 − α) γ). Smaller than α, because the tokens after a
 * rejection are drafted in vain.
 */
export function expectedAcceptanceRate(alpha: number, gamma: number): number {
  return (expectedTokens(alpha, gamma) - 1) / gamma;
}

/** Milliseconds that were measured, or any other unit. */
export interface PassCosts {
  /** A pass of the draft model: one drafted token. */
  readonly draft: number;
  /** A pass of the target over one token. */
  readonly plain: number;
  /** A pass of the target over `tokens` tokens. On a CPU it is not free to verify more. */
  readonly verify: (tokens: number) => number;
}

/** Costs relative to a pass of the target, where verifying costs as much as one token: c of the paper. */
export function paperCosts(c: number): PassCosts {
  return { draft: c, plain: 1, verify: () => 1 };
}

/** How many times faster than one token a pass: E[tokens] t(1) / (γ d + t(γ + 1)); below 1 speculation loses. */
export function predictedSpeedUp(alpha: number, gamma: number, { draft, plain, verify }: PassCosts): number {
  return (expectedTokens(alpha, gamma) * plain) / (gamma * draft + verify(gamma + 1));
}

/** The draft length with the largest predicted speed-up, from 0 (no draft) to `most`; the shortest among equals. */
export function bestDraftLength(alpha: number, costs: PassCosts, most: number): number {
  let best = 0;
  let largest = 1;
  for (let gamma = 1; gamma <= most; gamma++) {
    const speedUp = predictedSpeedUp(alpha, gamma, costs);
    if (speedUp > largest) [best, largest] = [gamma, speedUp];
  }
  return best;
}
