import { useLayoutEffect } from 'preact/hooks';
import { useState } from 'preact/hooks';
import type { StepRow } from '../../../core/lens/passes';
import { UNKNOWN, count } from '../../components/format';
import { TokenLabel } from '../../components/token-chip';
import { useSize } from '../../components/use-size';
import { ORIGIN_NAMES } from '../../components/origins';
import { visible } from './stair-layout';
import type { PassListProps } from './staircase';

const ROW = 22;
const HEAD = 26;
const SPARE = 8;

/** The passes as numbers; rows out of sight are not in the page. */
export function PassesTable({ rows, chosen, follow, onChoose, onKeyDown }: PassListProps) {
  const [pane, size] = useSize<HTMLDivElement>();
  const [top, setTop] = useState(0);
  useLayoutEffect(() => {
    const element = pane.current;
    const row = follow ? rows.at(-1) : chosen;
    if (!element || !row) return;
    const at = (row.number - 1) * ROW;
    const room = element.clientHeight - HEAD;
    if (at < element.scrollTop) element.scrollTop = at;
    else if (at + ROW > element.scrollTop + room) element.scrollTop = at + ROW - room;
  }, [chosen, follow, follow ? rows.length : 0]);
  const { from, to } = visible(top, size.height, ROW, rows.length, SPARE);
  return (
    <div
      class="passes-table"
      ref={pane}
      tabIndex={0}
      role="region"
      aria-label="Numbers of every pass"
      onScroll={(event) => setTop(event.currentTarget.scrollTop)}
      onKeyDown={onKeyDown}
    >
      <table aria-rowcount={rows.length + 1}>
        <thead>
          <tr aria-rowindex={1}>
            {HEADS.map(({ name, title, number }) => (
              <th key={name} scope="col" class={number ? 'number' : ''} title={title}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {from > 0 && <Spacer rows={from} />}
          {rows.slice(from, to).map((row) => (
            <TableRow key={row.number} row={row} chosen={row === chosen} onChoose={onChoose} />
          ))}
          {to < rows.length && <Spacer rows={rows.length - to} />}
        </tbody>
      </table>
    </div>
  );
}

const HEADS = [
  { name: 'pass', title: 'Passes of the model after the prompt, from 1.', number: true },
  { name: 'context', title: 'Tokens in the cache before the pass.', number: true },
  { name: 'fed', title: 'Tokens that the model was fed: the newest one and the draft.', number: true },
  { name: 'drafted', title: 'Tokens of the draft.', number: true },
  { name: 'accepted', title: 'Drafted tokens that were accepted.', number: true },
  { name: 'rejected', title: 'The drafted token that was rejected.', number: false },
  { name: 'then', title: 'The token after the accepted ones.', number: false },
  { name: 'tokens', title: 'Tokens of the sequence that the pass brought.', number: true },
  { name: 'draft, ms', title: 'Wall time of drafting.', number: true },
  { name: 'verify, ms', title: 'Wall time of the model’s pass.', number: true },
] as const;

interface TableRowProps {
  readonly row: StepRow;
  readonly chosen: boolean;
  readonly onChoose: (row: StepRow) => void;
}

function TableRow({ row, chosen, onChoose }: TableRowProps) {
  const { pass, draft, rejected } = row;
  const speculation = pass?.speculation;
  const next = speculation?.next;
  return (
    <tr
      aria-rowindex={row.number + 1}
      class={chosen ? 'passes-table-chosen' : undefined}
      aria-current={chosen ? 'true' : undefined}
      onClick={() => onChoose(row)}
    >
      <th scope="row" class="number">
        {count(row.number)}
      </th>
      <td class="number">{count(pass?.contextLength)}</td>
      <td class="number">{count(pass?.fed)}</td>
      <td class="number">{count(draft?.drafted ?? 0)}</td>
      <td class="number">{count(draft?.accepted ?? 0)}</td>
      <td>
        {rejected && !pass ? (
          <span class="muted">not reported</span>
        ) : rejected && speculation ? (
          <s>
            <TokenLabel text={speculation.drafted[speculation.accepted]?.text ?? ''} />
          </s>
        ) : (
          UNKNOWN
        )}
      </td>
      <td>
        {next ? (
          <>
            <TokenLabel text={next.text} /> <span class="muted">{ORIGIN_NAMES[next.origin]}</span>
          </>
        ) : draft?.next ? (
          <span class="muted">{ORIGIN_NAMES[draft.next]}</span>
        ) : (
          UNKNOWN
        )}
      </td>
      <td class="number">{count(row.end - row.start)}</td>
      <td class="number">{pass?.draftMilliseconds === undefined ? UNKNOWN : pass.draftMilliseconds.toFixed(2)}</td>
      <td class="number">{pass ? pass.milliseconds.toFixed(2) : UNKNOWN}</td>
    </tr>
  );
}

function Spacer({ rows }: { readonly rows: number }) {
  return (
    <tr aria-hidden="true">
      <td colSpan={HEADS.length} class="passes-table-spacer" style={{ height: `${rows * ROW}px` }} />
    </tr>
  );
}
