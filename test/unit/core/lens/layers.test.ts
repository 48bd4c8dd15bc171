import assert from 'node:assert/strict';
import test from 'node:test';
import { layerStep, logSumExpOf, readLayer } from '../../../../src/core/lens/layers';
import { CoreError } from '../../../../src/core/errors';

const near = (a: number, b: number, within = 1e-6): void => assert.ok(Math.abs(a - b) < within, `${a} is not ${b}`);
const logits = (...p: number[]): Float32Array => Float32Array.from(p, Math.log);

test('a layer’s word beside the last one’s: worked numbers', () => {
  const last = logits(1 / 2, 1 / 4, 1 / 8, 1 / 8);
  const row = logits(1 / 8, 1 / 2, 1 / 4, 1 / 8);
  const { ids, probabilities, entropy, divergence } = readLayer(row, last, 2);
  assert.deepEqual([...ids], [1, 2]);
  near(probabilities[0]!, 0.5);
  near(probabilities[1]!, 0.25);
  near(entropy, 1.75);
  // ½ log2 4 + ¼ log2 ½ + ⅛ log2 ½ + 0
  near(divergence, 1 - 0.25 - 0.125);
  near(readLayer(last, last, 1).divergence, 0);
});

test('logits need not be normalised, and the divergence is finite where probabilities underflow', () => {
  const last = Float32Array.of(1000, 1000);
  const row = Float32Array.of(-2000, 0);
  const { divergence, probabilities } = readLayer(row, last, 2);
  assert.deepEqual([...probabilities], [1, 0]);
  // ½ · 2000 nats less the entropy of the last.
  near(divergence, 1000 / Math.LN2 - 1, 1e-3);
  assert.equal(readLayer(Float32Array.of(-Infinity, 0), last, 1).divergence, Infinity);
  assert.equal(
    readLayer(Float32Array.of(0, 0), Float32Array.of(-Infinity, 0), 1, logSumExpOf(Float32Array.of(-Infinity, 0)))
      .divergence,
    1,
  );
  assert.throws(() => readLayer(Float32Array.of(NaN, 0), last, 1), CoreError);
});

test('ties go to the lower id, and no more tokens are given than there are', () => {
  const row = Float32Array.of(1, 3, 3);
  assert.deepEqual([...readLayer(row, row, 9).ids], [1, 2, 0]);
});

test('how a layer moves the stream', () => {
  const from = Float32Array.of(1, 1);
  const last = Float32Array.of(1, 5);
  assert.deepEqual(layerStep(from, Float32Array.of(1, 4), last), { velocity: 3, turn: 0 });
  assert.deepEqual(layerStep(from, Float32Array.of(4, 1), last), { velocity: 3, turn: 1 });
  assert.deepEqual(layerStep(from, Float32Array.of(1, -1), last), { velocity: 2, turn: 2 });
  const aside = layerStep(from, Float32Array.of(4, 5), last);
  near(aside.velocity, 5);
  near(aside.turn, 1 - 16 / 20);
  assert.deepEqual(layerStep(from, from, last), { velocity: 0, turn: 0 });
  assert.deepEqual(layerStep(from, last, last), { velocity: 4, turn: 0 });
});
