import type { Tab } from '../tab';

/** What a Life model predicts, cell by cell, beside the rule. */
export const lifeTab: Tab = {
  id: 'life',
  title: 'Life',
  load: () => import('./life-view').then(({ LifeTab }) => LifeTab),
  available: (trace) => trace?.header.model.life !== undefined,
  // A board that was only read has no answer to show beside it.
  opens: ({ header, tokens }) => header.model.life !== undefined && tokens.length > header.promptLength,
  facts: ({ header }) => {
    const grid = header.model.life;
    return grid ? `${grid.width} × ${grid.height} ${grid.topology}, ${grid.rule}` : '';
  },
};
