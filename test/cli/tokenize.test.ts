import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { document, vivarium } from './vivarium';

interface Read {
  readonly text: string;
  readonly ids: readonly number[];
  readonly tokens: readonly string[];
}

const vectors = JSON.parse(
  readFileSync(path.join(import.meta.dirname, '../unit/tokenizer/vectors/tokenizers.json'), 'utf8'),
) as {
  readonly texts: readonly string[];
  readonly tokenizers: readonly {
    readonly name: string;
    readonly definition: unknown;
    readonly ids: readonly (readonly number[])[];
    readonly plain: readonly (readonly number[])[];
  }[];
};
const recorded = vectors.tokenizers.find(({ name }) => name === 'bpe bytes')!;

const folder = mkdtempSync(path.join(tmpdir(), 'vivarium-tokenize-'));
after(() => rmSync(folder, { recursive: true }));
writeFileSync(path.join(folder, 'tokenizer.json'), JSON.stringify(recorded.definition));

test('a folder with a tokenizer alone: many texts from a file, with their ids and how the vocabulary spells them', async () => {
  const lines = path.join(folder, 'texts.jsonl');
  writeFileSync(lines, vectors.texts.map((text, i) => JSON.stringify(i % 2 ? text : { text })).join('\n'));
  const array = path.join(folder, 'texts.json');
  writeFileSync(array, JSON.stringify(vectors.texts));
  for (const file of [lines, array]) {
    const read = await document<Read[]>('tokenize', folder, '--file', file);
    assert.deepEqual(
      read.map(({ text }) => text),
      vectors.texts,
    );
    assert.deepEqual(
      read.map(({ ids }) => ids),
      recorded.ids,
    );
  }
});

test('one text, with what is added to it and without', async () => {
  const text = vectors.texts[3]!;
  const [whole] = await document<Read[]>('tokenize', folder, '--text', text);
  const [plain] = await document<Read[]>('tokenize', folder, '--text', text, '--no-special');
  assert.deepEqual([whole!.ids, plain!.ids], [recorded.ids[3], recorded.plain[3]]);
  assert.equal(plain!.tokens.join(''), '▁Hello▁▁world,▁2024!');
  const { stdout } = await vivarium('tokenize', folder, '--text', 'a', '--no-special');
  assert.match(stdout, /^ *\d+ +"▁"?/);
});

test('what cannot be read is told', async () => {
  const broken = path.join(folder, 'broken.json');
  writeFileSync(broken, '["a", 3]');
  const empty = mkdtempSync(path.join(folder, 'empty-'));
  for (const [args, message] of [
    [[folder], /Give --text or --file/],
    [[folder, '--text', 'a', '--file', broken], /Give --text or --file/],
    [[folder, '--file', broken], /broken\.json has as number 2 neither/],
    [[folder, '--file', path.join(folder, 'none.json')], /cannot be read \(ENOENT\)/],
    [[empty, '--text', 'a'], /has no tokenizer/],
  ] as const) {
    const { code, stderr } = await vivarium('tokenize', ...args);
    assert.equal(code, 1);
    assert.match(stderr, message);
  }
});
