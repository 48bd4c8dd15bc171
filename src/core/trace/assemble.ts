import { CoreError } from '../errors';
import type { Trace, TraceEvent, TraceHeader, TracePass, TraceSummary, TraceToken } from './record';
import { withReportedOrigins } from './reported';
import { tokensAfterPass } from './speculation';

/** Folds the events of a run, in the order in which they happened, into a trace. Cheap to ask again while the run goes on. */
export class TraceAssembler {
  private header: TraceHeader | undefined;
  private tokens: TraceToken[] = [];
  private readonly passes: TracePass[] = [];
  private summary: TraceSummary | undefined;

  /** @throws CoreError `trace-invalid` where the events do not follow one another: the header first and once, tokens in order. */
  add(event: TraceEvent): void {
    if (event.type === 'header') {
      if (this.header) throw new CoreError('trace-invalid', 'The trace has two headers.');
      this.header = event;
      return;
    }
    if (!this.header) throw new CoreError('trace-invalid', 'The trace does not begin with its header.');
    if (this.summary) throw new CoreError('trace-invalid', 'The trace goes on after its summary.');
    if (event.type === 'token') {
      if (event.index !== this.tokens.length) {
        const message = `Token ${event.index} of the trace stands where token ${this.tokens.length} should.`;
        throw new CoreError('trace-invalid', message);
      }
      this.tokens.push(event);
    } else if (event.type === 'pass') {
      this.passes.push(event);
    } else {
      this.summary = event;
      this.tokens = [...withReportedOrigins(this.tokens, event)];
    }
  }

  /** The trace so far, or undefined before the header. Later events do not change what was returned. */
  get trace(): Trace | undefined {
    if (!this.header) return undefined;
    return {
      header: this.header,
      tokens: this.tokens.slice(),
      passes: this.passes.slice(),
      ...(this.summary ? { summary: this.summary } : {}),
    };
  }
}

/**
 * The trace of these events.
 * @throws CoreError `trace-invalid` where there is no header, or the events do not follow one another.
 */
export function assembleTrace(events: Iterable<TraceEvent>): Trace {
  const assembler = new TraceAssembler();
  for (const event of events) assembler.add(event);
  const trace = assembler.trace;
  if (!trace) throw new CoreError('trace-invalid', 'The trace is empty.');
  return trace;
}

/** The events of a trace, in the order of a file: header, then each pass with the tokens it brought, then the summary. */
export function* traceEvents(trace: Trace): Generator<TraceEvent> {
  yield trace.header;
  let next = 0;
  for (const pass of trace.passes) {
    yield pass;
    const known = Math.min(tokensAfterPass(pass), trace.tokens.length);
    for (; next < known; next++) {
      yield trace.tokens[next] as TraceToken;
    }
  }
  for (; next < trace.tokens.length; next++) yield trace.tokens[next] as TraceToken;
  if (trace.summary) yield trace.summary;
}
