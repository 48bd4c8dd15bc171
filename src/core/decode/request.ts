import { CoreError } from '../errors';
import type { DecodeRequest, DecoderAids, DecoderNeed } from './decoder';
import type { CausalModel } from '../sequence/causal';
import { checkFilterSettings } from './filters';

/**
 * Refuses before the first pass what no pass could do.
 * @throws CoreError `request-invalid`, `sampling-invalid`.
 */
export function checkRequest(target: CausalModel, { prompt, maxNewTokens, sampling }: DecodeRequest): void {
  checkFilterSettings(sampling);
  if (prompt.length === 0) throw new CoreError('request-invalid', 'The prompt has no tokens.');
  if (!Number.isSafeInteger(maxNewTokens) || maxNewTokens < 0) {
    throw new CoreError(
      'request-invalid',
      `The number of new tokens must be a whole number, 0 or more, not ${maxNewTokens}.`,
    );
  }
  if (prompt.length > target.contextLength) {
    throw new CoreError(
      'request-invalid',
      `The prompt has ${prompt.length} tokens, and the model takes ${target.contextLength}.`,
    );
  }
  const outside = prompt.find((id) => !Number.isSafeInteger(id) || id < 0 || id >= target.vocabularySize);
  if (outside !== undefined) {
    throw new CoreError(
      'request-invalid',
      `Token ${outside} is outside the vocabulary of ${target.vocabularySize} tokens.`,
    );
  }
}

/** How long the sequence may become, and what it means where it does. */
export function lengthOf(
  target: CausalModel,
  { prompt, maxNewTokens }: DecodeRequest,
): { readonly limit: number; readonly finish: 'length' | 'context-full' } {
  const wanted = prompt.length + maxNewTokens;
  return wanted <= target.contextLength
    ? { limit: wanted, finish: 'length' }
    : { limit: target.contextLength, finish: 'context-full' };
}

const NEEDS: Readonly<Record<DecoderNeed, string>> = {
  draft: 'a draft model',
  embeddings: 'the token embeddings of the model, which could not be read from this one',
  exit: 'a model whose layers can be told apart',
  life: 'a prompt that asks a Life model for the next grid',
};

/**
 * What a decoder cannot do without.
 * @throws CoreError `request-invalid` where the request lacks it, or where a draft's vocabulary is not the target's.
 */
export function needAid<N extends DecoderNeed>(
  target: CausalModel,
  { aids }: DecodeRequest,
  need: N,
): NonNullable<DecoderAids[N]> {
  const aid = aids?.[need];
  if (aid === undefined) throw new CoreError('request-invalid', `This decoder needs ${NEEDS[need]}.`);
  const draft = need === 'draft' ? aids?.draft : undefined;
  if (draft && draft.vocabularySize !== target.vocabularySize) {
    throw new CoreError(
      'request-invalid',
      `The draft model knows ${draft.vocabularySize} tokens and the model ${target.vocabularySize}: choose a draft with the same vocabulary.`,
    );
  }
  return aid;
}
