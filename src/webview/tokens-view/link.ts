import type { FilterSettings } from '../../core/decode/filters';
import type { NextReady, TokensApi } from '../../protocol/tokensView';
import { type FILTER_KEYS } from '../components/sampling-scale';
import type { CursorLink } from '../cursor/link';
import { isRecord } from '../is-record';

/** What the page keeps while it is hidden. */
export interface TokensKept {
  readonly settings: FilterSettings;
}

export type TokensLink = CursorLink<NextReady, TokensApi, TokensKept>;

/** Settings that change nothing. */
export const PLAIN: FilterSettings = { temperature: 1, topK: 0, topP: 1, minP: 0 };

/** What was kept, where it is of this version; else settings that change nothing. */
export function readKept(kept: unknown): TokensKept {
  if (!isRecord(kept) || kept['version'] !== 1 || !isRecord(kept['settings'])) return { settings: PLAIN };
  const settings = kept['settings'];
  const value = (key: (typeof FILTER_KEYS)[number]): number => {
    const given = settings[key];
    return typeof given === 'number' && given >= 0 && Number.isFinite(given) ? given : PLAIN[key];
  };
  return {
    settings: {
      temperature: value('temperature'),
      topK: Math.round(value('topK')),
      topP: Math.min(1, value('topP')),
      minP: Math.min(1, value('minP')),
    },
  };
}
