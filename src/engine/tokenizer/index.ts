import { join } from 'node:path';
import { Tokenizer } from '@huggingface/tokenizers';
import { quoted } from '../../core/text/quoted';
import { Problem } from '../../protocol/errors';
import type { TokenInfo } from '../../protocol/models';
import { readForeignJson } from '../foreignFile';
import type { ModelTokenizer } from '../model/types';
import { lenientText, shownText } from './shownText';
import { tokenForm, type TokenForm } from './tokenBytes';

/** A tokenizer with what a model's vocabulary is compared to. */
export interface FolderTokenizer extends ModelTokenizer {
  /** One more than the largest id it can give; 0 where there is no tokenizer. */
  readonly vocabularySize: number;
  /** The same without tokens that were added to the trained vocabulary, which a model need not have. */
  readonly modelVocabularySize: number;
}

/**
 * Opens `tokenizer.json` (with `tokenizer_config.json` where present) of a model folder; without the file the model works
 * with token ids.
 * @throws Problem `tokenizer-invalid` where the file cannot be used.
 */
export async function openTokenizer(folder: string): Promise<FolderTokenizer> {
  const definition = readJson(join(folder, 'tokenizer.json'));
  if (definition === undefined) return idsOnly;
  const config = readJson(join(folder, 'tokenizer_config.json')) ?? {};
  return makeTokenizer(definition, config, join(folder, 'tokenizer.json'));
}

/**
 * Looks whether `tokenizer.json` could be one, without building it.
 * @throws Problem `tokenizer-invalid`.
 */
export async function checkTokenizerFile(folder: string): Promise<void> {
  const path = join(folder, 'tokenizer.json');
  const definition = readJson(path);
  if (definition !== undefined) checkDefinition(definition, path);
}

/** @throws Problem `tokenizer-invalid`, naming `path`, where the definition is not one that can be used. */
export function makeTokenizer(definition: unknown, config: unknown, path: string): FolderTokenizer {
  const { tokenizer, form } = compile(definition, config, path);
  const added = tokenizer.get_added_tokens_decoder();
  const specials = new Set([...added].filter(([, { special }]) => special).map(([id]) => id));
  const vocabularySize = tokenizer.model?.vocab.length ?? 0;
  let modelVocabularySize = vocabularySize;
  while (added.has(modelVocabularySize - 1)) modelVocabularySize--;
  const described = new Map<number, TokenInfo>();
  const bytesOf = (id: number): Uint8Array => {
    const token = tokenizer.id_to_token(id);
    return token === undefined || specials.has(id) ? nothing : form.bytes(token);
  };

  const describeOne = (id: number): TokenInfo => {
    const known = described.get(id);
    if (known) return known;
    const token = tokenizer.id_to_token(id);
    const bytes = bytesOf(id);
    const special = specials.has(id);
    // A model's embedding can have more rows than its tokenizer has tokens: such ids stand for no text.
    const text = token === undefined ? `[${id}]` : special ? token : shownText(bytes);
    const info = { id, text, bytes: Array.from(bytes), special };
    described.set(id, info);
    return info;
  };

  return {
    kind: 'tokenizer.json',
    vocabularySize,
    modelVocabularySize,
    encode(text) {
      refuseLoneSurrogates(text);
      let ids: (number | undefined)[];
      try {
        ids = tokenizer.encode(text).ids;
      } catch (cause) {
        throw invalid(path, 'failed on this text.', cause);
      }
      if (ids.some((id) => id === undefined)) {
        throw new Problem({
          code: 'prompt-invalid',
          message: 'The prompt has a character that this model’s tokenizer does not know.',
          action: 'Leave it out, or write it another way.',
        });
      }
      return ids as number[];
    },
    describe: (ids) => ids.map(describeOne),
    decode: (ids) => joinText(ids.map(bytesOf), form),
  };
}

const nothing = new Uint8Array(0);

function joinText(pieces: readonly Uint8Array[], form: TokenForm): string {
  const bytes = Buffer.concat(pieces);
  const space = 0x20;
  const start = form.dropsLeadingSpace && bytes[0] === space ? 1 : 0;
  const end = form.dropsTrailingSpace && bytes.at(-1) === space ? bytes.length - 1 : bytes.length;
  return lenientText(bytes.subarray(start, Math.max(start, end)));
}

/** The kinds of model that Hugging Face's tokenizers have; files from before 2020 leave it out. */
const kinds: readonly unknown[] = ['BPE', 'WordPiece', 'Unigram', 'WordLevel', undefined];

interface Definition {
  readonly model: { readonly type?: unknown; readonly vocab: object; readonly unk_token?: unknown };
  readonly decoder?: unknown;
}

function checkDefinition(definition: unknown, path: string): Definition {
  const { model } = (definition ?? {}) as { model?: { type?: unknown; vocab?: unknown } };
  if (typeof model?.vocab !== 'object' || model.vocab === null) throw invalid(path, 'has no vocabulary.');
  if (!kinds.includes(model.type))
    throw invalid(path, `is of a kind that is not known (${quoted(String(model.type))}).`);
  return definition as Definition;
}

function compile(definition: unknown, config: unknown, path: string): { tokenizer: Tokenizer; form: TokenForm } {
  const given = checkDefinition(definition, path);
  try {
    // The library insists on fields that tokenizer.json may leave out.
    const complete = {
      normalizer: null,
      pre_tokenizer: null,
      post_processor: null,
      decoder: null,
      added_tokens: [],
      ...given,
    };
    // It takes WordLevel's unknown token from the config only.
    const unknown = given.model.type === 'WordLevel' ? { unk_token: given.model.unk_token } : {};
    const settings = typeof config === 'object' && config !== null ? config : {};
    return { tokenizer: new Tokenizer(complete, { ...settings, ...unknown }), form: tokenForm(given.decoder) };
  } catch (cause) {
    throw invalid(path, 'is not a tokenizer that can be used here.', cause);
  }
}

function refuseLoneSurrogates(text: string): void {
  // With the `u` flag a surrogate pair is one character, so this finds only halves.
  if (!/\p{Surrogate}/u.test(text)) return;
  throw new Problem({
    code: 'prompt-invalid',
    message: 'The prompt is not valid text: it has half of a character (a lone surrogate).',
    action: 'Delete the broken character and type it again.',
  });
}

/** Bytes of a tokenizer: several times those of the largest, and what one text in memory can be. */
const MOST_TOKENIZER_BYTES = 256 * 2 ** 20;
const action = 'Save the tokenizer again with the model, or remove the file to work with token ids.';

/** The file's value; undefined where there is no file. */
function readJson(path: string): unknown {
  return readForeignJson(path, MOST_TOKENIZER_BYTES, { name: path, code: 'tokenizer-invalid', action });
}

function invalid(path: string, what: string, cause?: unknown): Problem {
  return new Problem(
    {
      code: 'tokenizer-invalid',
      message: `${path} ${what}`,
      action,
      ...(cause instanceof Error ? { details: cause.stack ?? cause.message } : {}),
    },
    { cause },
  );
}

/** The tokenizer of a folder that has none: tokens are shown as their ids, and stand for no bytes. */
export const idsOnly: FolderTokenizer = {
  kind: 'none',
  vocabularySize: 0,
  modelVocabularySize: 0,
  encode() {
    throw new Problem({
      code: 'tokenizer-invalid',
      message: 'This model has no tokenizer, so text cannot be turned into tokens.',
      action: 'Give token ids instead, or put the model’s tokenizer.json into its folder.',
    });
  },
  describe: (ids) => ids.map((id) => ({ id, text: String(id), bytes: [], special: false })),
  decode: (ids) => ids.join(' '),
};
