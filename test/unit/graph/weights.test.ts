import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { applyEdits, withLengths } from '../../../src/engine/graph/edits';
import { readOnnx } from '../../../src/engine/graph/model';
import { WireWriter } from '../../../src/engine/graph/protobuf';
import { bufferSource } from '../../../src/engine/graph/source';
import { referToWeights } from '../../../src/engine/graph/weights';

/** A model of one weight of 512 floats; `rest` are further fields of the tensor, after its data. */
function oneWeight(rest: (tensor: WireWriter) => WireWriter): Uint8Array {
  const tensor = new WireWriter().int(1, 512).int(2, 1).text(8, 'w').bytes(9, new Uint8Array(2048).fill(7));
  const graph = new WireWriter().message(5, rest(tensor));
  return new WireWriter().int(1, 8).message(7, graph).finish();
}

describe('a weight that is referred to where it is', () => {
  const referred = (bytes: Uint8Array): ReturnType<typeof readOnnx> => {
    const edits = withLengths(referToWeights(readOnnx(bufferSource(bytes)), { from: 'm.onnx' }));
    return readOnnx(bufferSource(applyEdits(bytes, edits)));
  };

  for (const [what, rest] of [
    ['says nothing of the place of its data', (tensor: WireWriter) => tensor],
    ['says itself that its data is here, as quantisers write', (tensor: WireWriter) => tensor.int(14, 0)],
  ] as const) {
    it(`may be one that ${what}`, () => {
      const bytes = oneWeight(rest);
      const data = referred(bytes).graph.initializers.get('w')?.data;
      assert.ok(data?.kind === 'external');
      const { location, offset, length } = data;
      const start = Buffer.from(bytes).indexOf('\x07\x07\x07\x07');
      assert.deepEqual({ location, offset, length }, { location: 'm.onnx', offset: start, length: 2048 });
    });
  }

  it('in another file may be called otherwise, also where an operator holds it', () => {
    const elsewhere = (name: string): WireWriter => {
      const entry = (key: string, value: string): WireWriter => new WireWriter().text(1, key).text(2, value);
      const place = new WireWriter().int(1, 512).int(2, 1).text(8, name).message(13, entry('location', 'a.data'));
      return place.message(13, entry('offset', '0')).message(13, entry('length', '2048')).int(14, 1);
    };
    const value = new WireWriter().text(1, 'value').message(5, elsewhere('v')).int(20, 4);
    const node = new WireWriter().text(2, 'c').text(4, 'Constant').message(5, value);
    const graph = new WireWriter().message(1, node).message(5, elsewhere('w'));
    const bytes = new WireWriter().int(1, 8).message(7, graph).finish();
    const place = { from: 'm.onnx', moved: new Map([['a.data', 'blobs/0123456789abcdef']]) };
    const edits = withLengths(referToWeights(readOnnx(bufferSource(bytes)), place));
    const edited = readOnnx(bufferSource(applyEdits(bytes, edits))).graph;
    const [constant] = edited.nodes;
    for (const tensor of [edited.initializers.get('w'), constant?.attributes.get('value')?.tensor]) {
      assert.ok(tensor?.data.kind === 'external');
      const { location, offset, length } = tensor.data;
      assert.deepEqual({ location, offset, length }, { location: 'blobs/0123456789abcdef', offset: 0, length: 2048 });
    }
  });

  it('stays in the graph where the tensor names a place in another file as well, which may be said once only', () => {
    const entry = new WireWriter().text(1, 'location').text(2, 'old.data');
    const data = referred(oneWeight((tensor) => tensor.message(13, entry))).graph.initializers.get('w')?.data;
    assert.equal(data?.kind, 'raw');
  });
});
