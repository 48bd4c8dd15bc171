import type { Tab } from '../../tab';

/** How often a Life model is right, by how full the board is. */
export const sweepTab: Tab = {
  id: 'sweep',
  title: 'Sweep',
  load: () => import('./sweep-view').then(({ SweepView }) => SweepView),
  available: (_trace, mode, chosen) => mode === 'explorer' && chosen?.life !== undefined,
  withoutRun: true,
};
