import type { DecoderAnatomy } from './decoder';
import type { OnnxTensor } from './onnx';

/**
 * The constant that a decoder looks its token embeddings up in: [tokens, width], floating point.
 * @returns null where they are computed, quantised, or not one matrix.
 */
export function tokenEmbeddings({ bodies }: DecoderAnatomy): OnnxTensor | null {
  const body = bodies[0];
  const lookup = body?.flow.order[0];
  if (!body || !lookup) return null;
  const isFused = lookup.op === 'EmbedLayerNormalization';
  if (!isFused && lookup.op !== 'Gather') return null;
  const tensor = body.scope.constant(lookup.inputs[isFused ? 2 : 0] ?? '');
  const isMatrix = tensor?.dims.length === 2 && ['float32', 'float16', 'float64'].includes(tensor.elementType);
  return isMatrix ? tensor : null;
}
