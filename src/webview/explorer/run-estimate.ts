import { useEffect, useState } from 'preact/hooks';
import type { Caller } from '../../protocol/call';
import type { ExplorerApi } from '../../protocol/explorer';
import type { ExplorerSettings } from '../../protocol/explorerState';

/** Pause after the last change of the controls before the estimate is asked for. */
const SETTLE_MS = 500;

/**
 * What to know before a run that needs much memory, with the cheaper choice; null where there is nothing to say. A run
 * that does not fit is refused with the same reason, so an estimate that cannot be had says nothing here.
 */
export function useRunAdvice(api: Caller<ExplorerApi>, settings: ExplorerSettings, wanted: boolean): string | null {
  const [advice, setAdvice] = useState<string | null>(null);
  const key = wanted ? JSON.stringify(settings) : null;
  useEffect(() => {
    setAdvice(null);
    if (key === null) return;
    const abort = new AbortController();
    const timer = setTimeout(() => {
      const params = { settings: JSON.parse(key) as ExplorerSettings };
      api.call('estimate', params, { signal: abort.signal }).then(
        (estimate) => {
          if (!abort.signal.aborted) setAdvice(estimate.advice ?? null);
        },
        () => undefined,
      );
    }, SETTLE_MS);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [api, key]);
  return advice;
}
