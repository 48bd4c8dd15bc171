import assert from 'node:assert/strict';
import { it } from 'node:test';
import { readOnnx } from '../../../src/engine/graph/model';
import { Scope } from '../../../src/engine/graph/scope';
import { bufferSource } from '../../../src/engine/graph/source';
import { ModelWriter } from '../../harness/tinyDecoder';

/** An index that JavaScript takes for one of an array: 29 GB of them. */
const VAST = 3_600_000_000;

it('a file that names absurd axes, ranks and lengths has shapes that are not known, and takes no memory for them', () => {
  const model = new ModelWriter();
  const x = model.input('x', 'float32', [2, 3]);
  const list = (value: number): string => model.constant('int64', [1], [value]);
  const sliced = model.node('Slice', [x, list(0), list(1), list(VAST)]);
  const reshaped = [VAST, 2 ** 40, -1, 65].map((length) =>
    model.node('Reshape', [x, model.node('ConstantOfShape', [list(length)])]),
  );
  const joined = model.node('Concat', [model.node('ConstantOfShape', [list(VAST)]), list(1)], { axis: 0 });
  const twice = model.node('Identity', [sliced]);
  model.output(twice, 'float32');
  const known = new Scope(readOnnx(bufferSource(model.finish(), 'model.onnx')).graph);
  assert.deepEqual(known.shape(twice), [null, null]);
  for (const value of reshaped) assert.equal(known.shape(value), null);
  assert.equal(known.content(joined), null);
});
