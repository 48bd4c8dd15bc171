import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { contextOf, endOfText, tokenAt, wholeText } from '../../../../src/core/text/continuation';

const token = (id: number, text: string) => ({ id, text, bytes: [...Buffer.from(text)], special: false });
const special = (id: number, text: string) => ({ id, text, bytes: [], special: true });
const idsOf = (tokens: readonly { readonly id: number }[]): number[] => tokens.map(({ id }) => id);

test('the end of a text keeps what a tokenizer puts before every text, and not what it puts after', () => {
  const tokens = [special(1, '<s>'), token(10, 'In'), token(11, ' the'), token(12, ' end'), special(2, '</s>')];
  const all = contextOf('In the end', tokens, 10);
  assert.deepEqual([idsOf(all.tokens), all.left], [[1, 10, 11, 12], 0]);
  const cut = contextOf('In the end', tokens, 3);
  assert.deepEqual([idsOf(cut.tokens), cut.left], [[1, 11, 12], 1]);
});

test('a special token that the text spells is of the text', () => {
  const tokens = [special(1, '<s>'), token(10, 'In'), special(2, '</s>')];
  assert.deepEqual(idsOf(contextOf('In</s>', tokens, 10).tokens), [1, 10, 2]);
  assert.deepEqual(idsOf(contextOf('<s>In</s>', tokens, 2).tokens), [10, 2]);
});

test('the token that goes on at a place is the one that begins there', () => {
  const text = 'a😀 the';
  const tokens = [token(1, 'a'), token(2, '😀'), token(3, ' the')];
  assert.equal(tokenAt(text, tokens, 0), 1);
  assert.equal(tokenAt(text, tokens, 1), 2);
  assert.equal(tokenAt(text, tokens, 3), 3);
  assert.equal(tokenAt(text, tokens, 5), null);
  assert.equal(tokenAt(text, tokens, text.length), null);
  const [a, b, c, d] = Buffer.from('😀');
  const parts = [
    { ...token(4, ''), bytes: [a!, b!] },
    { ...token(5, ''), bytes: [c!, d!] },
  ];
  assert.equal(tokenAt('😀', parts, 0), null);
});

test('bytes are text where they are whole characters', () => {
  assert.equal(wholeText([...Buffer.from(' né😀\r\n')]), ' né😀\r\n');
  assert.equal(wholeText([...Buffer.from('😀')].slice(0, 3)), null);
  assert.equal(wholeText([0x61, 0xc3]), null);
  assert.equal(wholeText([]), null);
});

test('the end of a text is an end of it, not longer than asked, and begins within no character', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 300 }), fc.integer({ min: 1, max: 200 }), (text, most) => {
      const end = endOfText(text, most);
      assert.ok(text.endsWith(end) && end.length <= most);
      assert.ok(!/^[\udc00-\udfff]/.test(end) || text === end);
      assert.ok(text.length > most || end === text);
    }),
  );
  assert.equal(endOfText('In the beginning', 12), ' beginning');
});
