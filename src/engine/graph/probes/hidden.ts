import type { DecoderBody } from '../decoder';
import type { GraphEditor, ProbeValue } from '../graphEditor';
import { type Cut, residualTensor } from '../residual';

/** The residual stream that enters `layer`; for `layer` = `layers`, what leaves the last. */
export function hiddenState(body: DecoderBody, editor: GraphEditor, layer: number, layers: number): ProbeValue {
  if (layer < 0 || layer > layers) {
    return { reason: `The model has no hidden state ${layer}: they are 0 to ${layers}.` };
  }
  const block = body.blocks.find((candidate) => candidate.layer === layer);
  const cut: Cut | null = layer === layers ? body.exit : (block?.entry ?? null);
  if (!cut) {
    return {
      reason:
        layer === layers || block
          ? 'Its layers are connected by more than one tensor, so there is no residual stream to read there.'
          : `Where layer ${layer} begins could not be recognised.`,
    };
  }
  const residual = residualTensor(cut.node);
  const elementType = body.scope.elementType('tensor' in residual ? residual.tensor : (residual.missingSum[0] ?? ''));
  if ('tensor' in residual) return { value: residual.tensor, elementType };
  const [first = '', ...rest] = residual.missingSum;
  return { value: rest.reduce((sum, term) => editor.node('Add', [sum, term]), first), elementType };
}
