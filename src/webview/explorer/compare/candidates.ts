import type { DecoderNeed } from '../../../core/decode/decoder';
import { allOptions, type OptionValues } from '../../../core/decode/options';
import type { DecoderSummary } from '../../../core/decode/registry';
import { readLifePrompt } from '../../../core/life/prompt';
import { draftsFor } from '../../../protocol/drafts';
import type { ExplorerSettings } from '../../../protocol/explorerState';
import type { ModelSummary } from '../../../protocol/models';
import { chosenOptions } from '../decoder-texts';
import type { AddedDecoder } from './state';

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

/** One line of the list of what can be compared. */
export interface Entry {
  /** The decoder's name; of one that was added, its own key. */
  readonly key: string;
  readonly decoder: DecoderSummary;
  /** All of them. */
  readonly options: OptionValues;
  /** Whether the user put it in the list once more. */
  readonly added: boolean;
}

/** What can be run: each decoder with the options of the controls, and after it those added of it, with their own. */
export function entriesOf(
  candidates: readonly Candidate[],
  added: readonly AddedDecoder[],
  settings: ExplorerSettings,
): readonly Entry[] {
  return candidates.flatMap(({ decoder, reason }): readonly Entry[] => {
    if (reason !== null) return [];
    const again = added.filter((each) => each.decoder === decoder.name);
    return [
      { key: decoder.name, decoder, options: chosenOptions(decoder, settings), added: false },
      ...again.map(({ key, options }) => {
        return { key, decoder, options: allOptions(decoder.options, options), added: true };
      }),
    ];
  });
}

/** What is run: what was ticked, or else the exact decoders. */
export function chosenAmong(entries: readonly Entry[], chosen: readonly string[] | null): readonly Entry[] {
  return entries.filter(({ key, decoder }) => (chosen ? chosen.includes(key) : decoder.exact));
}

/** A decoder once more, with the options that this entry has until they are edited. */
export function onceMore({ decoder, options }: Entry, added: readonly AddedDecoder[]): AddedDecoder {
  const keys = new Set(added.map(({ key }) => key));
  let number = 2;
  while (keys.has(`${decoder.name} ${number}`)) number++;
  return { key: `${decoder.name} ${number}`, decoder: decoder.name, options };
}
