import assert from 'node:assert/strict';
import type { LoadedModel, PassCapture } from '../../src/engine/model';

/** What a sequence gave, put together over its passes. */
export interface Scored {
  /** [tokens, vocabulary] */
  readonly logits: Float32Array;
  /** layer -> [heads, tokens, tokens] */
  readonly attention: ReadonlyMap<number, Float32Array>;
  /** block -> [tokens, width] */
  readonly hidden: ReadonlyMap<number, Float32Array>;
}

/** Reads `ids` in passes of `step` tokens, with attention and hidden states of all layers where `capture` is set. */
export async function score(model: LoadedModel, ids: readonly number[], step: number, capture = true): Promise<Scored> {
  const passes: PassCapture[] = [];
  const layers = Array.from({ length: capture ? model.layers : 0 }, (_, layer) => layer);
  const sequence = model.openSequence({
    attention: layers,
    hidden: capture ? [...layers, model.layers] : [],
    onPass: (pass) => passes.push(pass),
  });
  const logits = new Float32Array(ids.length * sequence.vocabularySize);
  for (let at = 0; at < ids.length; at += step) {
    const given = await sequence.extend(ids.slice(at, at + step));
    logits.set(given, at * sequence.vocabularySize);
    assert.equal(given.length, Math.min(step, ids.length - at) * sequence.vocabularySize);
  }
  assert.equal(sequence.length, ids.length);
  sequence.dispose();
  return { logits, ...joinPasses(passes, ids.length) };
}

/** Attention rows and hidden states of passes that follow each other, as whole matrices. */
export function joinPasses(passes: readonly PassCapture[], tokens: number): Omit<Scored, 'logits'> {
  const attention = new Map<number, Float32Array>();
  const hidden = new Map<number, Float32Array>();
  let expected = 0;
  for (const { pastLength, fed, attention: maps, hidden: states } of passes) {
    assert.equal(pastLength, expected);
    expected += fed;
    const keys = pastLength + fed;
    for (const [layer, rows] of maps) {
      const heads = rows.length / (fed * keys);
      const whole = attention.get(layer) ?? new Float32Array(heads * tokens * tokens);
      attention.set(layer, whole);
      for (let row = 0; row < heads * fed; row++) {
        const query = Math.floor(row / fed) * tokens + pastLength + (row % fed);
        whole.set(rows.subarray(row * keys, (row + 1) * keys), query * tokens);
      }
    }
    for (const [block, rows] of states) {
      const width = rows.length / fed;
      const whole = hidden.get(block) ?? new Float32Array(tokens * width);
      hidden.set(block, whole);
      whole.set(rows, pastLength * width);
    }
  }
  return { attention, hidden };
}

export function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  assert.equal(a.length, b.length);
  let largest = 0;
  for (let i = 0; i < a.length; i++) {
    const difference = Math.abs((a[i] as number) - (b[i] as number));
    // NaN is a difference too.
    if (!(difference <= largest)) largest = difference;
  }
  return largest;
}

/** The most probable token of each row of [rows, width]. */
export function greedyTokens(logits: Float32Array, width: number): number[] {
  return Array.from({ length: logits.length / width }, (_, row) => {
    let best = 0;
    for (let id = 1; id < width; id++) {
      if ((logits[row * width + id] as number) > (logits[row * width + best] as number)) best = id;
    }
    return best;
  });
}
