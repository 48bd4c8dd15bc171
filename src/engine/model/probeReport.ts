import { otherLayersText } from '../../core/trace/mixing';
import type { Mixing } from '../../core/trace/record';
import type { ProbeAnswer, ProbeReport } from '../../protocol/models';
import type { DecoderAnatomy, ProbePlan } from '../graph';

/** What a file can be made to give, in words, with the reason where it cannot. */
export function probeReport(plan: ProbePlan, anatomy: DecoderAnatomy): ProbeReport {
  const kinds = [...new Set(plan.attention.map(({ form }) => form.how))].join('; ');
  const { layers, bodies } = anatomy;
  const mixing: Mixing[] = new Array<Mixing>(layers).fill('attention');
  // What is not recognised at all is told layer by layer.
  for (const block of bodies[0]?.blocks ?? []) if (block.mixing !== 'unknown') mixing[block.layer] = block.mixing;
  return {
    attention: attentionAnswer(plan, kinds, layers, mixing),
    hidden: answer(plan, 'hidden', 'residual stream between the blocks', plan.hidden.length, layers + 1),
    logits: answer(plan, 'logits', 'output of the model', 1, 1),
  };
}

/** Layers that have something else than attention are no gap in it: they are told by what they have. */
function attentionAnswer(plan: ProbePlan, how: string, layers: number, mixing: readonly Mixing[]): ProbeAnswer {
  const without = new Set(mixing.flatMap((kind, layer) => (kind === 'attention' ? [] : [layer])));
  const told = otherLayersText(mixing);
  if (without.size === 0) return answer(plan, 'attention', how, plan.attention.length, layers);
  const unavailable = plan.unavailable.filter(({ what, layer }) => what === 'attention' && !without.has(layer ?? -1));
  const given = plan.attention.length;
  const found = answer({ ...plan, unavailable }, 'attention', how, given, layers - without.size);
  const missing = missingOf(plan, 'attention');
  if (given > 0) return { available: true, how: `${found.how}; ${told} instead`, ...missing };
  const reason = unavailable.length > 0 ? ` ${found.how}` : '';
  return { available: false, how: `It has none: ${told} instead.${reason}`, ...missing };
}

function missingOf({ unavailable }: ProbePlan, what: 'attention' | 'hidden' | 'logits'): Pick<ProbeAnswer, 'missing'> {
  const missing = unavailable.flatMap((entry) =>
    entry.what === what && entry.layer !== null ? [{ layer: entry.layer, reason: entry.reason }] : [],
  );
  return missing.length > 0 ? { missing } : {};
}

function answer(
  plan: ProbePlan,
  what: 'attention' | 'hidden' | 'logits',
  how: string,
  given: number,
  wanted: number,
): ProbeAnswer {
  const unavailable = plan.unavailable.filter((entry) => entry.what === what);
  const [first = '', ...more] = new Set(unavailable.map(({ reason }) => reason));
  const reasons = more.length === 0 ? first : `${first} The same holds of ${more.length} more.`;
  // Logits of the last position alone are enough: tokens are then fed one by one.
  if (what === 'logits') return { available: true, how: unavailable.length > 0 ? 'one token a pass' : how };
  const missing = missingOf(plan, what);
  if (given === 0) {
    return { available: false, how: reasons || 'The model has no layers that could be recognised.', ...missing };
  }
  return { available: true, how: given < wanted ? `${how} (${given} of ${wanted}: ${reasons})` : how, ...missing };
}
