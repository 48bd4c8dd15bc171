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
    const edits = withLengths(referToWeights(readOnnx(bufferSource(bytes)), 'm.onnx'));
    return readOnnx(bufferSource(applyEdits(bytes, edits)));
  };

  for (const [what, rest] of [
    ['says nothing of the place of its data', (tensor: WireWriter) => tensor],
    ['says itself that its data is here, as quantisers write', (tensor: WireWriter) => tensor.int(14, 0)],
  ] as const) {
    it(`may be one that ${what}`, () => {
      const bytes = oneWeight(rest);
      const data = referred(bytes).graph.initializers.get('w')?.data;
      assert.deepEqual(data, {
        kind: 'external',
        location: 'm.onnx',
        offset: Buffer.from(bytes).indexOf('\x07\x07\x07\x07'),
        length: 2048,
      });
    });
  }

  it('stays in the graph where the tensor names a place in another file as well, which may be said once only', () => {
    const entry = new WireWriter().text(1, 'location').text(2, 'old.data');
    const data = referred(oneWeight((tensor) => tensor.message(13, entry))).graph.initializers.get('w')?.data;
    assert.equal(data?.kind, 'raw');
  });
});
