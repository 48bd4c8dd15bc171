import { Part, unsupported } from '../part';
import { bpe } from './bpe';
import { unigram } from './unigram';
import type { Vocabulary } from './vocabulary';
import { wordLevel } from './wordLevel';
import { wordPiece } from './wordPiece';

/** The kinds of model that Hugging Face's tokenizers have. */
const KINDS: ReadonlyMap<string, (part: Part) => Vocabulary> = new Map([
  ['BPE', bpe],
  ['WordPiece', wordPiece],
  ['WordLevel', wordLevel],
  ['Unigram', unigram],
]);

/** @throws UnusableTokenizer for a kind that is not known. */
export function vocabularyKind(value: unknown): { readonly part: Part; readonly read: (part: Part) => Vocabulary } {
  const part = new Part('its model', value);
  const type = part.has('type') ? part.text('type') : olderKind(part);
  const read = KINDS.get(type) ?? unsupported('model', type);
  if (typeof part.raw('vocab') !== 'object' || !part.has('vocab')) part.refuse('has no vocabulary');
  return { part: new Part(`the model ${type}`, value), read };
}

/** Files from before 2020 leave the kind out; its fields tell it. */
function olderKind(part: Part): string {
  if (part.has('merges')) return 'BPE';
  if (Array.isArray(part.raw('vocab'))) return 'Unigram';
  return part.has('continuing_subword_prefix') ? 'WordPiece' : 'WordLevel';
}
