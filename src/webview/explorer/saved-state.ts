import { readOrNull } from '../../core/check/check';
import type { Sampling } from '../../core/decode/sampling';
import {
  explorerState,
  type ExplorerSettings,
  type ExplorerState,
  type ExplorerView,
} from '../../protocol/explorerState';

/** No tab was chosen: a run opens on the one that is for its kind. */
export const EMPTY_VIEW: ExplorerView = { tab: '', selected: null, tabs: {} };

export const DEFAULT_SAMPLING: Sampling = { temperature: 0.7, topK: 0, topP: 1, minP: 0, seed: 1 };

export const DEFAULT_SETTINGS: ExplorerSettings = {
  model: null,
  decoder: 'autoregressive',
  decoderOptions: {},
  draft: null,
  sampling: DEFAULT_SAMPLING,
  maxNewTokens: 48,
  prompt: '',
};

/** What `getState` gave, where it is a state of this version; else null. */
export function readSavedState(value: unknown): ExplorerState | null {
  return readOrNull(explorerState, value);
}
