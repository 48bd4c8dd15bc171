import { layersWithAttention, type ModelIdentity } from '../../../core/trace/record';
import type { Tab } from '../tab';

/** Attention of every layer and head of a run. */
export const attentionTab: Tab = {
  id: 'attention',
  title: 'Attention',
  load: () => import('./attention-tab').then(({ AttentionTab }) => AttentionTab),
  available: () => true,
  facts: ({ header: { model } }) => (model.server ? 'on a server' : headsText(model)),
};

/** `5 layers × 8 heads`, `2 of 4 layers × 8 heads`, `3 layers, none with attention`. */
function headsText(model: ModelIdentity): string {
  const { length } = layersWithAttention(model);
  if (length === 0) return `${model.layers} layers, none with attention`;
  return `${length < model.layers ? `${length} of ` : ''}${model.layers} layers × ${model.heads} heads`;
}
