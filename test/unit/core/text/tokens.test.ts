import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { groupTokens, textOfBytes, tokenLabel } from '../../../../src/core/text/tokens';
import { decodeUtf8, encodeUtf8 } from '../../../../src/core/text/utf8';

const utf8 = (text: string): number[] => [...new TextEncoder().encode(text)];
const groups = (...tokens: number[][]) =>
  groupTokens(tokens.map((bytes) => ({ bytes }))).map(({ start, end, text }) => [start, end, text]);

test('UTF-8 is that of the platform, for any text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      assert.deepEqual(encodeUtf8(text), utf8(text));
      assert.equal(
        decodeUtf8(utf8(text), () => assert.fail('a byte was called broken')),
        new TextDecoder('utf-8', { ignoreBOM: true }).decode(new TextEncoder().encode(text)),
      );
    }),
  );
});

test('a byte is part of a character exactly where the platform’s decoder says so', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 255 }), { maxLength: 8 }), (bytes) => {
      const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
      let valid = true;
      try {
        strict.decode(Uint8Array.from(bytes));
      } catch {
        valid = false;
      }
      let broken = false;
      decodeUtf8(bytes, () => ((broken = true), ''));
      assert.equal(!broken, valid);
    }),
    { numRuns: 3000 },
  );
});

test('a leading space is a middle dot, a newline an arrow, inner spaces stay', () => {
  assert.equal(tokenLabel(' the'), '·the');
  assert.equal(tokenLabel('   x y'), '···x y');
  assert.equal(tokenLabel('\n\n'), '↵↵');
  assert.equal(tokenLabel('\t\r\u0007\u0085'), '→␍<0x07><0x85>');
  assert.equal(tokenLabel(''), '');
  assert.equal(tokenLabel('é🙂'), 'é🙂');
});

test('bytes that are no whole character are shown as such', () => {
  assert.equal(textOfBytes([0xe2, 0x82]), '<0xE2><0x82>');
  assert.equal(textOfBytes([...utf8('né'), 0xf0]), 'né<0xF0>');
  assert.equal(textOfBytes([0x82, 0x41]), '<0x82>A');
});

test('a character spread over tokens joins them', () => {
  const [a, b, c, d] = utf8('🙂') as [number, number, number, number];
  assert.deepEqual(groups([0x41], [a], [b], [c], [d], [0x42]), [
    [0, 1, 'A'],
    [1, 5, '🙂'],
    [5, 6, 'B'],
  ]);
  assert.deepEqual(groups([0x41, a, b], [c, d, 0x42], [0x43]), [
    [0, 2, 'A🙂B'],
    [2, 3, 'C'],
  ]);
});

test('characters that overlap in tokens join them all', () => {
  const [e, f] = [utf8('é'), utf8('ü')];
  assert.deepEqual(groups([e[0]!], [e[1]!, f[0]!], [f[1]!]), [[0, 3, 'éü']]);
});

test('bytes that never become a character stay with their own token', () => {
  assert.deepEqual(groups([0xe2], [0x41], [0x82]), [
    [0, 1, '<0xE2>'],
    [1, 2, 'A'],
    [2, 3, '<0x82>'],
  ]);
  assert.deepEqual(groups([0xe2, 0x82]), [[0, 1, '<0xE2><0x82>']]);
});

test('a special token stands alone and breaks a character', () => {
  const [a, b] = utf8('é') as [number, number];
  assert.deepEqual(groups([a], [], [b]), [
    [0, 1, '<0xC3>'],
    [1, 2, ''],
    [2, 3, '<0xA9>'],
  ]);
});

test('however a text is cut into tokens, the groups are its characters in order, none broken', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'grapheme', maxLength: 12 }),
      fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 40, maxLength: 40 }),
      (text, cuts) => {
        const bytes = utf8(text);
        const tokens: { bytes: number[] }[] = [];
        for (let at = 0, i = 0; at < bytes.length; i++) {
          tokens.push({ bytes: bytes.slice(at, at + cuts[i % cuts.length]!) });
          at += cuts[i % cuts.length]!;
        }
        const found = groupTokens(tokens);
        assert.equal(found.map((group) => group.text).join(''), text);
        assert.deepEqual(
          found.flatMap(({ start, end }) => Array.from({ length: end - start }, (_, i) => start + i)),
          [...tokens.keys()],
        );
        // Nothing is joined without need: every inner border of a group lies within a character.
        for (const { start, end } of found) {
          for (let border = start + 1; border < end; border++) {
            const before = tokens.slice(0, border).flatMap((token) => token.bytes).length;
            assert.equal(bytes[before]! & 0xc0, 0x80);
          }
        }
      },
    ),
  );
});
