import { meanOverHeads } from '../../core/lens/attention';
import type { LastAttention } from '../../protocol/runs';
import type { HeadRef } from '../explorer/attention/state';

/** Whose weights are shown: one head's, the mean over a layer's (`head` null), or over all (null). */
export type HeadChoice = HeadRef | null;

type Given = Extract<LastAttention, { available: true }>;

/** A choice as far as the model has it: another model may have fewer layers or heads. */
export function chosenOf(choice: HeadChoice, { layers, heads }: Given): HeadChoice {
  if (choice === null || !layers.includes(choice.layer)) return null;
  return choice.head !== null && choice.head >= heads ? { layer: choice.layer, head: null } : choice;
}

/** [tokens] weights of the query by a choice that the model has; they sum to 1. */
export function weightsOf(choice: HeadChoice, { layers, heads, weights }: Given): Float32Array {
  const keys = weights.length / (layers.length * heads);
  const first = choice === null ? 0 : layers.indexOf(choice.layer) * heads + (choice.head ?? 0);
  const count = choice === null ? layers.length * heads : choice.head === null ? heads : 1;
  const rows = Array.from({ length: count }, (_, row) =>
    weights.subarray((first + row) * keys, (first + row + 1) * keys),
  );
  return meanOverHeads(rows);
}

/** The choice `step` places on: all, then layer by layer its mean and its heads, and around. */
export function stepped(choice: HeadChoice, step: number, { layers, heads }: Given): HeadChoice {
  const places = 1 + layers.length * (heads + 1);
  const at = choice === null ? 0 : 1 + layers.indexOf(choice.layer) * (heads + 1) + (choice.head ?? -1) + 1;
  const next = (at + step + places) % places;
  if (next === 0) return null;
  const [place, head] = [Math.floor((next - 1) / (heads + 1)), (next - 1) % (heads + 1)];
  return { layer: layers[place]!, head: head === 0 ? null : head - 1 };
}

export function nameOf(choice: HeadChoice): string {
  if (choice === null) return 'mean of all heads';
  return choice.head === null ? `mean of layer ${choice.layer}` : `layer ${choice.layer}, head ${choice.head}`;
}
