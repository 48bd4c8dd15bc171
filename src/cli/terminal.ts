import { jsonText } from '../core/text/json';
import { byteText } from '../core/text/tokens';

/** What a verb writes: results on standard output, everything else on standard error. */
export interface Terminal {
  line(text?: string): void;
  /** As it is, line ends included. */
  text(text: string): void;
  /** One document, for programs. */
  json(document: unknown): void;
  /** Something that passes, for a person who waits; nothing where standard error is no terminal. */
  status(text: string): void;
}

export const terminal: Terminal = {
  line: (text = '') => void process.stdout.write(`${text}\n`),
  text: (text) => void process.stdout.write(text),
  json: (document) => void process.stdout.write(`${jsonText(document)}\n`),
  status: (text) => {
    if (process.stderr.isTTY) process.stderr.write(`${text}\n`);
  },
};

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

/** Text that cannot steer a terminal: control characters other than line breaks and tabs as `<0x1B>`. */
export function printable(text: string): string {
  return text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, (character) => byteText(character.charCodeAt(0)));
}

export type Align = 'left' | 'right';

/**
 * Rows in columns, two blanks apart; the last column is never padded, so that what has an unknown width stands there.
 */
export function table(rows: readonly (readonly string[])[], align: readonly Align[]): string[] {
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
