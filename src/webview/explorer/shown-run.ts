import { useRef } from 'preact/hooks';
import { type SessionState, isBusy } from './session';

export type ShownRun = Pick<SessionState, 'trace' | 'runId'>;

/**
 * The run that the tabs show: the one under way, but until its first token the one before, where both are of one Life model. So
 * an edit of its board changes what is on show, and does not take it away.
 */
export function useShownRun({ trace, runId, status, settings }: SessionState): ShownRun {
  const last = useRef<ShownRun>({ trace: null, runId: null });
  const before = last.current.trace?.header.model;
  const begun = trace !== null && trace.tokens.length > 0;
  if (!begun && isBusy(status) && before?.life && before.folder === settings.model?.folder) return last.current;
  last.current = { trace, runId };
  return last.current;
}
