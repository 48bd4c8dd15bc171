import type { Tab } from '../tab';
import { TokensView } from './tokens-view';

export const tokensTab: Tab = {
  id: 'tokens',
  title: 'Tokens',
  component: TokensView,
  available: () => true,
};
