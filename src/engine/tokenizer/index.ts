import { join } from 'node:path';
import { Problem } from '../../protocol/errors';
import type { TokenInfo } from '../../protocol/models';
import { readForeignJson } from '../foreignFile';
import type { ModelTokenizer } from '../model/types';
import { UnusableTokenizer } from './part';
import { Pipeline, readSteps } from './pipeline';
import { shownText } from './shownText';
import { TookTooLong, withinTime } from './timeLimit';
import { tokenBytes, type TokenBytes } from './tokenBytes';
import { refuseUnknownCharacters } from './unicode';

/** A tokenizer with what a model's vocabulary is compared to. */
export interface FolderTokenizer extends ModelTokenizer {
  /** One more than the largest id it can give; 0 where there is no tokenizer. */
  readonly vocabularySize: number;
  /** The same without tokens that were added to the trained vocabulary, which a model need not have. */
  readonly modelVocabularySize: number;
}

/**
 * Opens `tokenizer.json` of a model folder; without the file the model works with token ids.
 * @throws Problem `tokenizer-invalid` where the file cannot be used.
 */
export async function openTokenizer(folder: string): Promise<FolderTokenizer> {
  const definition = readJson(join(folder, 'tokenizer.json'));
  if (definition === undefined) return idsOnly;
  return makeTokenizer(definition, join(folder, 'tokenizer.json'));
}

/**
 * Looks whether `tokenizer.json` could be one, without building it.
 * @throws Problem `tokenizer-invalid`.
 */
export async function checkTokenizerFile(folder: string): Promise<void> {
  const path = join(folder, 'tokenizer.json');
  const definition = readJson(path);
  if (definition !== undefined) asProblem(path, () => readSteps(definition));
}

/** @throws Problem `tokenizer-invalid`, naming `path`, where the definition is not one that can be used. */
export function makeTokenizer(definition: unknown, path: string): FolderTokenizer {
  const { pipeline, bytes } = compile(definition, path);
  const specials = new Set([...pipeline.addedTokens].filter(({ special }) => special).map(({ content }) => content));
  const isSpecial = (token: string | undefined): boolean => token !== undefined && specials.has(token);
  const added = new Set([...pipeline.addedTokens].map(({ id }) => id));
  const vocabularySize = pipeline.size;
  let modelVocabularySize = vocabularySize;
  while (added.has(modelVocabularySize - 1)) modelVocabularySize--;
  const described = new Map<number, TokenInfo>();

  const describeOne = (id: number): TokenInfo => {
    const known = described.get(id);
    if (known) return known;
    const token = pipeline.tokenOf(id);
    const special = isSpecial(token);
    const own = token === undefined || special ? nothing : bytes(token);
    // A model's embedding can have more rows than its tokenizer has tokens: such ids stand for no text.
    const text = token === undefined ? `[${id}]` : special ? token : shownText(own);
    const info = { id, text, bytes: Array.from(own), special };
    described.set(id, info);
    return info;
  };

  return {
    kind: 'tokenizer.json',
    vocabularySize,
    modelVocabularySize,
    encode(text, { special = true } = {}) {
      refuseLoneSurrogates(text);
      refuseUnknownCharacters(text);
      const ids = inTime(path, text.length, () => pipeline.encode(text, special));
      if (!ids.every((id) => id !== null)) {
        throw new Problem({
          code: 'prompt-invalid',
          message: 'The prompt has a character that this model’s tokenizer does not know.',
          action: 'Leave it out, or write it another way.',
        });
      }
      if (ids.length > pipeline.longest) {
        throw new Problem({
          code: 'prompt-too-long',
          message: `${path} cuts texts to ${pipeline.longest} tokens (its truncation), and this one has ${ids.length}.`,
          action: 'Shorten the text, or set "truncation" to null in that file.',
        });
      }
      if (pipeline.padded) throw unusable(path, 'cannot be used: its padding to a fixed length is not supported here.');
      return ids;
    },
    describe(ids) {
      const length = ids.reduce((sum, id) => (described.has(id) ? sum : sum + (pipeline.tokenOf(id)?.length ?? 1)), 0);
      const describe = (): TokenInfo[] => ids.map(describeOne);
      return length === 0 ? describe() : inTime(path, length, describe);
    },
    spell: (id) => pipeline.tokenOf(id),
    decode: (ids) => {
      const tokens = ids.map((id) => pipeline.tokenOf(id)).filter((token) => token !== undefined);
      const known = tokens.filter((token) => !isSpecial(token));
      const length = known.reduce((sum, token) => sum + token.length, 0);
      return inTime(path, length, () => pipeline.decode(known));
    },
  };
}

const nothing = new Uint8Array(0);

/**
 * Builds the tokenizer.
 * @throws Problem `tokenizer-invalid`, with the part that cannot be used.
 */
function compile(definition: unknown, path: string): { readonly pipeline: Pipeline; readonly bytes: TokenBytes } {
  return asProblem(path, () => {
    const length = JSON.stringify((definition as { added_tokens?: unknown } | null)?.added_tokens ?? null).length;
    const pipeline = inTime(path, length, () => new Pipeline(definition));
    return { pipeline, bytes: tokenBytes((definition as { decoder?: unknown }).decoder) };
  });
}

function asProblem<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    if (cause instanceof Problem) throw cause;
    if (cause instanceof UnusableTokenizer) throw unusable(path, cause.message);
    throw invalid(path, 'is not a tokenizer that can be used here.', cause);
  }
}

/** @throws Problem where the tokenizer's own expressions take too long on a text. */
function inTime<T>(path: string, length: number, work: () => T): T {
  try {
    return withinTime(length, work);
  } catch (error) {
    if (!(error instanceof TookTooLong)) throw error;
    throw new Problem({
      code: 'tokenizer-invalid',
      message: `${path} was given up on this text: its regular expressions take too long on it.`,
      action: 'Write the text another way, or remove the file to work with token ids.',
    });
  }
}

function unusable(path: string, what: string): Problem {
  return new Problem({
    code: 'tokenizer-invalid',
    message: `${path} ${what}`,
    action: 'Use the model with token ids (remove the file), or with another tokenizer.',
  });
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
  spell: () => undefined,
  decode: (ids) => ids.join(' '),
};
