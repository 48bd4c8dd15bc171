import { accuracyOf, allOrders, type OrderFigures } from '../../../../core/life/sweep';
import { wilsonInterval } from '../../../../core/numeric/proportion';
import type { LifeSweep } from '../../../../protocol/sweep';
import { UNKNOWN, count } from '../../../components/format';
import { wrongCells } from './sweep-chart';

export interface SweepTableProps {
  readonly sweep: LifeSweep;
  /** The density whose point is shown larger; null: none. */
  readonly onShown: (order: number | null) => void;
}

type Figures = Omit<OrderFigures, 'order' | 'seed'>;

/** The numbers of the charts, a row a density; one that was not begun has none yet. */
export function SweepTable({ sweep, onShown }: SweepTableProps) {
  const { plan, figures } = sweep;
  return (
    <div class="sweep-scroll" role="region" aria-label="Accuracy by density" tabIndex={0}>
      <table class="sweep-table">
        <thead>
          <tr>
            <th scope="col" title="Order parameter: the share of live cells that boards are drawn with.">
              density
            </th>
            <th scope="col" title="Boards whose every cell the model said right.">
              boards right
            </th>
            <th scope="col" title="Share of boards that are right, and its 95 % interval (Wilson).">
              %, 95 % interval
            </th>
            <th scope="col" title="Wrong cells over all boards; every cell of an answer that is no board counts.">
              cells wrong
            </th>
            <th scope="col">a board</th>
            <th scope="col">cells right, %</th>
            <th scope="col" title="Answers that are a cell too short or too long, or hold something else.">
              no board
            </th>
          </tr>
        </thead>
        <tbody>
          {plan.orders.map((order) => {
            const own = figures.find((each) => each.order === order);
            return (
              <tr key={order} onPointerEnter={() => onShown(order)} onPointerLeave={() => onShown(null)}>
                <th scope="row">{order}</th>
                <Numbers figures={own} asked={plan.boards} />
              </tr>
            );
          })}
        </tbody>
        {figures.length > 1 && (
          <tfoot>
            <tr>
              <th scope="row">all</th>
              <Numbers figures={allOrders(figures)} asked={0} />
            </tr>
          </tfoot>
        )}
      </table>
    </div>
  );
}

/** @param asked boards of this density in the end: while there are fewer, how many of them there are. */
function Numbers({ figures, asked }: { readonly figures: Figures | undefined; readonly asked: number }) {
  if (!figures || figures.boards === 0) {
    return [0, 1, 2, 3, 4, 5].map((column) => (
      <td key={column} class="muted">
        {UNKNOWN}
      </td>
    ));
  }
  const { boards, wrongBoards, malformed } = figures;
  const right = boards - wrongBoards;
  const { low, high } = wilsonInterval(right, boards);
  const accuracy = accuracyOf(figures);
  return (
    <>
      <td>
        {count(right)} of {count(boards)}
        {boards < asked && <span class="muted"> …</span>}
      </td>
      <td>
        {percent(accuracy.boards)}{' '}
        <span class="muted">
          {percent(low)}–{percent(high)}
        </span>
      </td>
      <td>{count(figures.wrongCells)}</td>
      <td>{wrongCells(figures).toFixed(2)}</td>
      <td>{(accuracy.cells * 100).toFixed(3)}</td>
      <td>{count(malformed)}</td>
    </>
  );
}

function percent(share: number): string {
  return (share * 100).toFixed(1);
}
