import type { TokenOrigin } from '../../core/sequence/pass';

/** How a token came, in words. */
export const ORIGIN_NAMES: Readonly<Record<TokenOrigin, string>> = {
  prompt: 'prompt',
  accepted: 'accepted',
  replacement: 'replacement',
  bonus: 'bonus',
  sampled: 'sampled',
  'handed-over': 'handed over',
};

export const ORIGIN_DEFINITIONS: Readonly<Record<TokenOrigin, string>> = {
  prompt: 'Given, not generated.',
  accepted: 'Drafted, and accepted by the rule.',
  replacement: 'Drawn in the place of the first drafted token that was rejected.',
  bonus: 'Drawn from the model’s own distribution after a draft that was accepted whole.',
  sampled: 'Drawn from the model without a draft.',
  'handed-over': 'Written by the small model; no rule judged it.',
};
