import { Random } from '../../numeric/random';
import { argmax } from '../../numeric/softmax';
import type { Sampling } from '../sampling';
import type { DecodeRequest, DraftedStep, SpeculationStep } from '../decoder';
import { draw } from '../filters';
import type { Judge } from './judge';
import { residualOf } from './rule';
import { processed, unread, type Draft } from './verify';

/** The draw of each place after the prompt: the one that sampling one token after another makes there with this seed. */
export class PlaceDraws {
  private readonly draws: number[] = [];
  private readonly random: Random;

  constructor(
    private readonly promptLength: number,
    seed: number,
  ) {
    this.random = Random.fromSeed(seed);
  }

  /** Uniform in [0, 1). @param place index in the sequence, of the prompt's length or more. */
  at(place: number): number {
    const index = place - this.promptLength;
    while (this.draws.length <= index) this.draws.push(this.random.uniform());
    return this.draws[index] as number;
  }
}

/** What the target says at a place: the most probable token at temperature 0, else the one that the place's draw falls on. */
export function saidAt(row: Float32Array, place: number, draws: PlaceDraws, sampling: Sampling): number {
  return sampling.temperature === 0 ? argmax(row).id : draw(processed(row, sampling), draws.at(place));
}

/**
 * Accepts a token where the target, asked at its place, says the same. With the draw of every place fixed beforehand a
 * token is a function of those before it, so what is emitted is what autoregressive decoding emits, draw for draw.
 *
 * Told as a rule: a certain draft (q = 1) is accepted where r < p(x), r being the place's draw counted from where the share
 * of x begins (modulo 1), and is replaced by the token on which that draw falls, which lies in p without x.
 */
export function judgeByMatch(draws: PlaceDraws, { sampling, endIds }: DecodeRequest): Judge {
  const greedy = sampling.temperature === 0;
  const choose = (row: Float32Array, place: number): number => saidAt(row, place, draws, sampling);

  const verify = ({ start, drafted, row }: Draft): SpeculationStep => {
    const records: DraftedStep[] = [];
    for (const [i, { id, source }] of drafted.entries()) {
      const p = processed(row(i), sampling);
      const said = greedy ? p.indexOf(1) : draw(p, draws.at(start + i));
      const own = p[id] as number;
      records.push({
        id,
        source,
        q: 1,
        p: own,
        ratio: own,
        r: greedy ? null : drawWithin(p, id, draws.at(start + i)),
        verdict: said === id ? 'accepted' : 'rejected',
        tv: 1 - own,
      });
      if (said === id) continue;
      for (const rest of drafted.slice(i + 1)) records.push(unread(rest));
      const residual = residualOf(p, id, null);
      return { start, drafted: records, accepted: i, residual, next: { id: said, origin: 'replacement' } };
    }
    const accepted = drafted.length;
    const last = drafted.at(-1);
    const ended = last !== undefined && endIds.includes(last.id);
    const next = ended ? null : { id: choose(row(accepted), start + accepted), origin: 'bonus' as const };
    return { start, drafted: records, accepted, residual: null, next };
  };
  return { choose, verify };
}

/** A draw counted from where the share of `id` begins in the cumulative distribution, modulo 1. */
function drawWithin(p: Float64Array, id: number, u: number): number {
  let before = 0;
  for (let i = 0; i < id; i++) before += p[i] as number;
  const r = u - before;
  return r >= 0 ? r : Math.min(r + 1, 1 - Number.EPSILON / 2);
}
