import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import test from 'node:test';
import fc from 'fast-check';
import { CoreError } from '../../../../src/core/errors';
import {
  headBytes,
  layoutSafetensors,
  parseSafetensors,
  writeSafetensors,
  type TensorData,
} from '../../../../src/core/trace/safetensors';

const concat = (pieces: Iterable<Uint8Array>): Uint8Array =>
  Uint8Array.from([...pieces].flatMap((piece) => [...piece]));
const isInvalid = (pattern: RegExp) => (error: unknown) =>
  error instanceof CoreError && error.code === 'safetensors-invalid' && pattern.test(error.message);
/** A file with any header. */
const file = (header: unknown, dataBytes = 0): Uint8Array => {
  const json = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header));
  const bytes = new Uint8Array(8 + json.length + dataBytes);
  new DataView(bytes.buffer).setUint32(0, json.length, true);
  bytes.set(json, 8);
  return bytes;
};

test('what is written is read, with names in any script', () => {
  const tensors: TensorData[] = [
    { name: 'attention.0', dtype: 'F32', shape: [1, 2, 2], data: [Float32Array.of(1, 0), Float32Array.of(0.5, 0.5)] },
    { name: 'input_ids', dtype: 'I64', shape: [2], data: BigInt64Array.of(1n, 2n) },
    { name: 'größe 🙂 "x"', dtype: 'U8', shape: [3], data: Uint8Array.of(7, 8, 9) },
    { name: 'scalar', dtype: 'F16', shape: [], data: Uint16Array.of(0x3c00) },
    { name: 'none', dtype: 'I32', shape: [0, 4], data: new Int32Array(0) },
  ];
  const bytes = concat(writeSafetensors(tensors, { run: '4f1c' }));
  const { tensors: read, metadata } = parseSafetensors(bytes, bytes.length);
  assert.deepEqual({ ...metadata }, { run: '4f1c' });
  assert.deepEqual(
    [...read.values()].map(({ name, dtype, shape }) => ({ name, dtype, shape })),
    tensors.map(({ name, dtype, shape }) => ({ name, dtype, shape })),
  );
  const attention = read.get('attention.0')!;
  assert.equal(attention.start % 8, 0);
  assert.deepEqual([...new Float32Array(bytes.slice(attention.start, attention.end).buffer)], [1, 0, 0.5, 0.5]);
  assert.deepEqual([...layoutSafetensors(tensors, { run: '4f1c' }).tensors], [...read.values()]);
});

test('a view into a larger buffer is written alone', () => {
  const data = Float32Array.of(1, 2, 3, 4).subarray(1, 3);
  const bytes = concat(writeSafetensors([{ name: 'x', dtype: 'F32', shape: [2], data }]));
  assert.deepEqual([...new Float32Array(bytes.slice(-8).buffer)], [2, 3]);
});

test('pieces that do not add up to the shape, and names given twice, are refused', () => {
  const x = { name: 'x', dtype: 'F32', shape: [2], data: Float32Array.of(1) } as const;
  assert.throws(() => concat(writeSafetensors([x])), isInvalid(/4 bytes where its shape says 8/));
  assert.throws(() => layoutSafetensors([x, x]), isInvalid(/"x"/));
  assert.throws(() => layoutSafetensors([{ ...x, name: '__metadata__' }]), isInvalid(/__metadata__/));
  assert.throws(() => layoutSafetensors([{ ...x, shape: [-1] }]), isInvalid(/shape/));
});

test('a file made by Hugging Face’s own library is read', (context) => {
  const path = '../shared/fixtures/exports/stories260K/golden.safetensors';
  if (!existsSync(path)) return context.skip('no shared fixtures');
  const bytes = readFileSync(path);
  const { tensors } = parseSafetensors(bytes, bytes.length);
  const ids = tensors.get('0.input_ids')!;
  assert.deepEqual([ids.dtype, ids.shape], ['I64', [1, 47]]);
  const first = new BigInt64Array(new Uint8Array(bytes.subarray(ids.start, ids.end)).buffer);
  assert.deepEqual([...first.subarray(0, 4)], [1n, 403n, 407n, 261n]);
  assert.deepEqual(tensors.get('2.attentions')!.shape, [5, 8, 47, 47]);
});

test('a file that is cut, or longer than it says, is refused', () => {
  const bytes = concat(writeSafetensors([{ name: 'x', dtype: 'U8', shape: [2], data: Uint8Array.of(1, 2) }]));
  for (const length of [0, 7, 8, bytes.length - 1, bytes.length + 1]) {
    assert.throws(() => parseSafetensors(bytes, length), isInvalid(/./), String(length));
  }
  assert.throws(() => parseSafetensors(bytes.subarray(0, 20), bytes.length), isInvalid(/not read whole/));
  assert.equal(headBytes(bytes.subarray(0, 8), bytes.length), bytes.length - 2);
});

test('headers that lie are refused', () => {
  const u8 = (shape: unknown, offsets: unknown, dtype: unknown = 'U8') => ({ dtype, shape, data_offsets: offsets });
  const cases: [unknown, number, RegExp][] = [
    ['{', 0, /not JSON/],
    ['[]', 0, /no object/],
    [{ x: 1 }, 0, /in "x" of its header it must be an object/],
    [{ x: u8([2], [0, 2], 'F99') }, 2, /F99/],
    [{ x: u8([2], [0, 2], 'toString') }, 2, /element type/],
    [{ x: u8([2], [0, 3]) }, 3, /does not fit/],
    [{ x: u8([2], [2, 0]) }, 2, /does not fit/],
    [{ x: u8([2], [0]) }, 2, /does not fit/],
    [{ x: u8([1.5], [0, 2]) }, 2, /"shape\[0\]" must be an integer/],
    [{ x: u8([2 ** 40, 2 ** 40], [0, 0]) }, 0, /too large/],
    [{ x: u8([2], [0, 2]), y: u8([2], [1, 3]) }, 3, /does not begin where/],
    [{ x: u8([2], [0, 2]), y: u8([2], [3, 5]) }, 5, /does not begin where/],
    [{ x: u8([2], [0, 2]) }, 3, /has .* bytes/],
    [{ __metadata__: { a: 1 } }, 0, /metadata/],
  ];
  for (const [header, dataBytes, pattern] of cases) {
    const bytes = file(header, dataBytes);
    assert.throws(() => parseSafetensors(bytes, bytes.length), isInvalid(pattern), JSON.stringify(header));
  }
  const huge = file({});
  new DataView(huge.buffer).setUint32(4, 1, true);
  assert.throws(() => headBytes(huge, 2 ** 40), isInvalid(/too long/));
  const latin = file('{"x": 1}');
  latin[10] = 0xff;
  assert.throws(() => parseSafetensors(latin, latin.length), isInvalid(/UTF-8/));
});

test('names that JavaScript treats specially are names like others', () => {
  const bytes = file('{"__proto__":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}', 1);
  assert.equal(parseSafetensors(bytes, bytes.length).tensors.get('__proto__')?.dtype, 'U8');
});

test('any header gives tensors within the file or a safetensors error', () => {
  fc.assert(
    fc.property(fc.json(), fc.nat(64), (header, dataBytes) => {
      const bytes = file(header, dataBytes);
      try {
        for (const { start, end } of parseSafetensors(bytes, bytes.length).tensors.values()) {
          assert.ok(start <= end && end <= bytes.length);
        }
      } catch (error) {
        assert.ok(isInvalid(/./)(error), String(error));
      }
    }),
  );
});
