import { quoted } from '../../core/text/quoted';
import { AddedTokenFinder, readAddedTokens, type AddedToken } from './addedTokens';
import { readDecoder, type Decoder } from './decoders';
import { readNormalizer, sliced, type Normalized, type Normalizer } from './normalizers';
import { Part, UnusableTokenizer } from './part';
import { readPostProcessor, type SpecialIds } from './postProcessor';
import { readPreTokenizer, type PreTokenizer } from './preTokenizers';
import { vocabularyKind } from './vocabulary/read';
import type { Vocabulary } from './vocabulary/vocabulary';

/** Everything of a `tokenizer.json` but its vocabulary and what was added to it. */
interface Steps {
  readonly normalize: Normalizer;
  readonly preTokenize: PreTokenizer;
  readonly special: SpecialIds;
  readonly decode: Decoder;
  readonly model: ReturnType<typeof vocabularyKind>;
  readonly addedTokens: readonly unknown[];
  /** Longer texts are cut. */
  readonly longest: number;
  readonly padded: boolean;
}

/**
 * Reads a `tokenizer.json` up to its vocabulary, which costs little.
 * @throws UnusableTokenizer where it has something that is not known to be done as Hugging Face's library (0.22) does it.
 */
export function readSteps(definition: unknown): Steps {
  if (typeof definition !== 'object' || definition === null || !('model' in definition)) {
    throw new UnusableTokenizer('has no vocabulary.');
  }
  const file = new Part('it', definition);
  file.only(
    ...['version', 'truncation', 'padding', 'added_tokens', 'normalizer', 'pre_tokenizer', 'post_processor', 'decoder'],
    'model',
  );
  const padding = file.has('padding') ? new Part('its padding', file.raw('padding')) : null;
  return {
    model: vocabularyKind(file.raw('model')),
    normalize: readNormalizer(file.raw('normalizer')),
    preTokenize: readPreTokenizer(file.raw('pre_tokenizer')),
    special: readPostProcessor(file.raw('post_processor')),
    decode: readDecoder(file.raw('decoder')),
    addedTokens: file.list('added_tokens', []),
    longest: file.has('truncation') ? new Part('its truncation', file.raw('truncation')).count('max_length') : Infinity,
    padded: padding !== null && (padding.raw('strategy') !== 'BatchLongest' || padding.has('pad_to_multiple_of')),
  };
}

/** A tokenizer as its file describes it. */
export class Pipeline {
  private readonly steps: Steps;
  private readonly vocabulary: Vocabulary;
  private readonly inOriginal: AddedTokenFinder;
  private readonly inNormalized: AddedTokenFinder;
  private readonly addedById: ReadonlyMap<number, AddedToken>;

  /** @throws UnusableTokenizer */
  constructor(definition: unknown) {
    this.steps = readSteps(definition);
    const { model, addedTokens, normalize } = this.steps;
    this.vocabulary = model.read(model.part);
    const added = readAddedTokens(addedTokens, (token) => this.vocabulary.idOf(token), this.vocabulary.count);
    this.addedById = new Map(added.map((token) => [token.id, token]));
    this.inOriginal = new AddedTokenFinder(
      added.filter((token) => !token.normalized).map((token) => [token.content, token]),
    );
    this.inNormalized = new AddedTokenFinder(
      added
        .filter((token) => token.normalized)
        .map((token) => {
          const { text } = normalize({ text: token.content, lead: 0 });
          if (text !== '') return [text, token];
          throw new UnusableTokenizer(
            `cannot be used: of the added token ${JSON.stringify(quoted(token.content, 60))} its normalizer leaves nothing.`,
          );
        }),
    );
  }

  get addedTokens(): Iterable<AddedToken> {
    return this.addedById.values();
  }

  /** One more than the largest id. */
  get size(): number {
    return [...this.addedById.keys()].reduce((size, id) => Math.max(size, id + 1), this.vocabulary.size);
  }

  tokenOf(id: number): string | undefined {
    return this.addedById.get(id)?.content ?? this.vocabulary.tokenOf(id);
  }

  /** The most tokens that a text may have before it would be cut. */
  get longest(): number {
    return this.steps.longest;
  }

  /** Whether ids that stand for nothing are added to those of a text. */
  get padded(): boolean {
    return this.steps.padded;
  }

  /**
   * @param withSpecial adds what the post-processor adds
   * @returns ids, `null` for a part of the text that no token stands for.
   */
  encode(text: string, withSpecial: boolean): (number | null)[] {
    const { before, after } = withSpecial ? this.steps.special : { before: [], after: [] };
    const ids: (number | null)[] = [...before];
    for (const { start, end, token } of this.inOriginal.sections(text)) {
      if (token) ids.push(token.id);
      else this.encodeSection(sliced({ text, lead: (text.codePointAt(0) ?? 0) > 0xffff ? 2 : 1 }, start, end), ids);
    }
    for (const id of after) ids.push(id);
    return ids;
  }

  private encodeSection(section: Normalized, ids: (number | null)[]): void {
    const { normalize, preTokenize } = this.steps;
    const normalized = normalize(section);
    for (const { start, end, token } of this.inNormalized.sections(normalized.text)) {
      if (token) {
        ids.push(token.id);
        continue;
      }
      for (const piece of preTokenize([sliced(normalized, start, end)])) {
        for (const id of this.vocabulary.encode(piece.text)) ids.push(id);
      }
    }
  }

  /** The text of tokens, as they are spelled in the vocabulary. */
  decode(tokens: readonly string[]): string {
    return this.steps.decode(tokens).join('');
  }
}
