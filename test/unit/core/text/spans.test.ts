import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { textSpans } from '../../../../src/core/text/spans';

const bytesOf = (text: string): number[] => [...Buffer.from(text)];
const pieces = (text: string, spans: ReturnType<typeof textSpans>): string[] =>
  spans.spans.map(({ start, end }) => text.slice(start, end));

test('tokens stand where their bytes do, special ones nowhere', () => {
  const tokens = [[], bytesOf('In'), bytesOf(' the'), bytesOf('\r\n')].map((bytes) => ({ bytes }));
  const answer = textSpans('In the\r\n', tokens);
  assert.deepEqual(pieces('In the\r\n', answer), ['In', ' the', '\r\n']);
  assert.deepEqual(answer.spans[0], { start: 0, end: 2, first: 1, last: 1 });
  assert.equal(answer.whole, true);
});

test('tokens that share a character share its place', () => {
  const [a, b, c, d] = bytesOf('😀') as [number, number, number, number];
  const answer = textSpans('x😀y', [
    { bytes: bytesOf('x') },
    { bytes: [a, b] },
    { bytes: [c] },
    { bytes: [d] },
    { bytes: bytesOf('y') },
  ]);
  assert.deepEqual(answer.spans, [
    { start: 0, end: 1, first: 0, last: 0 },
    { start: 1, end: 3, first: 1, last: 3 },
    { start: 3, end: 4, first: 4, last: 4 },
  ]);
});

test('a blank that the tokenizer puts before the text belongs to no character', () => {
  assert.deepEqual(pieces('Once', textSpans('Once', [{ bytes: bytesOf(' Once') }])), ['Once']);
  assert.deepEqual(pieces(' Once', textSpans(' Once', [{ bytes: bytesOf(' Once') }])), [' Once']);
  const alone = textSpans('Once', [{ bytes: [32] }, { bytes: bytesOf('Once') }]);
  assert.deepEqual(pieces('Once', alone), ['Once']);
  const doubled = textSpans(' Once é', [{ bytes: [32] }, { bytes: bytesOf(' Once') }, { bytes: bytesOf(' é') }]);
  assert.deepEqual(pieces(' Once é', doubled), [' Once', ' é']);
  assert.equal(doubled.whole, true);
});

test('where the tokenizer changed the text, the spans end and it is said', () => {
  const answer = textSpans('a Bc', [{ bytes: bytesOf('a') }, { bytes: bytesOf(' b') }, { bytes: bytesOf('c') }]);
  assert.deepEqual(pieces('a Bc', answer), ['a']);
  assert.equal(answer.whole, false);
});

test('however the bytes of a text are cut into tokens, the spans are the text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.array(fc.nat(3)), (text, cuts) => {
      const bytes = bytesOf(text);
      const tokens: { bytes: number[] }[] = [];
      for (let at = 0, i = 0; at < bytes.length; i++) {
        const length = 1 + (cuts[i % Math.max(1, cuts.length)] ?? 0);
        tokens.push({ bytes: bytes.slice(at, at + length) });
        at += length;
      }
      const answer = textSpans(text, tokens);
      assert.equal(answer.whole, true);
      assert.equal(pieces(text, answer).join(''), text);
    }),
  );
});
