import type { AttentionOverview } from '../../../protocol/attention';
import { STATISTICS, headId, headIndex, headOrder, headTitle, sameHead } from './heads';
import type { Reading } from './run-data';
import type { AttentionState, HeadRef } from './state';
import { weightText } from './weight-format';
import './weights-table.css';

export interface WeightsTableProps {
  readonly overview: AttentionOverview;
  readonly head: HeadRef;
  readonly selection: { readonly query: number; readonly key: number };
  /** Row of the query or column of the key, as the state's direction says. */
  readonly reading: Reading | null;
  readonly labels: readonly string[];
  readonly state: AttentionState;
  readonly onHead: (head: HeadRef) => void;
  readonly onKey: (key: number) => void;
  readonly onQuery: (query: number) => void;
}

/** What the pictures show, as tables: the weights of the chosen token, and the numbers of all heads. */
export function WeightsTable(props: WeightsTableProps) {
  const { overview, head, selection, reading, labels, state } = props;
  const looks = state.direction === 'looks';
  const subject = looks ? selection.query : selection.key;
  const other = looks ? selection.key : selection.query;
  const order = headOrder(overview, state.sort).filter((ref) => ref.head !== null);
  return (
    <div class="tables">
      <div class="table-scroll" tabIndex={0} role="group" aria-label="Weights">
        <table>
          <caption>
            {headTitle(head)}: weights of {looks ? 'query' : 'all queries on key'} {labels[subject]}, position {subject}
            {reading && (reading.exact ? ' (exact)' : ' (from 8-bit codes)')}
          </caption>
          <thead>
            <tr>
              <th scope="col" class="number">
                position
              </th>
              <th scope="col">{looks ? 'key' : 'query'}</th>
              <th scope="col" class="number">
                weight
              </th>
            </tr>
          </thead>
          <tbody>
            {reading &&
              Array.from(reading.weights, (weight, at) => {
                const index = reading.first + at;
                return (
                  <tr
                    key={index}
                    class={index === other ? 'chosen' : ''}
                    aria-current={index === other ? 'true' : undefined}
                    onClick={() => (looks ? props.onKey : props.onQuery)(index)}
                  >
                    <td class="number">{index}</td>
                    <td class="token">{labels[index]}</td>
                    <td class="number">{weightText(weight)}</td>
                  </tr>
                );
              })}
          </tbody>
        </table>
      </div>
      <div class="table-scroll" tabIndex={0} role="group" aria-label="Heads">
        <table>
          <caption>All heads, in the order of the pictures</caption>
          <thead>
            <tr>
              <th scope="col">head</th>
              {STATISTICS.map(({ name, title, unit, definition }) => (
                <th key={name} scope="col" class="number" title={definition}>
                  {title.toLowerCase()}
                  {unit && <small> {unit}</small>}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {order.map((ref) => {
              const chosen = sameHead(ref, head);
              const numbers = overview.statistics[headIndex(overview, ref) ?? -1];
              return (
                <tr
                  key={headId(ref)}
                  class={chosen ? 'chosen' : ''}
                  aria-current={chosen ? 'true' : undefined}
                  onClick={() => props.onHead(ref)}
                >
                  <td>
                    L{ref.layer} H{ref.head}
                  </td>
                  {STATISTICS.map(({ name, decimals }) => (
                    <td key={name} class="number">
                      {numbers?.[name].toFixed(decimals)}
                    </td>
                  ))}
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
    </div>
  );
}
