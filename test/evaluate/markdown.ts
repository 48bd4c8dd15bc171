/** Columns of prose; tables may be wider. */
const WIDTH = 120;

export type Cell = string | number;

/** A table; numbers, and texts that begin like one, stand at the right. */
export function table(head: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const lines = rows.map((row) => row.map((cell) => (typeof cell === 'number' ? count(cell) : cell)));
  const marks = head.map((_, at) => (lines.every((line) => /^[\d−-]/.test(line[at] ?? '')) ? '--:' : '---'));
  return [head, marks, ...lines].map((line) => `| ${line.join(' | ')} |`).join('\n');
}

/** A whole number with separated thousands. */
export function count(value: number): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: 0 });
}

/**
 * A share with three decimals, rounded down: only what is whole is 100 %.
 * @returns `none` where there is nothing to have a share of.
 */
export function percent(part: number, whole: number): string {
  return whole === 0 ? 'none' : `${(Math.floor((part / whole) * 1e5) / 1e3).toFixed(3)} %`;
}

/** Prose, broken between words. */
export function prose(text: string): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/).filter((each) => each !== '')) {
    if (line !== '' && line.length + 1 + word.length > WIDTH) {
      lines.push(line);
      line = '';
    }
    line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line].join('\n');
}

/** A text as it is, as a quotation. */
export function quote(text: string): string {
  return text
    .trim()
    .split('\n')
    .map((line) => `> ${line}`.trimEnd())
    .join('\n');
}
