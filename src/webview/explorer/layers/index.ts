import type { Tab } from '../tab';

/** What each layer of the model would say after every token: the logit lens. */
export const layersTab: Tab = {
  id: 'layers',
  title: 'Layers',
  load: () => import('./layers-tab').then(({ LayersTab }) => LayersTab),
  available: () => true,
  facts: ({ header }) => (header.model.server ? 'on a server' : `${header.model.layers} layers`),
};
