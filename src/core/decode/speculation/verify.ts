import type { Random } from '../../numeric/random';
import { argmax } from '../../numeric/softmax';
import type { Sampling } from '../sampling';
import type { DraftSource } from '../drafted';
import { chooseToken } from '../autoregressive';
import type { DraftedStep, SpeculationStep } from '../decoder';
import { draw, filterLogits } from '../filters';
import { draftDistance, probabilityOf, type AcceptanceRule, type DraftDistribution } from './rule';

/** A token that a drafter proposes. */
export interface Proposal {
  readonly id: number;
  readonly q: DraftDistribution;
  readonly source: DraftSource;
}

/** A draft, and what one pass of the target says of it. */
export interface Draft {
  /** Place in the sequence of the first drafted token. */
  readonly start: number;
  readonly drafted: readonly Proposal[];
  /** Row i: logits at the place of drafted token i; row `drafted.length`: of the token after all of them. */
  readonly row: (i: number) => Float32Array;
}

export interface VerifyRequest extends Draft {
  readonly sampling: Sampling;
  readonly rule: AcceptanceRule;
  readonly random: Random;
  readonly endIds: ReadonlySet<number>;
}

/**
 * Judges a draft against one pass of the target: tokens are accepted up to the first rejection, whose place is filled from
 * the residual; a draft that is accepted whole brings one more token, unless it ended the text. Tokens after the first
 * rejection are not read: what the target says there follows a token that is not in the sequence.
 * @throws CoreError `logits-invalid`.
 */
export function verifyDraft(request: VerifyRequest): SpeculationStep {
  const { start, drafted, row, sampling, rule, random, endIds } = request;
  const greedy = sampling.temperature === 0;
  const records: DraftedStep[] = [];
  for (const [i, { id, q, source }] of drafted.entries()) {
    const position = { p: processed(row(i), sampling), row: row(i), greedy };
    const { decided, ...ruling } = rule.judge(position, id, q);
    const r = decided === null ? random.uniform() : null;
    const isAccepted = r === null ? decided === true : r < ruling.ratio;
    records.push({
      id,
      source,
      q: probabilityOf(q, id),
      ...ruling,
      r,
      verdict: isAccepted ? 'accepted' : 'rejected',
      tv: draftDistance(position.p, id, q),
      ...(rule.outputTv ? { outputTv: rule.outputTv(position, id, q) } : {}),
    });
    if (isAccepted) continue;
    const residual = rule.residual(position, id, q);
    const replacement = greedy ? argmax(position.row).id : draw(residual.probabilities, random.uniform());
    for (const rest of drafted.slice(i + 1)) records.push(unread(rest));
    return { start, drafted: records, accepted: i, residual, next: { id: replacement, origin: 'replacement' } };
  }
  const accepted = drafted.length;
  const last = drafted.at(-1);
  const ended = last !== undefined && endIds.has(last.id);
  const next = ended ? null : { id: chooseToken(row(accepted), sampling, random), origin: 'bonus' as const };
  return { start, drafted: records, accepted, residual: null, next };
}

/**
 * The distribution that a decoder draws from: after temperature and filters, one-hot at temperature 0.
 * @throws CoreError `logits-invalid`.
 */
export function processed(row: Float32Array, sampling: Sampling): Float64Array {
  if (sampling.temperature > 0) return filterLogits(row, sampling).probabilities;
  const oneHot = new Float64Array(row.length);
  oneHot[argmax(row).id] = 1;
  return oneHot;
}

/** The record of a token after the first rejection. */
export function unread({ id, q, source }: Proposal): DraftedStep {
  return { id, source, q: probabilityOf(q, id), p: null, ratio: null, r: null, verdict: 'unread', tv: null };
}
