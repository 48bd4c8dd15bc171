import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { makeTokenizer, openTokenizer } from '../../../src/engine/tokenizer';
import { readPreTokenizer } from '../../../src/engine/tokenizer/preTokenizers';
import { Problem } from '../../../src/protocol/errors';
import { fixture, skipWithoutFixtures } from '../../harness/fixtures';

// What Hugging Face's library makes of texts; vectors/make.py asked it.

interface Recorded {
  readonly name: string;
  readonly definition: unknown;
  readonly ids: readonly (readonly number[])[];
  readonly plain: readonly (readonly number[])[];
  readonly decoded: readonly (readonly [ids: readonly number[], text: string])[];
}

const read = (name: string): unknown => JSON.parse(readFileSync(join(import.meta.dirname, 'vectors', name), 'utf8'));
const { texts, tokenizers } = read('tokenizers.json') as {
  readonly texts: readonly string[];
  readonly tokenizers: readonly Recorded[];
};

describe('ids are those of Hugging Face’s library', () => {
  for (const { name, definition, ids, plain, decoded } of tokenizers) {
    it(name, () => {
      const tokenizer = makeTokenizer(definition, name);
      texts.forEach((text, i) => assert.deepEqual(tokenizer.encode(text), ids[i], JSON.stringify(text)));
      plain.forEach((expected, i) => assert.deepEqual(tokenizer.encode(texts[i] ?? '', { special: false }), expected));
      for (const [given, text] of decoded) assert.equal(tokenizer.decode(given), text, given.join(' '));
    });
  }
});

describe('expressions find what Oniguruma finds', () => {
  const expressions = read('expressions.json') as { readonly source: string; readonly pieces: readonly string[][] }[];
  for (const { source, pieces } of expressions) {
    it(source === '' ? '(nothing)' : source, () => {
      const cut = readPreTokenizer({ type: 'Split', pattern: { Regex: source }, behavior: 'Isolated', invert: false });
      texts.forEach((text, i) => {
        const found = text === '' ? [] : cut([{ text, lead: 0 }]).map((piece) => piece.text);
        assert.deepEqual(found, pieces[i], JSON.stringify(text));
      });
    });
  }

  for (const [source, part] of [
    ['(a)\\1', /a reference to a group/],
    ['a\\K', /\\K/],
    ['(?i)a', /flags that hold from within|in any case/],
    ['(?i:stra)', /"st" in any case/],
    ['(?i:é)', /beyond ASCII in any case/],
    ['\\X', /\\X/],
    ['\\p{Braille}', /\\p\{Braille\}/],
    ['\\p{Punct}', /\\p\{Punct\}/],
    ['(a*)*', /a repetition of what may be nothing/],
    ['[^a&&b]', /an intersection of classes that is negated/],
    ['(', /something that cannot be read/],
  ] as const) {
    it(`${source} is refused by name`, () => {
      assert.throws(
        () => readPreTokenizer({ type: 'Split', pattern: { Regex: source }, behavior: 'Isolated', invert: false }),
        part,
      );
    });
  }
});

describe('what is not known to be done alike is refused, with its name', () => {
  const model = { type: 'WordLevel', vocab: { a: 0, b: 1 }, unk_token: 'b' };
  const bpe = { type: 'BPE', vocab: { a: 0, b: 1, ab: 2 }, merges: [['a', 'b']] };
  const split = { type: 'Split', pattern: { String: 'a' }, behavior: 'Isolated', invert: false };
  const added = {
    id: 0,
    content: 'a',
    single_word: false,
    lstrip: false,
    rstrip: false,
    normalized: false,
    special: true,
  };
  for (const [definition, part] of [
    [{ model, pre_tokenizer: { type: 'UnicodeScripts' } }, /the pre-tokenizer UnicodeScripts is not supported/],
    [{ model, pre_tokenizer: { type: 'Sequence', pretokenizers: [{ type: 'Abacus' }] } }, /the pre-tokenizer Abacus/],
    [{ model, pre_tokenizer: { ...split, behavior: 'Doubled' } }, /the pre-tokenizer Split has behavior "Doubled"/],
    [{ model, pre_tokenizer: { ...split, depth: 2 } }, /the pre-tokenizer Split has the option depth/],
    [{ model, normalizer: { type: 'Rot13' } }, /the normalizer Rot13/],
    [
      { model, normalizer: { type: 'Precompiled', precompiled_charsmap: 'AA==' } },
      /the normalizer Precompiled has a table/,
    ],
    [{ model, decoder: { type: 'Abacus' } }, /the decoder Abacus/],
    [{ model, post_processor: { type: 'Abacus' } }, /the post-processor Abacus/],
    [{ model, charmap: {} }, /it has the option charmap/],
    [{ model: { ...model, type: 'Lattice' } }, /the model Lattice/],
    [{ model: { ...bpe, dropout: 0.1 } }, /the model BPE has the option dropout/],
    [
      { model: { ...bpe, merges: [['a', 'c']] } },
      /the model BPE has a merge \(1\) of tokens that are not in its vocabulary/,
    ],
    [{ model: { type: 'Unigram', vocab: [['a', 0]], unk_id: 4 } }, /the model Unigram has an unk_id/],
    [{ model, added_tokens: [added, { ...added, special: false }] }, /the added token 1 has other options/],
    [
      {
        model,
        normalizer: { type: 'Lowercase' },
        added_tokens: ['X', 'x'].map((content) => ({ ...added, content, normalized: true })),
      },
      /its normalizer makes one of its added tokens "X" and "x"/,
    ],
  ] as const) {
    it(part.source, () => {
      assert.throws(
        () => makeTokenizer(definition, 'folder/tokenizer.json'),
        (error) =>
          error instanceof Problem &&
          error.code === 'tokenizer-invalid' &&
          error.message.startsWith('folder/tokenizer.json ') &&
          part.test(error.message),
      );
    });
  }

  it('a text that the file’s truncation would cut, and any where padding would add to it', () => {
    const truncation = { max_length: 2, direction: 'Right', strategy: 'LongestFirst', stride: 0 };
    const cutting = makeTokenizer({ model: bpe, truncation }, 'tokenizer.json');
    assert.deepEqual(cutting.encode('abab'), [2, 2]);
    assert.throws(() => cutting.encode('ababa'), { code: 'prompt-too-long', message: /truncation/ });
    const padded = makeTokenizer({ model: bpe, padding: { strategy: { Fixed: 8 } } }, 'tokenizer.json');
    assert.throws(() => padded.encode('ab'), { code: 'tokenizer-invalid', message: /padding/ });
    assert.deepEqual(makeTokenizer({ model: bpe, padding: { strategy: 'BatchLongest' } }, 'x').encode('ab'), [2]);
  });
});

describe('an expression that takes for ever', () => {
  const slow = makeTokenizer(
    {
      model: { type: 'WordLevel', vocab: { a: 0 }, unk_token: 'a' },
      pre_tokenizer: { type: 'Split', pattern: { Regex: '(?:a+)+$' }, behavior: 'Isolated', invert: false },
    },
    'slow/tokenizer.json',
  );

  it('is given up with a sentence, and the next text is read', () => {
    assert.throws(() => slow.encode(`${'a'.repeat(60)}b`), {
      code: 'tokenizer-invalid',
      message: /^slow\/tokenizer\.json was given up on this text/,
    });
    assert.deepEqual(slow.encode('ab'), [0]);
  });
});

describe('the tokenizers of the fixtures', { skip: skipWithoutFixtures }, () => {
  const root = fixture('wild_tokenizers');
  const names = skipWithoutFixtures ? [] : readdirSync(root).filter((name) => !name.endsWith('.json'));
  for (const name of names) {
    it(`${name}: Python’s ids, or refused by name`, async () => {
      const recorded = JSON.parse(readFileSync(join(root, 'vectors.json'), 'utf8')) as {
        readonly texts: readonly string[];
        readonly ids: Readonly<Record<string, readonly (readonly number[])[]>>;
      };
      if (name === 'bl_unicodescripts') {
        await assert.rejects(openTokenizer(join(root, name)), { message: /the pre-tokenizer UnicodeScripts/ });
        return;
      }
      const tokenizer = await openTokenizer(join(root, name));
      recorded.texts.forEach((text, i) =>
        assert.deepEqual(tokenizer.encode(text), recorded.ids[name]?.[i], JSON.stringify(text)),
      );
    });
  }
});
