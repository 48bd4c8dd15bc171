import type { Mixing } from '../../../core/trace/record';
import type { DecoderBody } from '../decoder';
import type { GraphEditor, ProbeValue } from '../graphEditor';

/** The attention of a layer, or what the layer has instead. */
export function attentionOf(body: DecoderBody, editor: GraphEditor, layer: number, layers: number): ProbeValue {
  if (layer < 0 || layer >= layers)
    return { reason: `The model has no layer ${layer}: its layers are 0 to ${layers - 1}.` };
  const block = body.blocks.find((each) => each.layer === layer);
  return block?.attention
    ? block.attention.form.value(editor, block.attention.node)
    : { reason: withoutAttention(layer, block?.mixing) };
}

/** Why a layer gives no attention, as a sentence: what it has instead. */
function withoutAttention(layer: number, mixing: Mixing = 'unknown'): string {
  switch (mixing) {
    case 'attention':
      return `Layer ${layer} computes attention more than once, so that there is no single one to show.`;
    case 'convolution':
    case 'recurrence':
      return `Layer ${layer} has no attention: it has a ${mixing} instead.`;
    case 'unknown':
      return `Layer ${layer} has no attention that could be recognised.`;
  }
}
