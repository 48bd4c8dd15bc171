import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import {
  bfloat16ToFloat32,
  decodeFloat16,
  encodeFloat16,
  float16ToFloat32,
  float32ToFloat16,
} from '../../../../src/core/numeric/float16';

test('known halves (IEEE 754-2008, binary16)', () => {
  const known: [number, number][] = [
    [0x0000, 0],
    [0x3c00, 1],
    [0xc000, -2],
    [0x7bff, 65504],
    [0x0400, 2 ** -14],
    [0x0001, 2 ** -24],
    [0x3555, 0.333251953125],
    [0x7c00, Infinity],
    [0xfc00, -Infinity],
  ];
  for (const [bits, value] of known) {
    assert.equal(decodeFloat16(bits), value);
    assert.equal(encodeFloat16(value), bits);
  }
});

test('all 65,536 patterns survive the way to float32 and back (NaN stays NaN)', () => {
  const all = Uint16Array.from({ length: 65536 }, (_, i) => i);
  const back = float32ToFloat16(float16ToFloat32(all));
  all.forEach((bits, i) => {
    if (Number.isNaN(decodeFloat16(bits))) assert.ok(Number.isNaN(decodeFloat16(back[i]!)));
    else assert.equal(back[i], bits);
  });
});

test('rounding is to the nearest half, ties to even', () => {
  assert.equal(encodeFloat16(1 + 2 ** -11), 0x3c00);
  assert.equal(encodeFloat16(1 + 3 * 2 ** -11), 0x3c02);
  assert.equal(encodeFloat16(65519.996), 0x7bff);
  assert.equal(encodeFloat16(65520), 0x7c00);
  assert.equal(encodeFloat16(2 ** -25), 0);
  assert.equal(encodeFloat16(1.5 * 2 ** -25), 1);
  fc.assert(
    fc.property(fc.float({ min: -65000, max: 65000, noNaN: true }), (value) => {
      const bits = encodeFloat16(value);
      const error = Math.abs(decodeFloat16(bits) - value);
      for (const other of [bits - 1, bits + 1]) {
        const neighbour = decodeFloat16(other & 0xffff);
        if (Number.isFinite(neighbour)) assert.ok(error <= Math.abs(neighbour - value));
      }
    }),
  );
});

test('bfloat16 is the upper half of a float32', () => {
  assert.deepEqual([...bfloat16ToFloat32(Uint16Array.of(0x3f80, 0xc000, 0x3eab))], [1, -2, 0.333984375]);
});
