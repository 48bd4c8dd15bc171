import { dirname } from 'node:path';
import type { InferenceSession } from 'onnxruntime-node';
import { applyEdits, withLengths } from '../../src/engine/graph/edits';
import type { AttentionSite } from '../../src/engine/graph/forms/form';
import { attentionSite } from '../../src/engine/graph/forms/registry';
import { GraphEditor } from '../../src/engine/graph/graphEditor';
import { readOnnx } from '../../src/engine/graph/model';
import { appendToModel } from '../../src/engine/graph/probes/plan';
import { Scope } from '../../src/engine/graph/scope';
import { openFileSource } from '../../src/engine/graph/source';
import { createSession } from './onnx';

/** A graph of which every attention node is probed, decoder or not. */
export interface ProbedGraph {
  readonly session: InferenceSession;
  readonly scope: Scope;
  readonly sites: readonly ProbedSite[];
  /** Output names of the tensors that were asked for beside attention, by their names in the graph. */
  readonly exposed: ReadonlyMap<string, string>;
}

export interface ProbedSite {
  readonly site: AttentionSite;
  /** Name of the output; null where it cannot be probed, and then `reason` says why. */
  readonly output: string | null;
  readonly reason: string | null;
}

/** Loads a model with an output for the attention of each of its nodes, and for each tensor that `expose` names. */
export async function loadAttentionNodes(
  path: string,
  expose: (site: AttentionSite) => readonly string[] = () => [],
): Promise<ProbedGraph> {
  const source = openFileSource(path);
  const model = readOnnx(source);
  const scope = new Scope(model.graph);
  const editor = new GraphEditor(scope, model.opsets.get('') ?? 17);
  const exposed = new Map<string, string>();
  const sites = scope.graph.nodes.flatMap((node): ProbedSite[] => {
    const site = attentionSite(scope, node);
    if (!site) return [];
    for (const name of expose(site)) {
      if (!name || exposed.has(name)) continue;
      const copy = editor.node('Identity', [name]);
      editor.declare(copy, scope.elementType(name));
      exposed.set(name, copy);
    }
    const found = site.form.value(editor, node);
    if ('reason' in found) return [{ site, output: null, reason: found.reason }];
    return [{ site, output: editor.output(found.value, found.elementType).name, reason: null }];
  });
  const fields = editor.finish() ?? new Uint8Array();
  const insert = appendToModel(model, fields);
  const edits = withLengths([...editor.nodeEdits, { offset: model.size, deleteLength: 0, insert, within: [] }]);
  const session = await createSession(applyEdits(source, edits), dirname(path));
  source.close();
  return { session, scope, sites, exposed };
}

/** What attention is, for {@link attentionProbabilities}: all indices from 0. */
export interface AttentionCase {
  readonly batch: number;
  readonly heads: number;
  readonly sequence: number;
  readonly total: number;
  readonly size: number;
  readonly scale: number;
  readonly query: (batch: number, head: number, position: number, i: number) => number;
  readonly key: (batch: number, head: number, position: number, i: number) => number;
  /** What becomes of a scaled score: biases, masks (-Infinity), soft caps. */
  readonly adjust?: (score: number, batch: number, head: number, query: number, key: number) => number;
}

/** softmax(adjust(scale * Q K^T)) in double precision: [batch, heads, sequence, total]. */
export function attentionProbabilities(attention: AttentionCase): Float64Array {
  const { batch, heads, sequence, total, size, scale } = attention;
  const result = new Float64Array(batch * heads * sequence * total);
  let row = 0;
  for (let b = 0; b < batch; b++) {
    for (let h = 0; h < heads; h++) {
      for (let q = 0; q < sequence; q++, row += total) {
        const scores = result.subarray(row, row + total);
        for (let k = 0; k < total; k++) {
          let dot = 0;
          for (let i = 0; i < size; i++) dot += attention.query(b, h, q, i) * attention.key(b, h, k, i);
          scores[k] = attention.adjust ? attention.adjust(dot * scale, b, h, q, k) : dot * scale;
        }
        const highest = Math.max(...scores);
        scores.forEach((score, k) => (scores[k] = Math.exp(score - highest)));
        const sum = scores.reduce((a, c) => a + c, 0);
        scores.forEach((weight, k) => (scores[k] = weight / sum));
      }
    }
  }
  return result;
}

/** How exactly float32 holds the largest score, where query, key, product and sum are each rounded once. */
export function scoreRounding({ batch, heads, sequence, total, size, scale, query, key }: AttentionCase): number {
  let largest = 0;
  for (let b = 0; b < batch; b++) {
    for (let h = 0; h < heads; h++) {
      for (let q = 0; q < sequence; q++) {
        for (let k = 0; k < total; k++) {
          let sum = 0;
          for (let i = 0; i < size; i++) sum += Math.abs(query(b, h, q, i) * key(b, h, k, i) * scale);
          largest = Math.max(largest, sum);
        }
      }
    }
  }
  return largest * 4 * 2 ** -24;
}

/** The largest distance of the sum of a row of `length` from 1. */
export function rowSumError(probabilities: ArrayLike<number>, length: number): number {
  let largest = 0;
  for (let start = 0; start < probabilities.length; start += length) {
    let sum = 0;
    for (let i = 0; i < length; i++) sum += probabilities[start + i] as number;
    largest = Math.max(largest, Math.abs(sum - 1));
  }
  return largest;
}

/** How many keys after their query have any weight in probabilities [..., sequence, total] of a causal attention. */
export function weightOnLaterKeys(probabilities: ArrayLike<number>, sequence: number, total: number): number {
  let count = 0;
  for (let i = 0; i < probabilities.length; i++) {
    const query = Math.floor(i / total) % sequence;
    if ((i % total) - (total - sequence) > query && probabilities[i] !== 0) count++;
  }
  return count;
}
