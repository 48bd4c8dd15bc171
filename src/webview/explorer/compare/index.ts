import type { Tab } from '../tab';

/** One prompt under several decoders. */
export const compareTab: Tab = {
  id: 'compare',
  title: 'Compare',
  load: () => import('./compare-view').then(({ CompareView }) => CompareView),
  available: (_trace, mode) => mode === 'explorer',
  withoutRun: true,
};
