import { plainTimeOf } from '../../../core/lens/plain-time';
import type { Tab } from '../tab';

/** How a run's drafts were judged, token by token, and whether drafting paid. */
export const speculationTab: Tab = {
  id: 'speculation',
  title: 'Speculation',
  load: () => import('./speculation-tab').then(({ SpeculationTab }) => SpeculationTab),
  available: () => true,
  // What a pass over one token takes is known from runs without drafts: the next run with drafts is held against it.
  learn: (trace) => {
    const plain = plainTimeOf(trace);
    return plain && { plain: { sha256: trace.header.model.sha256, ...plain } };
  },
};
