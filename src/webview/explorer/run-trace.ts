import { addEvent, beginTrace, eventCount, type GrowingTrace } from '../../core/trace/assemble';
import type { Trace, TraceEvent, TraceHeader } from '../../core/trace/record';

/** What came of events that were added to a trace. */
export interface GrownTrace {
  readonly trace: Trace | null;
  /** Events are missing between what is here and what came: the whole must be asked for again. */
  readonly gap: boolean;
}

/**
 * Adds streamed events to the trace on show, in time linear in the events: the lists of a run grow in place, and only the trace
 * around them is a new object. Events that are there already are skipped.
 * @param from how many events of the run came before these.
 */
export function growTrace(trace: Trace | null, from: number, events: readonly TraceEvent[]): GrownTrace {
  // What came as a message is the page's own: its lists may grow.
  let grown = trace as GrowingTrace | null;
  for (const [i, event] of events.entries()) {
    if (event.type === 'header') {
      if (grown?.header.id !== event.id) grown = beginTrace(event);
      continue;
    }
    const known = grown === null ? 0 : eventCount(grown);
    if (grown === null || from + i > known) return { trace: grown, gap: true };
    if (from + i === known) grown = addEvent(grown, event);
  }
  return { trace: grown !== null && grown === trace && events.length > 0 ? { ...grown } : grown, gap: false };
}

/**
 * Whether a token that was chosen in one run is chosen in the next: it stands at the same place of prompts of one length, or within
 * both prompts, of the same model.
 */
export function keepsPlace(before: TraceHeader | null, now: TraceHeader, token: number): boolean {
  if (before?.model.folder !== now.model.folder) return false;
  return before.promptLength === now.promptLength || token < Math.min(before.promptLength, now.promptLength);
}
