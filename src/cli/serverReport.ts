import { lineOf } from '../core/text/tokens';
import type { ServerAbilities, ServerReport } from '../protocol/servers';
import { orDash, table } from './terminal';

/** What is at an address, its models, and what it can show. */
export function serverReportLines({ address, name, version, models, can, notes }: ServerReport): string[] {
  return [
    lineOf(`${name}${version === null ? '' : ` ${version}`} at ${address}`),
    '',
    ...table(
      [['context', 'name'], ...models.map((model) => [orDash(model.contextLength), model.name])],
      ['right', 'left'],
    ),
    '',
    ...ABILITIES.map(([what, says]) => `${what.padEnd(22)}${says(can)}`),
    ...(notes.length > 0 ? ['', ...notes.map(lineOf)] : []),
  ];
}

const yes = (able: boolean): string => (able ? 'yes' : 'no');

const ABILITIES: readonly (readonly [what: string, says: (can: ServerAbilities) => string])[] = [
  ['prompt probabilities', (can) => yes(can.promptLogprobs)],
  ['alternatives', ({ alternatives }) => (alternatives === 'whole' ? 'the whole distribution' : `${alternatives}`)],
  ['tokens by id', (can) => yes(can.tokenIds)],
  ['tokens of a prompt', (can) => yes(can.tokenize)],
  ['chat template', (can) => yes(can.chat)],
  ['seeds', (can) => yes(can.seeds)],
  ['its own drafts', ({ speculation }) => ({ steps: 'step by step', sums: 'sums of a run', none: 'no' })[speculation]],
  ['counters', (can) => yes(can.metrics)],
  ['attention', (can) => yes(can.attention)],
];
