import { mapped, number, object, oneOf, orElse, readOrNull } from '../../core/check/check';
import type { FilterSettings } from '../../core/decode/filters';
import type { NextReady, TokensApi } from '../../protocol/tokensView';
import type { CursorLink } from '../cursor/link';

/** What the page keeps while it is hidden. */
export interface TokensKept {
  readonly settings: FilterSettings;
}

export type TokensLink = CursorLink<NextReady, TokensApi, TokensKept>;

/** Settings that change nothing. */
export const PLAIN: FilterSettings = { temperature: 1, topK: 0, topP: 1, minP: 0 };

const share = mapped(number({ min: 0 }), (value) => Math.min(1, value));

const keptCheck = object({
  version: oneOf(1),
  settings: object({
    temperature: orElse(number({ min: 0 }), PLAIN.temperature),
    topK: orElse(mapped(number({ min: 0 }), Math.round), PLAIN.topK),
    topP: orElse(share, PLAIN.topP),
    minP: orElse(share, PLAIN.minP),
  }),
});

/** What was kept, where it is of this version; else settings that change nothing. */
export function readKept(kept: unknown): TokensKept {
  return { settings: readOrNull(keptCheck, kept)?.settings ?? PLAIN };
}
