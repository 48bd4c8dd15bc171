import type { Tab } from '../tab';

/** Attention of every layer and head of a run. */
export const attentionTab: Tab = {
  id: 'attention',
  title: 'Attention',
  load: () => import('./attention-tab').then(({ AttentionTab }) => AttentionTab),
  available: () => true,
  facts: ({ header }) =>
    header.model.server ? 'on a server' : `${header.model.layers} layers × ${header.model.heads} heads`,
};
