import type { Mixing } from '../../../core/trace/record';
import type { KnownGraph } from '../known';
import type { OnnxNode } from '../onnx';
import { convolution } from './convolution';
import type { AttentionForm, AttentionSite, CacheUse, FusedOperator } from './form';
import { fourier } from './fourier';
import { groupQuery } from './groupQuery';
import { linear } from './linear';
import { multiHead } from './multiHead';
import { onnxAttention } from './onnxAttention';
import { opaque } from './opaque';
import type { OtherForm, Surroundings } from './other';
import { recompute } from './recompute';
import { recurrence } from './recurrence';
import { softmax } from './softmax';

/** Every form of attention; `opaque` takes what no other does. */
const ATTENTION_FORMS: readonly AttentionForm[] = [softmax, onnxAttention, groupQuery, multiHead, recompute, opaque];

/** What else lets tokens see others; the first that fits a node counts. */
const OTHER_FORMS: readonly OtherForm[] = [recurrence, convolution, fourier, linear];

/** The attention that `node` computes, or null. */
export function attentionSite(graph: KnownGraph, node: OnnxNode): AttentionSite | null {
  const form = ATTENTION_FORMS.find((each) => each.matches(graph, node));
  return form ? { form, node } : null;
}

/** By name; of two operators of one name that of the form which is listed first. */
const fusedOperators = new Map<string, FusedOperator>(
  ATTENTION_FORMS.flatMap(({ operators }) => [...(operators ?? [])]).reverse(),
);

/** What is known of an operator that computes attention in one, whatever domain it is of: exporters have their own. */
export function fusedOperator(op: string): FusedOperator | undefined {
  return fusedOperators.get(op);
}

/** The attention that takes `value`, of the cache, by `node`, and as which part of it; null where none is recognised. */
export function cacheUse(graph: KnownGraph, node: OnnxNode, value: string): CacheUse | null {
  const cache = fusedOperator(node.op)?.cache;
  const isTaken = (places: readonly number[]): boolean => places.some((place) => node.inputs[place] === value);
  // Inputs 1 and 2 are all keys and values, where the graph itself makes the cache longer.
  if (cache && isTaken([cache[0], 1])) return { part: 'key', site: node };
  if (cache && isTaken([cache[1], 2])) return { part: 'value', site: node };
  for (const form of ATTENTION_FORMS) {
    const use = form.cacheUse?.(graph, node, value);
    if (use) return use;
  }
  return null;
}

/** How `node` lets tokens see others, if not by attention; null where it does not. */
export function otherMixing(node: OnnxNode, around: Surroundings): Mixing | null {
  return OTHER_FORMS.find((form) => form.matches(node, around))?.mixing ?? null;
}

/** What a state in the cache is of, by its name: a recurrence unless that says otherwise. */
export function stateMixing(name: string): Mixing {
  return OTHER_FORMS.find(({ states }) => states?.test(name))?.mixing ?? 'recurrence';
}
