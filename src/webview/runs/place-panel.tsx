import type { PairRow } from '../../core/compare/runPair';
import type { Alternative } from '../../core/trace/record';
import type { PairAlternatives } from '../../protocol/runPair';
import { probability, probabilityRange, UNKNOWN } from '../components/format';
import { TokenLabel } from '../components/token-chip';
import { placeText } from './divergence-chart';
import './side.css';

export interface PlacePanelProps {
  readonly row: PairRow;
  /** null until they have come. */
  readonly alternatives: PairAlternatives | null;
}

/** Tokens that are listed: those that are most probable in either run. */
const LISTED = 12;

interface Both {
  readonly id: number;
  readonly text: string;
  readonly a: number | null;
  readonly b: number | null;
}

/** What both models expected at one place: the same list for both, A filled and B outlined. */
export function PlacePanel({ row, alternatives }: PlacePanelProps) {
  const listed = alternatives ? bothOf(alternatives).slice(0, LISTED) : [];
  const scale = listed.reduce((most, { a, b }) => Math.max(most, a ?? 0, b ?? 0), 1e-9);
  const { divergence } = row;
  return (
    <section class="pair-place" aria-label="Position">
      <h2>At this position</h2>
      <p aria-live="polite" class="pair-said">
        {placeText(row)}
      </p>
      {divergence && <p class="muted">total variation {probabilityRange(divergence.tv)}</p>}
      {!row.shared && (
        <p class="muted">
          The tokens before this one differ: both models were asked something else, so only their own numbers are shown.
        </p>
      )}
      {listed.length > 0 && (
        <table class="pair-alternatives">
          <caption class="unseen">The most probable tokens of both runs</caption>
          <thead>
            <tr>
              <th scope="col">token</th>
              <th scope="col" aria-hidden="true">
                A filled, B outlined
              </th>
              <th scope="col" class="number">
                A
              </th>
              <th scope="col" class="number">
                B
              </th>
            </tr>
          </thead>
          <tbody>
            {listed.map(({ id, text, a, b }) => (
              <tr key={id} title={`token id ${id}`}>
                <th scope="row">
                  <TokenLabel text={text} />
                  {id === row.a?.id && <span class="pair-mark">A</span>}
                  {id === row.b?.id && <span class="pair-mark">B</span>}
                </th>
                <td aria-hidden="true">
                  <span class="pair-bar">
                    <i class="pair-bar-a" style={{ width: `${(100 * (a ?? 0)) / scale}%` }} />
                    <i class="pair-bar-b" style={{ width: `${(100 * (b ?? 0)) / scale}%` }} />
                  </span>
                </td>
                <td class="number">{a === null ? UNKNOWN : probability(a)}</td>
                <td class="number">{b === null ? UNKNOWN : probability(b)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

/** The alternatives of both under one id each, the most probable in either first; null where one did not keep it. */
function bothOf({ a, b }: PairAlternatives): readonly Both[] {
  const found = new Map<number, Both>();
  const add = (list: readonly Alternative[] | null, place: 'a' | 'b'): void => {
    for (const { id, text, probability: p } of list ?? []) {
      found.set(id, { ...(found.get(id) ?? { id, text, a: null, b: null }), [place]: p });
    }
  };
  add(a, 'a');
  add(b, 'b');
  const most = (each: Both): number => Math.max(each.a ?? 0, each.b ?? 0);
  return [...found.values()].sort((x, y) => most(y) - most(x) || x.id - y.id);
}
