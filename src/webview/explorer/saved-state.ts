import type { Sampling } from '../../core/trace/record';
import type { ExplorerSettings, ExplorerState, ExplorerView } from '../../protocol/explorer';
import { isRecord } from '../is-record';

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

/** What `getState` gave, where it is a state of this version; else null. The host validates its contents again. */
export function readSavedState(value: unknown): ExplorerState | null {
  if (!isRecord(value) || value['version'] !== 1) return null;
  const { settings, view, runId, comparisonId } = value;
  if (!isRecord(settings) || !isRecord(settings['sampling']) || typeof settings['prompt'] !== 'string') return null;
  if (!isRecord(settings['decoderOptions'])) return null;
  if (!isView(view) || !(runId === null || typeof runId === 'string')) return null;
  if (comparisonId != null && typeof comparisonId !== 'string') return null;
  return value as unknown as ExplorerState;
}

function isView(value: unknown): value is ExplorerView {
  return (
    isRecord(value) &&
    typeof value['tab'] === 'string' &&
    (value['selected'] === null || Number.isSafeInteger(value['selected'])) &&
    isRecord(value['tabs'])
  );
}
