import type { TraceToken } from '../../core/trace/record';
import { UNKNOWN, bits, probability } from './format';
import { ORIGIN_DEFINITIONS, ORIGIN_NAMES } from './origins';
import { TokenLabel } from './token-chip';
import { measureText } from './token-measure';
import { SpacerRow, useVirtualRows } from './virtual-rows';
import './token-table.css';

export interface TokenTableProps {
  readonly tokens: readonly TraceToken[];
  readonly selected: number | null;
  readonly onSelect: (index: number) => void;
  readonly onKeyDown: (event: KeyboardEvent) => void;
}

/** The numbers behind the lanes, a row a token; rows out of sight are not in the page. */
export function TokenTable({ tokens, selected, onSelect, onKeyDown }: TokenTableProps) {
  const { pane, onScroll, first, last } = useVirtualRows(tokens.length, selected);
  return (
    <div
      class="token-table"
      ref={pane}
      tabIndex={0}
      role="region"
      aria-label="Numbers of every token"
      onScroll={onScroll}
      onKeyDown={onKeyDown}
    >
      <table aria-rowcount={tokens.length + 1}>
        <thead>
          <tr aria-rowindex={1}>
            <th scope="col" class="number">
              position
            </th>
            <th scope="col">token</th>
            <th scope="col" class="number">
              id
            </th>
            <th scope="col">origin</th>
            <th scope="col" class="number">
              probability
            </th>
            <th scope="col" class="number">
              rank
            </th>
            <th scope="col" class="number">
              surprisal, bits
            </th>
            <th scope="col" class="number">
              entropy, bits
            </th>
          </tr>
        </thead>
        <tbody>
          <SpacerRow rows={first} columns={8} />
          {tokens.slice(first, last).map((token) => (
            <tr
              key={token.index}
              aria-rowindex={token.index + 2}
              class={token.index === selected ? 'token-table-selected' : undefined}
              aria-current={token.index === selected ? 'true' : undefined}
              onClick={() => onSelect(token.index)}
            >
              <td class="number">{token.index}</td>
              <th scope="row">
                <TokenLabel text={token.text} />
              </th>
              <td class="number">{token.id}</td>
              <td title={ORIGIN_DEFINITIONS[token.origin]}>{ORIGIN_NAMES[token.origin]}</td>
              <td class="number">{probability(token.judgement?.probability)}</td>
              <td class="number">{token.judgement ? measureText('rank', token.judgement) : UNKNOWN}</td>
              <td class="number">{bits(token.judgement?.surprisal)}</td>
              <td class="number">{token.judgement ? measureText('entropy', token.judgement) : UNKNOWN}</td>
            </tr>
          ))}
          <SpacerRow rows={tokens.length - last} columns={8} />
        </tbody>
      </table>
    </div>
  );
}
