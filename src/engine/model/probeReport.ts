import type { ProbeAnswer, ProbeReport } from '../../protocol/models';
import type { AttentionKind, ProbePlan } from '../graph';

const ways: Record<AttentionKind, string> = {
  softmax: 'Softmax output',
  'onnx-attention': 'fourth output of Attention',
  'group-query': 'fourth output of GroupQueryAttention',
  'multi-head': 'scores of MultiHeadAttention, then Softmax',
  recompute: 'computed again from queries and keys',
  opaque: 'not readable',
};

/** What a file can be made to give, in words, with the reason where it cannot. */
export function probeReport(plan: ProbePlan, layers: number): ProbeReport {
  const kinds = [...new Set(plan.attention.map(({ kind }) => ways[kind]))].join('; ');
  return {
    attention: answer(plan, 'attention', kinds, plan.attention.length, layers),
    hidden: answer(plan, 'hidden', 'residual stream between the blocks', plan.hidden.length, layers + 1),
    logits: answer(plan, 'logits', 'output of the model', 1, 1),
  };
}

function answer(
  plan: ProbePlan,
  what: 'attention' | 'hidden' | 'logits',
  how: string,
  given: number,
  wanted: number,
): ProbeAnswer {
  const missing = plan.unavailable.filter((entry) => entry.what === what);
  const [first = '', ...more] = new Set(missing.map(({ reason }) => reason));
  const reasons = more.length === 0 ? first : `${first} The same holds of ${more.length} more.`;
  // Logits of the last position alone are enough: tokens are then fed one by one.
  if (what === 'logits') return { available: true, how: missing.length > 0 ? 'one token a pass' : how };
  if (given === 0) return { available: false, how: reasons || 'The model has no layers that could be recognised.' };
  return { available: true, how: given < wanted ? `${how} (${given} of ${wanted}: ${reasons})` : how };
}
