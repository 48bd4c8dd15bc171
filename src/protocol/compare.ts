import type { RowProblem } from '../core/compare/comparison';
import type { TraceEvent } from '../core/trace/record';
import type { Caller, CancelSignal, Priority } from './call';
import type { EngineApi } from './engine';
import type { RunEvent, RunRequest } from './runs';
import { Problem } from './errors';
import { cancelled } from './rpc';

export interface MeasuredRunOptions {
  readonly signal: CancelSignal;
  readonly priority?: Priority;
  readonly onEvents: (events: readonly TraceEvent[]) => void;
  /** What is under way, for a person who waits. */
  readonly onProgress?: (event: Exclude<RunEvent, { readonly type: 'trace' }>) => void;
}

/** Nothing is kept beside the tokens: what is kept costs time. */
export const MEASURED_CAPTURE: RunRequest['capture'] = { attention: [], hidden: [], logits: false };

/**
 * A run of which only the trace is wanted: the engine forgets it at once.
 * @throws Problem, `cancelled` where it was stopped on the way.
 */
export async function measuredRun(
  engine: Caller<EngineApi>,
  request: RunRequest,
  { signal, priority, onEvents, onProgress }: MeasuredRunOptions,
): Promise<void> {
  const capture = MEASURED_CAPTURE;
  await engine.call(
    'run',
    { ...request, capture },
    {
      signal,
      ...(priority ? { priority } : {}),
      onEvent: (event) => {
        if (event.type === 'trace') onEvents(event.events);
        else onProgress?.(event);
      },
    },
  );
  if (signal.aborted) throw cancelled();
  await engine.call('closeRun', { runId: request.runId });
}

/** What failed, for the row of a comparison; null where it was stopped. */
export function rowProblem(error: unknown): RowProblem | null {
  const { code, message, action } = Problem.from(error);
  if (code === 'cancelled') return null;
  return { message, ...(action === undefined ? {} : { action }) };
}
