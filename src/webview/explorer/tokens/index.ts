import type { Tab } from '../tab';

/** The text of a run, how sure the model was of each token, and what else it could have said. */
export const tokensTab: Tab = {
  id: 'tokens',
  title: 'Tokens',
  load: () => import('./tokens-view').then(({ TokensView }) => TokensView),
  available: () => true,
};
