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
  const lines = rows.map(([name, value, about]) => `| ${name} | ${value} | ${about} |`);
  return [
    `# ${model} on ${address}`,
    '',
    'The counters of the server as a whole, of all requests of all who use it.',
    '',
    '| count | over the window | what it is |',
    '| --- | ---: | --- |',
    ...lines,
    '',
  ].join('\n');
}

function counted(value: number | null): string {
  return value === null ? '–' : value.toLocaleString('en');
}

function ratio(part: number, whole: number): string {
  return whole === 0 ? '–' : (part / whole).toFixed(3);
}
