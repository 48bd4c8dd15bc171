import type { Trace } from '../../core/trace/record';
import type { ProblemData } from '../../protocol/errors';
import type { ExplorerSnapshot, RunStatus } from '../../protocol/explorer';
import type { ExplorerSettings, ExplorerView } from '../../protocol/explorerState';

/** Everything that the shell draws from: what the host says, and how far it has said it. A new object for every change. */
export interface SessionState extends Omit<ExplorerSnapshot, 'modelsProblem' | 'view' | 'focus'> {
  /** `opening` until the host has answered for the first time. */
  readonly phase: 'opening' | 'open' | 'failed';
  readonly modelsProblem: ProblemData | null;
  readonly view: ExplorerView;
  /** Why the last request of the shell (open, save, list) failed; a run's problem is in its status. */
  readonly problem: ProblemData | null;
  /** Counts how often a command led to the prompt. */
  readonly promptAsked: number;
}

/** Whether a run is under way: Run is off and Stop is on. */
export function isBusy(status: RunStatus): boolean {
  return status.state === 'loading' || status.state === 'running';
}

/**
 * The token that is selected where the user has chosen none: the first that was generated, as soon as it is there;
 * the last of a prompt that was only scored.
 */
export function effectiveSelection(trace: Trace | null, selected: number | null, status: RunStatus): number | null {
  const count = trace?.tokens.length ?? 0;
  if (!trace || count === 0) return null;
  if (selected !== null && selected < count) return selected;
  if (count > trace.header.promptLength) return trace.header.promptLength;
  return isBusy(status) ? null : count - 1;
}

/** The host's settings, but for the fields that were set while it was asked. */
export function changedSince(
  before: ExplorerSettings,
  now: ExplorerSettings,
  host: ExplorerSettings,
): ExplorerSettings {
  const keys = Object.keys(now) as (keyof ExplorerSettings)[];
  const changed = keys.filter((key) => now[key] !== before[key]).map((key) => [key, now[key]]);
  return { ...host, ...(Object.fromEntries(changed) as Partial<ExplorerSettings>) };
}
