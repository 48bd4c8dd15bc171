import { jsonText } from '../core/text/json';
import { lineOf, printable } from '../core/text/tokens';

/**
 * What a verb writes: results on standard output, everything else on standard error. It is the only way out of the command,
 * and no control character of a file or a server gets through it.
 */
export interface Terminal {
  line(text?: string): void;
  /** As it is, line ends included. */
  text(text: string): void;
  /** One document, for programs. */
  json(document: unknown): void;
  /** Something that passes, for a person who waits; nothing where standard error is no terminal. */
  status(text: string): void;
  /** What went wrong, or how it went, on standard error. */
  log(text: string): void;
}

export const terminal: Terminal = {
  line: (text = '') => void process.stdout.write(`${printable(text)}\n`),
  text: (text) => void process.stdout.write(printable(text)),
  json: (document) => void process.stdout.write(`${jsonText(document).replace(UNESCAPED, escaped)}\n`),
  status: (text) => {
    if (process.stderr.isTTY) process.stderr.write(`${printable(text)}\n`);
  },
  log: (text) => void process.stderr.write(`${printable(text)}\n`),
};

/** Control characters that JSON leaves as they are. */
const UNESCAPED = /[\u007f-\u009f]/g;

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** Whoever reads only the beginning of the output (head, a pager) closes it: that is no fault. */
export function endWhenUnread(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));
}

const STATUS_MILLISECONDS = 1000;

/** How far something is that takes many small steps: said at most once a second, and at its end. */
export function progressTo(terminal: Terminal, what: string, total: number): (done: number) => void {
  let said = performance.now();
  return (done) => {
    if (done < total && performance.now() - said < STATUS_MILLISECONDS) return;
    said = performance.now();
    terminal.status(`${what} ${done} of ${total}`);
  };
}

/** A problem as the command line shows it: one sentence and what to do. */
export function problemText({ message, action }: { readonly message: string; readonly action?: string }): string {
  return action === undefined ? message : `${message} ${action}`;
}

export type Align = 'left' | 'right';

/**
 * Rows in columns, two blanks apart, a line each whatever the cells hold; the last column is never padded, so that what has an unknown
 * width stands there.
 */
export function table(written: readonly (readonly string[])[], align: readonly Align[]): string[] {
  const rows = written.map((row) => row.map(lineOf));
  const widths = align.map((_, column) => Math.max(0, ...rows.map((row) => (row[column] ?? '').length)));
  return rows.map((row) =>
    align
      .map((side, column) => {
        const cell = row[column] ?? '';
        if (side === 'right') return cell.padStart(widths[column] as number);
        return column === align.length - 1 ? cell : cell.padEnd(widths[column] as number);
      })
      .join('  ')
      .trimEnd(),
  );
}

/** Bytes in decimal units, as file managers and model hubs give them: `1.2 MB`. */
export function bytesText(bytes: number): string {
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit === 0 || value >= 99.5 ? Math.round(value) : value.toFixed(1)} ${units[unit] as string}`;
}

/** A count in short: `135 M`, `260 k`; unknown is –. */
export function countText(count: number | null): string {
  if (count === null) return '–';
  if (count >= 999_500_000) return `${(count / 1e9).toFixed(1)} B`;
  if (count >= 999_500) return `${(count / 1e6).toFixed(count < 9_950_000 ? 1 : 0)} M`;
  return count >= 1000 ? `${Math.round(count / 1000)} k` : String(count);
}

export function orDash(value: number | null): string {
  return value === null ? '–' : String(value);
}
