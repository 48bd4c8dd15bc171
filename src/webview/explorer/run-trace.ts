import type { Trace, TraceEvent, TraceHeader, TracePass, TraceToken } from '../../core/trace/record';
import { withReportedOrigins } from '../../core/trace/reported';

/** What came of events that were added to a trace. */
export interface GrownTrace {
  readonly trace: Trace | null;
  /** Events are missing between what is here and what came: the whole must be asked for again. */
  readonly gap: boolean;
}

/**
 * Adds streamed events to the trace on show, in time linear in the events: the arrays of a run grow in place, and
 * only the trace around them is a new object. Events that are there already are skipped.
 */
export function growTrace(trace: Trace | null, events: readonly TraceEvent[]): GrownTrace {
  let grown = trace;
  let gap = false;
  for (const event of events) {
    if (event.type === 'header') {
      if (grown?.header.id !== event.id) grown = { header: event, tokens: [], passes: [] };
    } else if (grown === null) {
      gap = true;
    } else if (event.type === 'token') {
      if (event.index === grown.tokens.length) (grown.tokens as TraceToken[]).push(event);
      else if (event.index > grown.tokens.length) gap = true;
    } else if (event.type === 'pass') {
      const last = grown.passes.at(-1);
      if (!last || event.step > last.step) (grown.passes as TracePass[]).push(event);
    } else {
      grown = { ...grown, tokens: withReportedOrigins(grown.tokens, event), summary: event };
    }
  }
  if (grown !== null && grown === trace && events.length > 0) grown = { ...grown };
  return { trace: grown, gap };
}

/**
 * Whether a token that was chosen in one run is chosen in the next: it stands at the same place of prompts of one length, or within
 * both prompts, of the same model.
 */
export function keepsPlace(before: TraceHeader | null, now: TraceHeader, token: number): boolean {
  if (before?.model.folder !== now.model.folder) return false;
  return before.promptLength === now.promptLength || token < Math.min(before.promptLength, now.promptLength);
}
