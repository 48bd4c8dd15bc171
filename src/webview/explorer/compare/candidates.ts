import type { DecoderNeed } from '../../../core/decode/decoder';
import type { DecoderSummary } from '../../../core/decode/registry';
import { readLifePrompt } from '../../../core/life/prompt';
import { draftsFor } from '../../../protocol/drafts';
import type { ModelSummary } from '../../../protocol/models';

/** A decoder that could be compared, or why it cannot with this model and prompt. */
export interface Candidate {
  readonly decoder: DecoderSummary;
  /** Part of a sentence; null where it can. */
  readonly reason: string | null;
}

/** Every decoder, in the order of the registry: what cannot be run is listed with the reason. */
export function candidatesFor(
  decoders: readonly DecoderSummary[],
  model: ModelSummary | null,
  models: readonly ModelSummary[],
  prompt: string,
): readonly Candidate[] {
  return decoders.map((decoder) => ({ decoder, reason: model && reasonAgainst(decoder, model, models, prompt) }));
}

function reasonAgainst(
  { task, needs }: DecoderSummary,
  model: ModelSummary,
  models: readonly ModelSummary[],
  prompt: string,
): string | null {
  if (model.server) return 'the server decodes by itself';
  if (task !== 'any' && task !== model.kind) return task === 'life' ? 'for Life models' : 'for text models';
  const lacks: Partial<Record<DecoderNeed, () => string | null>> = {
    draft: () => (draftsFor(model, models).length > 0 ? null : 'no draft model has the same vocabulary'),
    life: () => lifeReason(model, prompt),
  };
  return needs.map((need) => lacks[need]?.() ?? null).find((reason) => reason !== null) ?? null;
}

function lifeReason({ life, tokenizer }: ModelSummary, prompt: string): string | null {
  if (!life || tokenizer === 'none') return 'for Life models';
  return readLifePrompt(prompt, life)
    ? null
    : `the prompt is no grid of ${life.width} × ${life.height} cells in the model’s form`;
}

/** The decoders that are run: those that were ticked, or else the exact ones, as far as they can be. */
export function chosenAmong(candidates: readonly Candidate[], chosen: readonly string[] | null): readonly Candidate[] {
  return candidates.filter(
    ({ decoder, reason }) => reason === null && (chosen ? chosen.includes(decoder.name) : decoder.exact),
  );
}
