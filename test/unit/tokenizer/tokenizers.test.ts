import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { makeTokenizer, openTokenizer } from '../../../src/engine/tokenizer';
import { Problem } from '../../../src/protocol/errors';
import { fixture, skipWithoutFixtures } from '../../harness/fixtures';

/** GPT-2's byte map, written out the other way round: the character of each byte. */
function byteCharacters(): string[] {
  const printable = (byte: number): boolean =>
    (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae;
  let spare = 0x100;
  return Array.from({ length: 256 }, (_, byte) => String.fromCharCode(printable(byte) ? byte : spare++));
}

const special = (id: number, content: string, isSpecial = true): object => ({
  id,
  content,
  special: isSpecial,
  single_word: false,
  lstrip: false,
  rstrip: false,
  normalized: false,
});

/** A byte-level BPE of the 256 bytes and three merges, with an end mark and an added token that is no special one. */
const byteLevel = makeTokenizer(
  {
    added_tokens: [special(259, '<|end|>'), special(260, '   ', false)],
    normalizer: null,
    pre_tokenizer: { type: 'ByteLevel', add_prefix_space: false, use_regex: false },
    decoder: { type: 'ByteLevel' },
    model: {
      type: 'BPE',
      vocab: Object.fromEntries([...byteCharacters(), 'Ġt', 'he', 'Ġthe'].map((token, id) => [token, id])),
      merges: ['Ġ t', 'h e', 'Ġt he'],
    },
  },
  'tokenizer.json',
);

const bytesOf = (tokens: readonly { bytes: readonly number[] }[]): Buffer =>
  Buffer.from(tokens.flatMap(({ bytes }) => bytes));

describe('byte-level tokens', () => {
  it('are whole words where merged, and bytes where not', () => {
    const ids = byteLevel.encode('in the');
    assert.deepEqual(
      byteLevel.describe(ids).map(({ text }) => text),
      ['i', 'n', ' the'],
    );
  });

  it('show bytes that are no whole character as such', () => {
    const tokens = byteLevel.describe(byteLevel.encode('é🙂'));
    assert.deepEqual(
      tokens.map(({ text }) => text),
      ['<0xC3>', '<0xA9>', '<0xF0>', '<0x9F>', '<0x99>', '<0x82>'],
    );
    assert.equal(bytesOf(tokens).toString(), 'é🙂');
  });

  it('concatenate to the bytes of any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const ids = byteLevel.encode(text);
        assert.equal(bytesOf(byteLevel.describe(ids)).toString(), text);
        assert.equal(byteLevel.decode(ids), text);
      }),
    );
  });

  it('that are special stand for no bytes, those that were only added for their own', () => {
    const [end, spaces] = byteLevel.describe([259, 260]);
    assert.deepEqual(end, { id: 259, text: '<|end|>', bytes: [], special: true });
    assert.deepEqual(spaces, { id: 260, text: '   ', bytes: [32, 32, 32], special: false });
    assert.equal(byteLevel.decode([257, 259, 260]), 'he   ');
    assert.deepEqual(byteLevel.encode('he<|end|>'), [257, 259]);
  });

  it('beyond the vocabulary are shown by their number', () => {
    assert.deepEqual(byteLevel.describe([300]), [{ id: 300, text: '[300]', bytes: [], special: false }]);
    assert.equal(byteLevel.decode([257, 300]), 'he');
  });

  it('that are cut decode with U+FFFD', () => {
    assert.equal(byteLevel.decode(byteLevel.encode('é').slice(0, 1)), '\u{fffd}');
  });

  it('know the vocabulary with and without what was added', () => {
    assert.equal(byteLevel.vocabularySize, 261);
    assert.equal(byteLevel.modelVocabularySize, 259);
  });
});

describe('text that is not valid', () => {
  it('is refused, where it has half of a surrogate pair', () => {
    for (const text of ['a\ud83d', '\ude42', '\ude42\ud83d']) {
      assert.throws(() => byteLevel.encode(text), { code: 'prompt-invalid', message: /half of a character/ });
    }
    assert.equal(byteLevel.encode('\ud83d\ude42').length, 4);
  });

  it('is refused, where it has a character that the tokenizer does not know', () => {
    const cells = makeTokenizer(
      { model: { type: 'WordLevel', vocab: { '0': 0, '1': 1 } }, pre_tokenizer: split(''), decoder: { type: 'Fuse' } },
      'tokenizer.json',
    );
    assert.deepEqual(cells.encode('0110'), [0, 1, 1, 0]);
    assert.equal(cells.decode([0, 1, 1, 0]), '0110');
    assert.throws(() => cells.encode('012'), { code: 'prompt-invalid', message: /does not know/ });
  });
});

function split(pattern: string): object {
  return { type: 'Split', pattern: { Regex: pattern }, behavior: 'Isolated', invert: false };
}

/** A tokenizer whose vocabulary is a list of words, with the decoder that is given. */
function words(vocabulary: readonly string[], decoder: unknown): ReturnType<typeof makeTokenizer> {
  const vocab = Object.fromEntries(vocabulary.map((word, id) => [word, id]));
  return makeTokenizer({ model: { type: 'WordLevel', vocab }, decoder }, 'tokenizer.json');
}

describe('decoders of tokenizer.json', () => {
  const metaspace = { type: 'Metaspace', replacement: '▁', add_prefix_space: true };
  const llama = {
    type: 'Sequence',
    decoders: [
      { type: 'Replace', pattern: { String: '▁' }, content: ' ' },
      { type: 'ByteFallback' },
      { type: 'Fuse' },
      { type: 'Strip', content: ' ', start: 1, stop: 0 },
    ],
  };
  for (const [name, decoder, vocabulary, texts, decoded] of [
    ['Metaspace', metaspace, ['▁Hello', '▁wor', 'ld'], [' Hello', ' wor', 'ld'], 'Hello world'],
    ['Llama', llama, ['▁a', '<0xE2>', '<0x96>', '<0x81>'], [' a', '<0xE2>', '<0x96>', '<0x81>'], 'a▁'],
    [
      'WordPiece',
      { type: 'WordPiece', prefix: '##', cleanup: false },
      ['un', '##aff', 'able'],
      [' un', 'aff', ' able'],
      'unaff able',
    ],
    ['BPEDecoder', { type: 'BPEDecoder', suffix: '</w>' }, ['lo', 'w</w>', 'er</w>'], ['lo', 'w ', 'er '], 'low er'],
    ['no decoder', null, ['a', 'b', 'c'], [' a', ' b', ' c'], 'a b c'],
    ['Fuse', { type: 'Fuse' }, ['a', 'b', 'c'], ['a', 'b', 'c'], 'abc'],
    [
      'Replace',
      { type: 'Replace', pattern: { Regex: '[_-]' }, content: ' ' },
      ['a_', 'b', '-c'],
      ['a ', 'b', ' c'],
      'a b c',
    ],
  ] as const) {
    it(`${name}: every token by itself, and the text as Hugging Face decodes it`, () => {
      const tokenizer = words(vocabulary, decoder);
      const ids = vocabulary.map((_, id) => id);
      const tokens = tokenizer.describe(ids);
      assert.deepEqual(
        tokens.map(({ text }) => text),
        texts,
      );
      assert.equal(tokenizer.decode(ids), decoded);
      assert.equal(bytesOf(tokens).toString().trim(), decoded);
    });
  }

  it('of an unknown kind are refused', () => {
    assert.throws(
      () => words(['a'], { type: 'Abacus' }),
      (error) => error instanceof Problem && error.code === 'tokenizer-invalid',
    );
  });
});

describe('the tokenizer of a trained Llama', { skip: skipWithoutFixtures }, () => {
  const folder = fixture('exports', 'stories260K', 'optimum');

  it('gives any text back', async () => {
    const tokenizer = await openTokenizer(folder);
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const ids = tokenizer.encode(text);
        assert.equal(ids[0], 1);
        assert.equal(tokenizer.decode(ids), text);
        const tokens = tokenizer.describe(ids);
        // The tokenizer puts a space before the text when it encodes; the first token shows it.
        if (text !== '') assert.equal(bytesOf(tokens).toString(), ` ${text}`);
      }),
    );
  });

  it('shows its byte tokens as bytes and its start as special', async () => {
    const tokens = (await openTokenizer(folder)).describe([1, 3 + 0xe2, 403]);
    assert.deepEqual(tokens, [
      { id: 1, text: '<s>', bytes: [], special: true },
      { id: 3 + 0xe2, text: '<0xE2>', bytes: [0xe2], special: false },
      { id: 403, text: ' Once', bytes: [...Buffer.from(' Once')], special: false },
    ]);
  });
});

interface Vectors {
  readonly class: string;
  readonly cases: Readonly<
    Record<string, { readonly text: string; readonly text_pair?: string; readonly ids: readonly number[] }>
  >;
}

describe('the vectors of transformers.js', { skip: skipWithoutFixtures }, () => {
  // The one vocabulary of theirs at hand; these two models share it.
  for (const name of ['Xenova/bert-base-uncased', 'Xenova/distilbert-base-uncased-finetuned-sst-2-english']) {
    it(`${name} encodes as recorded`, () => {
      const vocabulary = readFileSync(fixture('tokenizers', 'bert-base-uncased-vocab.txt'), 'utf8').split('\n');
      const vocab = Object.fromEntries(vocabulary.filter(Boolean).map((token, id) => [token, id]));
      const id = (token: string): number => vocab[token] as number;
      const marks = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]'];
      const tokenizer = makeTokenizer(
        {
          added_tokens: marks.map((mark) => special(id(mark), mark)),
          normalizer: {
            type: 'BertNormalizer',
            clean_text: true,
            handle_chinese_chars: true,
            strip_accents: null,
            lowercase: true,
          },
          pre_tokenizer: { type: 'BertPreTokenizer' },
          post_processor: { type: 'BertProcessing', cls: ['[CLS]', id('[CLS]')], sep: ['[SEP]', id('[SEP]')] },
          decoder: { type: 'WordPiece', prefix: '##', cleanup: true },
          model: {
            type: 'WordPiece',
            unk_token: '[UNK]',
            continuing_subword_prefix: '##',
            max_input_chars_per_word: 100,
            vocab,
          },
        },
        'tokenizer.json',
      );
      const vectors = JSON.parse(readFileSync(fixture('tokenizers', 'vectors.json'), 'utf8')) as Record<
        string,
        Vectors
      >;
      const cases = Object.values((vectors[name] as Vectors).cases).filter((one) => one.text_pair === undefined);
      assert.ok(cases.length >= 12);
      for (const { text, ids } of cases) assert.deepEqual(tokenizer.encode(text), ids, JSON.stringify(text));
    });
  }
});
