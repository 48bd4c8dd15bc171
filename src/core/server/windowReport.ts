import type { CounterWindow } from './counters';

/** A stretch of time over which the counters of a server were read. */
export interface CountedWindow {
  readonly model: string;
  readonly address: string;
  /** ISO 8601, UTC: when the counters were read first and last. */
  readonly from: string;
  readonly to: string;
  readonly counts: CounterWindow;
}

/**
 * What a server did over a window, as Markdown: a table with a row a number, each with its definition. All requests of all
 * who use the server count.
 */
export function windowReport({ model, address, from, to, counts }: CountedWindow): string {
  const seconds = (Date.parse(to) - Date.parse(from)) / 1000;
  const { promptTokens, generatedTokens, speculation } = counts;
  const rows: (readonly [name: string, value: string, about: string])[] = [
    ['window', `${seconds.toFixed(1)} s`, `from ${from} to ${to}`],
    ['prompt tokens', counted(promptTokens), 'read, of all requests'],
    ['generated tokens', counted(generatedTokens), 'of all requests'],
  ];
  if (generatedTokens !== null && seconds > 0) {
    rows.push(['tokens per second', (generatedTokens / seconds).toFixed(1), 'generated tokens over the window']);
  }
  if (speculation === null) rows.push(['speculation', '–', 'the server counts none']);
  else {
    const { drafts, drafted, accepted, acceptedByPosition } = speculation;
    rows.push(
      ['drafts', counted(drafts), 'passes that verified a draft'],
      ['drafted', counted(drafted), 'tokens of the drafts'],
      ['accepted', counted(accepted), 'drafted tokens that the model accepted'],
      ['acceptance rate', ratio(accepted, drafted), 'accepted over drafted tokens'],
      ['mean length', drafts === 0 ? '–' : (1 + accepted / drafts).toFixed(2), '1 + accepted over drafts'],
      ...acceptedByPosition.map(
        (count, place) =>
          [
            `accepted at ${place + 1}`,
            `${counted(count)} (${ratio(count, drafts)})`,
            'drafts whose token there was accepted',
          ] as const,
      ),
    );
  }
  return [
    `# ${model} on ${address}`,
    '',
    'The counters of the server as a whole, of all requests of all who use it.',
    '',
    ...table([['count', 'over the window', 'what it is'], ...rows]),
    '',
  ].join('\n');
}

/** Columns of one width each, so that the table reads as text too; the second is of numbers. */
function table(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, at) => (at === 1 ? cell.padStart(widths[at] ?? 0) : cell.padEnd(widths[at] ?? 0))).join(' | ')} |`;
  const [head = [], ...body] = rows;
  const rule = widths.map((width, at) => (at === 1 ? `${'-'.repeat(width - 1)}:` : '-'.repeat(width)));
  return [line(head), line(rule), ...body.map(line)];
}

function counted(value: number | null): string {
  return value === null ? '–' : value.toLocaleString('en');
}

function ratio(part: number, whole: number): string {
  return whole === 0 ? '–' : (part / whole).toFixed(3);
}
