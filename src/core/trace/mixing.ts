import type { Mixing } from './record';

const nouns: Readonly<Record<Exclude<Mixing, 'attention'>, string>> = {
  convolution: 'a convolution',
  recurrence: 'a recurrence',
  unknown: 'nothing that is known here',
};

/**
 * What layers have where they have no attention: `layers 0 and 2 have a convolution, layer 5 has a recurrence`; empty where
 * all have it.
 */
export function otherLayersText(mixing: readonly Mixing[] = []): string {
  return (['convolution', 'recurrence', 'unknown'] as const)
    .flatMap((kind) => {
      const layers = mixing.flatMap((each, layer) => (each === kind ? [layer] : []));
      return layers.length === 0 ? [] : [`${layersText(layers)} ${layers.length > 1 ? 'have' : 'has'} ${nouns[kind]}`];
    })
    .join(', ');
}

/** `layer 3`, `layers 0, 1 and 4`. */
function layersText(layers: readonly number[]): string {
  const last = layers.at(-1);
  return layers.length === 1 ? `layer ${last}` : `layers ${layers.slice(0, -1).join(', ')} and ${last}`;
}
