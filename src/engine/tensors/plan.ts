import { attentionBytes, type WeightForm } from './layerAttention';

/** Bytes of tensors that are kept over all runs; `VIVARIUM_TENSOR_BUDGET_MB` in the engine's environment sets another. */
export const TENSOR_BUDGET_BYTES = 512 * 1024 ** 2;

export interface TensorSizes {
  /** Layers whose attention is wanted, heads a layer. */
  readonly attentionLayers: number;
  readonly heads: number;
  /** Hidden states that are wanted, floats of one. */
  readonly hiddenBlocks: number;
  readonly width: number;
  /** 0 where no logits are wanted. */
  readonly vocabularySize: number;
  /** Tokens that the run can reach. */
  readonly tokens: number;
}

/** What of a run is kept in memory; the rest is computed again from the ids when it is asked for. */
export interface TensorPlan {
  readonly attention: WeightForm | 'none';
  readonly hidden: boolean;
  /** Rows of logits, from the first. */
  readonly logitsRows: number;
  /** Bytes that this can take at most. */
  readonly bytes: number;
}

/**
 * Splits the budget: hidden states where they fit into a quarter, attention exact where it fits into what is left, else
 * as 8-bit codes, else not at all, and logits in what is left then, half of the budget at most.
 */
export function planTensors(sizes: TensorSizes, budget: number): TensorPlan {
  const hiddenBytes = sizes.hiddenBlocks * sizes.tokens * sizes.width * 4;
  const hidden = hiddenBytes <= budget / 4;
  let left = budget - (hidden ? hiddenBytes : 0);
  const fits = (form: WeightForm): boolean =>
    attentionBytes(form, sizes.attentionLayers, sizes.heads, sizes.tokens) <= left;
  const attention = fits('float32') ? 'float32' : fits('codes') ? 'codes' : 'none';
  if (attention !== 'none') left -= attentionBytes(attention, sizes.attentionLayers, sizes.heads, sizes.tokens);
  const rowBytes = sizes.vocabularySize * 4;
  const logitsRows = rowBytes === 0 ? 0 : Math.min(sizes.tokens, Math.floor(Math.min(left, budget / 2) / rowBytes));
  left -= logitsRows * rowBytes;
  return { attention, hidden, logitsRows, bytes: budget - left };
}
