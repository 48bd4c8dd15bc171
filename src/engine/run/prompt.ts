import type { RunRequest } from '../../protocol/runs';
import { Problem } from '../../protocol/errors';
import type { LoadedModel } from '../model/types';

/**
 * The ids of a prompt, as the model takes them.
 * @throws Problem `prompt-empty`, `prompt-too-long`, `prompt-invalid`, `tokenizer-invalid`, `vocabulary-mismatch`
 */
export function encodePrompt(model: LoadedModel, prompt: RunRequest['prompt']): number[] {
  const { contextLength, vocabularySize } = model.identity;
  if ('text' in prompt && prompt.text === '') throw emptyPrompt();
  const ids = 'text' in prompt ? model.tokenizer.encode(prompt.text) : [...prompt.ids];
  if (ids.length === 0) throw emptyPrompt();
  const outside = ids.find((id) => id >= vocabularySize);
  if (outside !== undefined) {
    throw 'text' in prompt
      ? new Problem({
          code: 'vocabulary-mismatch',
          message: `The tokenizer gives token ${outside}, and the model knows ${vocabularySize} tokens.`,
          action: 'Put the tokenizer.json that the model was trained with into its folder.',
        })
      : new Problem({
          code: 'prompt-invalid',
          message: `Token id ${outside} is outside the vocabulary: the model knows ids 0 to ${vocabularySize - 1}.`,
          action: 'Correct the id.',
        });
  }
  if (contextLength !== null && ids.length > contextLength) {
    throw new Problem({
      code: 'prompt-too-long',
      message: `The prompt has ${ids.length} tokens, and the model takes ${contextLength} at most.`,
      action: `Shorten it by ${ids.length - contextLength} tokens.`,
    });
  }
  return ids;
}

function emptyPrompt(): Problem {
  return new Problem({ code: 'prompt-empty', message: 'The prompt is empty.', action: 'Type a few words first.' });
}
