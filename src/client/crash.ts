import type { Readable } from 'node:stream';
import { quoted } from '../core/text/quoted';
import { printable } from '../core/text/tokens';
import { Problem } from '../protocol/errors';

/** How a process ended. `error` is why it could not even be started. */
export interface ProcessEnd {
  readonly code: number | null;
  readonly signal: string | null;
  readonly error?: Error;
  /** The last lines of its stderr, oldest first. */
  readonly lastLines: readonly string[];
}

const LAST_LINES = 40;
/** Characters after which a line is taken as it is, though it goes on. */
const LONGEST_LINE = 65_536;
const OUT_OF_MEMORY = /out of memory|bad_alloc|bad allocation|failed to allocate|cannot allocate memory|ENOMEM/i;

/** One sentence on why the engine died, with what to do, as a `engine-crashed` problem. */
export function crashProblem(end: ProcessEnd): Problem {
  const words = tellingLine(end.lastLines);
  const outOfMemory = end.lastLines.some((line) => OUT_OF_MEMORY.test(line));
  // Nothing in the process can tell who sent this signal: the system short of memory, or a person.
  const killed = end.signal === 'SIGKILL' && !outOfMemory;
  return new Problem({
    code: 'engine-crashed',
    message: `${crashCause(end, outOfMemory)}${words === undefined ? '.' : `: ${sentence(words)}`}`,
    action: outOfMemory
      ? 'Run again; if it happens again, choose a smaller model or dtype, or a shorter prompt.'
      : killed
        ? 'Run again. If nobody ended it, the system may have done so for lack of memory (its log tells): choose then a smaller model or dtype, or a shorter prompt.'
        : 'Run again: the engine starts afresh. The log has the details.',
    ...(end.lastLines.length === 0 ? {} : { details: end.lastLines.join('\n') }),
  });
}

function crashCause(end: ProcessEnd, outOfMemory: boolean): string {
  if (end.error) return `The engine process could not be started (${quoted(end.error.message)})`;
  const from = end.signal === 'SIGKILL' ? 'from outside ' : '';
  const how =
    end.signal === null ? `stopped with exit code ${end.code ?? 'unknown'}` : `was ended ${from}by ${end.signal}`;
  return `The engine process ${how}${outOfMemory ? ', probably because memory ran out' : ''}`;
}

/** The line that says most: the last that names an error, and not the stack or the version below it. */
function tellingLine(lines: readonly string[]): string | undefined {
  const spoken = lines.map((line) => line.trim()).filter((line) => line !== '' && !/^at |^Node\.js v/.test(line));
  return spoken.findLast((line) => /error|fatal|exception|what\(\)|terminate/i.test(line)) ?? spoken.at(-1);
}

function sentence(words: string): string {
  const short = quoted(words);
  return /[.!?…]$/.test(short) ? short : `${short}.`;
}

/** Feeds the lines of a stream to `onLine`, their control characters shown, and keeps the last ones. */
export function followLines(stream: Readable | null, onLine: (line: string) => void): readonly string[] {
  const last: string[] = [];
  let rest = '';
  const take = (written: string): void => {
    const line = printable(written);
    last.push(line);
    if (last.length > LAST_LINES) last.shift();
    onLine(line);
  };
  stream?.setEncoding('utf8');
  stream?.on('data', (text: string) => {
    const lines = (rest + text).split(/\r?\n/);
    rest = lines.pop() ?? '';
    lines.forEach(take);
    if (rest.length < LONGEST_LINE) return;
    take(rest);
    rest = '';
  });
  stream?.on('end', () => {
    if (rest !== '') take(rest);
    rest = '';
  });
  return last;
}
