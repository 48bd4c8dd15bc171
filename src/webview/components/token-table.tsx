import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { TraceToken } from '../../core/trace/record';
import { UNKNOWN, bits, count, probability } from './format';
import { ORIGIN_DEFINITIONS, ORIGIN_NAMES } from './origins';
import { TokenLabel } from './token-chip';
import './token-table.css';

export interface TokenTableProps {
  readonly tokens: readonly TraceToken[];
  readonly selected: number | null;
  readonly onSelect: (index: number) => void;
  readonly onKeyDown: (event: KeyboardEvent) => void;
}

const ROW = 22;
const HEAD = 26;
const SPARE = 8;

/** The numbers behind the lanes, a row a token; rows out of sight are not in the page. */
export function TokenTable({ tokens, selected, onSelect, onKeyDown }: TokenTableProps) {
  const pane = useRef<HTMLDivElement>(null);
  const [view, setView] = useState({ top: 0, height: 400 });

  useLayoutEffect(() => {
    const element = pane.current;
    if (!element || selected === null) return;
    const top = selected * ROW;
    const room = element.clientHeight - HEAD;
    if (top < element.scrollTop) element.scrollTop = top;
    else if (top + ROW > element.scrollTop + room) element.scrollTop = top + ROW - room;
  }, [selected]);
  useLayoutEffect(() => {
    const element = pane.current;
    if (!element) return;
    const observer = new ResizeObserver(() => setView({ top: element.scrollTop, height: element.clientHeight }));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  const first = Math.max(0, Math.floor(view.top / ROW) - SPARE);
  const last = Math.min(tokens.length, Math.ceil((view.top + view.height) / ROW) + SPARE);
  return (
    <div
      class="token-table"
      ref={pane}
      tabIndex={0}
      role="region"
      aria-label="Numbers of every token"
      onScroll={(event) => setView({ top: event.currentTarget.scrollTop, height: event.currentTarget.clientHeight })}
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
          {first > 0 && <Spacer rows={first} />}
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
              <td class="number">{token.judgement ? count(token.judgement.rank) : UNKNOWN}</td>
              <td class="number">{bits(token.judgement?.surprisal)}</td>
              <td class="number">{bits(token.judgement?.entropy)}</td>
            </tr>
          ))}
          {last < tokens.length && <Spacer rows={tokens.length - last} />}
        </tbody>
      </table>
    </div>
  );
}

function Spacer({ rows }: { readonly rows: number }) {
  return (
    <tr aria-hidden="true">
      <td colSpan={8} class="token-table-spacer" style={{ height: `${rows * ROW}px` }} />
    </tr>
  );
}
