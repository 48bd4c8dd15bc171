import type { StepRow } from '../../../core/lens/passes';
import { UNKNOWN, count } from '../../components/format';
import { TokenLabel } from '../../components/token-chip';
import { ORIGIN_NAMES } from '../../components/origins';
import { SpacerRow, useVirtualRows } from '../../components/virtual-rows';
import type { PassListProps } from './staircase';
import '../../components/token-table.css';

/** The passes as numbers; rows out of sight are not in the page. */
export function PassesTable({ rows, chosen, follow, onChoose, onKeyDown }: PassListProps) {
  const selected = follow ? rows.length - 1 : chosen ? chosen.number - 1 : null;
  const { pane, onScroll, first, last } = useVirtualRows(rows.length, selected);
  return (
    <div
      class="token-table passes-table"
      ref={pane}
      tabIndex={0}
      role="region"
      aria-label="Numbers of every pass"
      onScroll={onScroll}
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
          <SpacerRow rows={first} columns={HEADS.length} />
          {rows.slice(first, last).map((row) => (
            <TableRow key={row.number} row={row} chosen={row === chosen} onChoose={onChoose} />
          ))}
          <SpacerRow rows={rows.length - last} columns={HEADS.length} />
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
      class={chosen ? 'token-table-selected passes-table-chosen' : undefined}
      aria-current={chosen ? 'true' : undefined}
      onClick={() => onChoose(row)}
    >
      <th scope="row" class="number">
        {count(row.number)}
      </th>
      <td class="number">{count(pass?.cached)}</td>
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
