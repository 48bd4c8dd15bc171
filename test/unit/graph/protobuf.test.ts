import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { encodeVarint, WireError, WireReader, WireWriter } from '../../../src/engine/graph/protobuf';
import { bufferSource } from '../../../src/engine/graph/source';

function reader(bytes: Uint8Array): WireReader {
  return new WireReader(bufferSource(bytes));
}

describe('the protobuf wire format', () => {
  it('a varint reads back as it was written', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), (value) => {
        const bytes = encodeVarint(value);
        assert.equal(reader(bytes).varint(bytes.length), value);
      }),
    );
  });

  it('a signed integer of 64 bits reads back, and takes ten bytes when negative', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), (value) => {
        const bytes = encodeVarint(value);
        assert.equal(reader(bytes).int64(bytes.length), value);
        if (value < 0) assert.equal(bytes.length, 10);
      }),
    );
    // The documentation's own example: 150 is 96 01.
    assert.deepEqual([...encodeVarint(150)], [0x96, 0x01]);
    assert.deepEqual([...encodeVarint(-1)], [255, 255, 255, 255, 255, 255, 255, 255, 255, 1]);
  });

  it('fields read back in the order in which they were written', () => {
    const field = fc.integer({ min: 1, max: 0x1fffffff });
    fc.assert(
      fc.property(fc.array(fc.tuple(field, fc.oneof(fc.maxSafeNat(), fc.string(), fc.uint8Array()))), (fields) => {
        const writer = new WireWriter();
        for (const [number, value] of fields) {
          if (typeof value === 'number') writer.int(number, value);
          else if (typeof value === 'string') writer.text(number, value);
          else writer.bytes(number, value);
        }
        const bytes = writer.finish();
        const read = reader(bytes);
        for (const [number, value] of fields) {
          assert.equal(read.tag(bytes.length)?.field, number);
          if (typeof value === 'number') assert.equal(read.varint(bytes.length), value);
          else if (typeof value === 'string')
            assert.equal(read.text(bytes.length), new TextDecoder().decode(Buffer.from(value)));
          else assert.deepEqual(read.bytes(bytes.length), value);
        }
        assert.equal(read.tag(bytes.length), null);
      }),
    );
  });

  it('numbers may be repeated one by one or packed', () => {
    const packed = new WireWriter().bytes(8, Uint8Array.of(1, 2, 3)).finish();
    const single = new WireWriter().int(8, 1).int(8, 2).int(8, 3).finish();
    for (const bytes of [packed, single]) {
      const read = reader(bytes);
      const values: number[] = [];
      for (let tag = read.tag(bytes.length); tag; tag = read.tag(bytes.length)) {
        read.repeated(tag.wire, bytes.length, (end) => values.push(read.int64(end)));
      }
      assert.deepEqual(values, [1, 2, 3]);
    }
  });

  it('a length past the end of the file is a cut file; past the end of its message, a malformed one', () => {
    const cut = reader(Uint8Array.of(10, 5, 1));
    cut.tag(3);
    assert.throws(() => cut.span(3), { name: 'WireError', reason: 'truncated' });
    const inner = reader(Uint8Array.of(10, 2, 10, 3, 0, 0, 0));
    inner.tag(7);
    const { end } = inner.span(7);
    inner.tag(end);
    assert.throws(() => inner.span(end), { name: 'WireError', reason: 'malformed' });
  });

  it('a varint without an end, a field number of zero and a group are malformed', () => {
    for (const bytes of [new Array<number>(11).fill(255), [0], [11, 0]]) {
      const read = reader(Uint8Array.from(bytes));
      assert.throws(() => {
        const tag = read.tag(bytes.length);
        if (tag) read.skip(tag.wire, bytes.length);
      }, WireError);
    }
  });
});
