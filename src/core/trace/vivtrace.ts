import { CheckError, integer, object, oneOf, read, readOrNull } from '../check/check';
import { CoreError } from '../errors';
import { TraceAssembler, traceEvents } from './assemble';
import { TRACE_VERSION, type Trace, type TraceEvent, type TraceHeader } from './record';
import { upgraded, withWrites } from './version1';
import { anyEvent, eventChecks, traceHeader, type EventChecks } from './shape';

/** One line of a `.vivtrace` file, its newline included. */
export function serializeEvent(event: TraceEvent): string {
  return `${JSON.stringify(event)}\n`;
}

/** A whole `.vivtrace` file. */
export function serializeTrace(trace: Trace): string {
  let text = '';
  for (const event of traceEvents(trace)) text += serializeEvent(event);
  return text;
}

export interface ParsedTrace {
  readonly trace: Trace;
  /** What is not as it should be, one sentence each: cut in the middle, damaged, lines of unknown kind. */
  readonly notes: readonly string[];
}

/**
 * Reads a `.vivtrace` file that anyone may have written. Every field is checked, unknown fields are dropped, and what
 * stands before the first damage is given with a note that says so.
 * @throws CoreError `trace-invalid` where it is no trace, has no whole header, or was made by a newer version.
 */
export function parseTrace(text: string): ParsedTrace {
  const lines = linesOf(text.startsWith('\uFEFF') ? text.slice(1) : text);
  const assembler = new TraceAssembler();
  const notes: string[] = [];
  const first = lines.next();
  if (first.done) throw new CoreError('trace-invalid', 'The file is empty: it is no Vivarium trace.');
  const { header, version } = readHeader(first.value);
  assembler.add(header);
  const checks = eventChecks(header.model.vocabularySize);

  let unknown = 0;
  let finished = false;
  let damaged = false;
  for (const line of lines) {
    try {
      const value: unknown = JSON.parse(line.text);
      const event = readEvent(version === 1 ? upgraded(value) : value, checks);
      if (event === null) unknown++;
      else assembler.add(event);
      finished = event?.type === 'summary' || finished;
    } catch (error) {
      damaged = true;
      // A last line without its newline is what an interrupted write leaves.
      if (line.whole) notes.push(damage(line.number, error));
      else notes.push('The file was cut in the middle: what stands before the cut is shown.');
      break;
    }
  }
  if (unknown > 0) notes.push(`${unknown} ${unknown === 1 ? 'line' : 'lines'} of unknown kind left out.`);
  if (!finished && !damaged) notes.push('The file ends before its run did: what was recorded until then is shown.');
  const trace = assembler.trace as Trace;
  return { trace: version === 1 ? withWrites(trace) : trace, notes };
}

interface Line {
  readonly text: string;
  readonly number: number;
  /** Whether a newline ends it. */
  readonly whole: boolean;
}

function* linesOf(text: string): Generator<Line> {
  for (let start = 0, number = 1; start < text.length; number++) {
    const newline = text.indexOf('\n', start);
    const end = newline < 0 ? text.length : newline;
    const line = text.slice(start, end).trim();
    if (line !== '') yield { text: line, number, whole: newline >= 0 };
    start = end + 1;
  }
}

function damage(line: number, error: unknown): string {
  const reason = error instanceof CheckError || error instanceof CoreError ? ` (${error.message})` : '';
  return `Line ${line} of the file is damaged${reason}: what stands before it is shown.`;
}

const anyHeader = object({ type: oneOf('header') });
const versioned = object({ version: integer({ min: 1 }) });

/** The header, and the version that the file is of. */
function readHeader(line: Line): { readonly header: TraceHeader; readonly version: number } {
  const value = parsed(line.text);
  if (readOrNull(anyHeader, value) === null) {
    if (!line.whole && line.text.startsWith('{"type":"header"')) {
      throw new CoreError('trace-invalid', 'The trace was cut within its header: nothing of it can be shown.');
    }
    throw new CoreError('trace-invalid', 'This is no Vivarium trace: it does not begin with a header.');
  }
  const version = readOrNull(versioned, value)?.version ?? 0;
  if (version > TRACE_VERSION) {
    const message = `The trace was made by a newer Vivarium (trace version ${version}; this one reads ${TRACE_VERSION}).`;
    throw new CoreError('trace-invalid', `${message} Update Vivarium to open it.`);
  }
  try {
    return { header: read(traceHeader, version === 1 ? upgraded(value) : value, 'The header'), version };
  } catch (error) {
    if (!(error instanceof CheckError)) throw error;
    throw new CoreError('trace-invalid', `The header of the trace is damaged (${error.message}).`);
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** null: an event of a kind that this version does not know. */
function readEvent(value: unknown, checks: EventChecks): TraceEvent | null {
  const { type } = read(anyEvent, value, 'It');
  switch (type) {
    case 'header':
      return read(traceHeader, value, 'It');
    case 'token':
    case 'pass':
    case 'summary':
      return read<TraceEvent>(checks[type], value, 'It');
    default:
      return null;
  }
}
