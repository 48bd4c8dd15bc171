import { totalVariation } from '../../numeric/distance';
import type { ResidualStep } from '../decoder';
import { exactRule, type AcceptanceRule, type DraftDistribution, type Position, type Ruling } from './rule';

/**
 * Typical acceptance (Medusa, arXiv 2401.10774; FasterDecoding/Medusa `medusa/model/utils.py`): a token is accepted where
 * p(x) > min(ε, δ exp(−H(p))), p at the run's temperature and filters. The place of a rejected token is filled from p, not
 * from a residual. At temperature 0: where it is the most probable. Lossy.
 */
export class TypicalRule implements AcceptanceRule {
  /** @param epsilon posterior_threshold. @param delta posterior_alpha. */
  constructor(
    private readonly epsilon: number,
    private readonly delta: number,
  ) {}

  judge(position: Position, id: number, q: DraftDistribution): Ruling {
    if (position.greedy) return exactRule.judge(position, id, q);
    const p = position.p[id] as number;
    const threshold = this.threshold(position.p);
    return { p, ratio: p / threshold, decided: p > threshold, threshold };
  }

  residual({ p }: Position): ResidualStep {
    return { mass: 1, probabilities: p };
  }

  outputTv({ p, greedy }: Position, id: number, q: DraftDistribution): number {
    return greedy ? 0 : totalVariation(this.emitted(p, id, q), p);
  }

  /** [vocabulary] distribution of the token that stands at a position in the end. */
  emitted(p: Float64Array, id: number, q: DraftDistribution): Float64Array {
    const threshold = this.threshold(p);
    const out = new Float64Array(p.length);
    let accepted = 0;
    const add = (x: number, weight: number): void => {
      if ((p[x] as number) <= threshold) return;
      out[x] = (out[x] as number) + weight;
      accepted += weight;
    };
    if (q === null) add(id, 1);
    else q.forEach((weight, x) => add(x, weight));
    const rest = Math.max(0, 1 - accepted);
    for (let y = 0; y < p.length; y++) out[y] = (out[y] as number) + rest * (p[y] as number);
    return out;
  }

  /** min(ε, δ exp(−H)), H = −Σ p ln(p + 1e−5) as the code has it. */
  threshold(p: Float64Array): number {
    let entropy = 0;
    for (const value of p) entropy -= value * Math.log(value + 1e-5);
    return Math.min(this.epsilon, this.delta * Math.exp(-entropy));
  }
}
