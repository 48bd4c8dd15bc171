import { probabilityDifference, surprisalDifference, type PairRow, type PairSide } from '../../core/compare/runPair';
import { bits, probability, probabilityRange, UNKNOWN } from '../components/format';
import { TokenLabel } from '../components/token-chip';
import { tokenForKey } from '../components/token-keys';
import { SpacerRow, useVirtualRows } from '../components/virtual-rows';
import '../components/token-table.css';
import { klText, signed } from './words';

export interface PairTableProps {
  readonly rows: readonly PairRow[];
  readonly selected: number | null;
  readonly onSelect: (index: number) => void;
}

const PAGE = 20;

const COLUMNS: readonly (readonly [name: string, title: string])[] = [
  ['p in A', 'Probability that A’s model gave to A’s token.'],
  ['p in B', 'Probability that B’s model gave to B’s token.'],
  ['Δ p', 'p in B less p in A, where both have the same token after the same tokens.'],
  ['bits in A', 'Surprisal of A’s token.'],
  ['bits in B', 'Surprisal of B’s token.'],
  ['Δ bits', 'Surprisal in B less surprisal in A.'],
  [
    'KL, bits',
    'Kullback–Leibler divergence of A’s distribution from B’s; ≥ where only the most probable tokens are known.',
  ],
  ['TV', 'Total variation distance of both distributions, or the range that holds it.'],
];

/** The numbers behind the chart, a row a place; rows out of sight are not in the page. */
export function PairTable({ rows, selected, onSelect }: PairTableProps) {
  const { pane, onScroll, first, last } = useVirtualRows(rows.length, selected);
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const along = { ArrowDown: 'ArrowRight', ArrowUp: 'ArrowLeft' }[event.key] ?? event.key;
    if (/^Arrow(Left|Right)$/.test(event.key)) return;
    const next = tokenForKey(along, selected, rows.length, PAGE);
    if (next === null) return;
    event.preventDefault();
    onSelect(next);
  };
  const columns = COLUMNS.length + 3;
  return (
    <div
      class="token-table pair-table"
      ref={pane}
      tabIndex={0}
      role="region"
      aria-label="Numbers of every position"
      onScroll={onScroll}
      onKeyDown={onKeyDown}
    >
      <table aria-rowcount={rows.length + 1}>
        <thead>
          <tr aria-rowindex={1}>
            <th scope="col" class="number">
              position
            </th>
            <th scope="col">A</th>
            <th scope="col">B</th>
            {COLUMNS.map(([name, title]) => (
              <th key={name} scope="col" class="number" title={title}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          <SpacerRow rows={first} columns={columns} />
          {rows.slice(first, last).map((row) => (
            <Row key={row.index} row={row} selected={row.index === selected} onSelect={onSelect} />
          ))}
          <SpacerRow rows={rows.length - last} columns={columns} />
        </tbody>
      </table>
    </div>
  );
}

interface RowProps {
  readonly row: PairRow;
  readonly selected: boolean;
  readonly onSelect: (index: number) => void;
}

function Row({ row, selected, onSelect }: RowProps) {
  const { index, a, b, shared, divergence } = row;
  const same = a?.id === b?.id;
  const names = [selected ? 'token-table-selected' : '', same ? '' : 'pair-other', shared ? '' : 'pair-apart'];
  return (
    <tr
      aria-rowindex={index + 2}
      class={names.filter(Boolean).join(' ') || undefined}
      aria-current={selected ? 'true' : undefined}
      onClick={() => onSelect(index)}
    >
      <td class="number">{index}</td>
      <Said side={a} />
      <Said side={b} />
      <td class="number">{probability(a?.probability)}</td>
      <td class="number">{probability(b?.probability)}</td>
      <td class="number">{signed(shared ? probabilityDifference(row) : null, 3)}</td>
      <td class="number">{bits(a?.surprisal)}</td>
      <td class="number">{bits(b?.surprisal)}</td>
      <td class="number">{signed(shared ? surprisalDifference(row) : null, 2)}</td>
      <td class="number">{klText(divergence)}</td>
      <td class="number">{divergence ? probabilityRange(divergence.tv) : UNKNOWN}</td>
    </tr>
  );
}

function Said({ side }: { readonly side: PairSide | null }) {
  if (!side) return <td class="muted">{UNKNOWN}</td>;
  return (
    <td class="pair-token">
      <TokenLabel text={side.text} />
    </td>
  );
}
