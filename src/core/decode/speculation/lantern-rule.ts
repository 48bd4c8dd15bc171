import { totalVariation } from '../../numeric/distance';
import { softmax } from '../../numeric/softmax';
import type { ResidualStep } from '../decoder';
import type { Neighbours } from './neighbours';
import {
  acceptanceProbability,
  normalize,
  probabilityOf,
  residualOf,
  type AcceptanceRule,
  type DraftDistribution,
  type Position,
  type Ruling,
} from './rule';

/** How much probability a token may borrow from its neighbours. */
export type LanternBudget =
  /** LANTERN: at most δ. */
  | { readonly delta: number }
  /** LANTERN++: at most (λ − 1) p(x). */
  | { readonly lambda: number };

/** Where the closed form of one position takes more, it is left out: tokens that may be drafted times neighbours, */
const MOST_STEPS = 4e6;
/** and multiplications to find the neighbours of all of them, which happens once: about two seconds. */
const MOST_SEARCH = 1e9;

/**
 * Relaxed acceptance over neighbours in the token embeddings: LANTERN (arXiv 2410.03355) and LANTERN++ (arXiv 2502.06352),
 * as their code has it (jadohu/LANTERN `models/ea_model_llamagen.py`). Of the k nearest tokens of x, in order, the longest
 * prefix A with Σ p(A) within the budget lends its probability: x is accepted with min(1, (p(x) + Σ p(A)) / q(x)). After a
 * rejection, where A is not empty, the draft's probability of the k + 1 nearest counts as 0 in norm(max(0, p − q)); a token
 * drafted for certain is replaced from p without it and them. At temperature 0 p is that of temperature 1, and x is
 * accepted where p(x) + Σ p(A) is the largest.
 *
 * Lossy. δ bounds what a candidate borrows, not how far the output is from p: see `outputTv`.
 */
export class LanternRule implements AcceptanceRule {
  /** @param neighbours of which k + 1 are asked. */
  constructor(
    private readonly neighbours: Neighbours,
    private readonly k: number,
    private readonly budget: LanternBudget,
  ) {}

  judge(position: Position, id: number, q: DraftDistribution): Ruling {
    if (position.greedy) return this.judgeGreedily(position, id);
    const own = position.p[id] as number;
    const borrowed = this.borrow(position.p, id);
    return { p: own, ratio: (own + borrowed) / probabilityOf(q, id), decided: null, borrowed };
  }

  residual({ p, greedy }: Position, id: number, q: DraftDistribution): ResidualStep {
    return greedy ? residualOf(p, id, q) : this.residualOf(p, id, q);
  }

  outputTv(position: Position, id: number, q: DraftDistribution): number | null {
    const { p } = position;
    // At temperature 0 what is said is certain: the token itself where it is accepted, else the target's.
    if (position.greedy) return this.judgeGreedily(position, id).decided ? 1 - (p[id] as number) : 0;
    const emitted = this.emitted(p, id, q);
    return emitted && totalVariation(emitted, p);
  }

  /**
   * [vocabulary] distribution of the token that stands at a position in the end; null where it takes too long. Residuals
   * differ from max(0, p − q) at the neighbours of the rejected token only, so each is that, scaled, and a correction.
   */
  emitted(p: Float64Array, id: number, q: DraftDistribution): Float64Array | null {
    const out = new Float64Array(p.length);
    if (q === null) {
      const accepted = Math.min(1, (p[id] as number) + this.borrow(p, id));
      out[id] = accepted;
      addScaled(out, this.residualOf(p, id, q).probabilities, 1 - accepted);
      return out;
    }
    const drafted = idsAbove0(q);
    if (drafted.length * Math.min(this.k + 1, p.length) > MOST_STEPS) return null;
    if (drafted.length * this.neighbours.cost > MOST_SEARCH) return null;
    const plain = p.map((own, y) => Math.max(0, own - (q[y] as number)));
    const plainMass = plain.reduce((sum, value) => sum + value, 0);
    let plainShare = 0;
    let ownShare = 0;
    for (const x of drafted) {
      const weight = q[x] as number;
      const borrowed = this.borrow(p, x);
      const accepted = acceptanceProbability((p[x] as number) + borrowed, weight);
      out[x] = (out[x] as number) + weight * accepted;
      const rejected = weight * (1 - accepted);
      if (rejected === 0) continue;
      const lent = borrowed > 0 ? this.neighbours.of(x).subarray(0, this.k + 1) : [];
      const correction = (y: number): number => (p[y] as number) - (plain[y] as number);
      let mass = plainMass;
      for (const y of lent) mass += correction(y);
      if (mass <= 0) {
        ownShare += rejected;
        continue;
      }
      plainShare += rejected / mass;
      for (const y of lent) out[y] = (out[y] as number) + (rejected / mass) * correction(y);
    }
    addScaled(out, plain, plainShare);
    addScaled(out, p, ownShare);
    return out;
  }

  private judgeGreedily({ row, p: oneHot }: Position, id: number): Ruling {
    const p = softmax(row);
    const borrowed = this.borrow(p, id);
    const own = p[id] as number;
    const largest = p[oneHot.indexOf(1)] as number;
    // Without anything borrowed the tie between equals stays the target's.
    const decided = oneHot[id] === 1 || (borrowed > 0 && own + borrowed >= largest);
    return { p: own, ratio: (own + borrowed) / largest, decided, borrowed };
  }

  private residualOf(p: Float64Array, id: number, q: DraftDistribution): ResidualStep {
    if (this.borrow(p, id) === 0) return residualOf(p, id, q);
    const nearest = this.neighbours.of(id).subarray(0, this.k + 1);
    if (q === null) {
      const left = Float64Array.from(p);
      left[id] = 0;
      for (const neighbour of nearest) left[neighbour] = 0;
      const { mass, probabilities } = normalize(left, p);
      // Neighbours may be all that the filters kept.
      return mass > 0 ? { mass, probabilities } : residualOf(p, id, null);
    }
    const lowered = Float64Array.from(q);
    for (const neighbour of nearest) lowered[neighbour] = 0;
    return residualOf(p, id, lowered);
  }

  /** Σ p over the longest prefix of the k nearest tokens that stays within the budget. */
  private borrow(p: Float64Array, id: number): number {
    const most = 'delta' in this.budget ? this.budget.delta : (this.budget.lambda - 1) * (p[id] as number);
    let sum = 0;
    for (const neighbour of this.neighbours.of(id).subarray(0, this.k)) {
      const next = sum + (p[neighbour] as number);
      if (next > most) break;
      sum = next;
    }
    return sum;
  }
}

function idsAbove0(q: Float64Array): number[] {
  const ids: number[] = [];
  for (let id = 0; id < q.length; id++) if ((q[id] as number) > 0) ids.push(id);
  return ids;
}

function addScaled(out: Float64Array, values: Float64Array, factor: number): void {
  if (factor === 0) return;
  for (let i = 0; i < out.length; i++) out[i] = (out[i] as number) + factor * (values[i] as number);
}
