import type { FilterRule } from '../../core/decode/filters';
import type { Range } from '../../core/decode/partial-filters';
import { UNKNOWN, count, probability, probabilityRange } from './format';
import { Icon } from './icon';
import { TokenLabel } from './token-chip';
import './hatched.css';
import './probability-bars.css';

/** Characters of a rank, from which on it takes room from the bars. */
const LONG_RANK = 4;

/** One token of a distribution before and after the filters. */
export interface BarRow {
  readonly id: number;
  /** What the token reads as; null until it is known. */
  readonly text: string | null;
  readonly rank: number;
  readonly p: number;
  readonly cumulative: number | null;
  /** p′: a range where only that is known, null where nothing is. */
  readonly after: Range | null;
  readonly cut: FilterRule | null;
  readonly chosen: boolean;
}

export interface ProbabilityBarsProps {
  /** Most probable first; the last may stand below a gap. */
  readonly rows: readonly BarRow[];
  readonly rest: {
    /** null where it is not known. */
    readonly count: number | null;
    readonly p: number;
    readonly after: Range | null;
    readonly cut: FilterRule | 'several' | null;
    /** Whether a server did not tell these tokens: their mass is then drawn. */
    readonly untold: boolean;
  };
  /** Shows more rows; absent where there are no more. */
  readonly onMore?: () => void;
  readonly caption: string;
}

/** Alternatives as a table: p as a filled bar, p′ as an outline over it, and the rule that cut a row. */
export function ProbabilityBars({ rows, rest, onMore, caption }: ProbabilityBarsProps) {
  // One scale for all bars: the longest of p and p′ takes the whole width.
  const scale = rows.reduce((most, row) => Math.max(most, row.p, row.after?.high ?? 0), rest.untold ? rest.p : 1e-9);
  const ranged = rows.some(({ after }) => afterText(after).length > 6);
  const others = rest.untold
    ? `not told${rest.count === null ? '' : `, ${count(rest.count)}`}`
    : `all others${rest.count === null ? '' : `, ${count(rest.count)}`}`;
  const digits = Math.max(2, ...rows.map((row) => count(row.rank).length));
  return (
    <table class={`bars${ranged ? ' bars-ranged' : ''}${digits > LONG_RANK ? ' bars-long' : ''}`}>
      <caption class="unseen">{caption}</caption>
      <thead>
        <tr>
          <th scope="col" class="bars-rank" style={{ width: `${8 + 7 * digits}px` }}>
            #
          </th>
          <th scope="col">token</th>
          <th scope="col" class="bars-bar">
            <span class="wide-only">p filled, p′ outlined</span>
            <span class="narrow-only">p, p′</span>
          </th>
          <th scope="col" class="number" title="Probability by the model: softmax of the raw logits at temperature 1.">
            p
          </th>
          <th scope="col" class="number" title="Sum of p from the most probable token down to this one.">
            Σ p
          </th>
          <th
            scope="col"
            class="number"
            title="Probability after temperature and filters, or the rule that cuts the token first."
          >
            p′
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row, place) => (
          <Row key={row.id} row={row} scale={scale} gap={place > 0 && row.rank > rows[place - 1]!.rank + 1} />
        ))}
        <tr class="bars-rest">
          {!rest.untold && <td class="bars-rank" />}
          <td
            colSpan={2}
            {...(rest.untold
              ? { title: 'The server told the most probable tokens only: of the others their mass.' }
              : {})}
          >
            {onMore ? (
              <button type="button" class="link" onClick={onMore}>
                {others}
              </button>
            ) : (
              others
            )}
          </td>
          {rest.untold && (
            <td class="bars-bar" aria-hidden="true">
              <span class="bar">
                <i class="bar-p bar-untold hatched" style={{ width: `${(100 * rest.p) / scale}%` }} />
              </span>
            </td>
          )}
          <td class="number">{probability(rest.p)}</td>
          <td class="number">1.000</td>
          <td class="number">{rest.cut ?? afterText(rest.after)}</td>
        </tr>
      </tbody>
    </table>
  );
}

function afterText(after: Range | null): string {
  return after === null ? UNKNOWN : probabilityRange(after);
}

function Row({ row, scale, gap }: { readonly row: BarRow; readonly scale: number; readonly gap: boolean }) {
  const names = [row.cut ? 'bars-cut' : '', row.chosen ? 'bars-chosen' : '', gap ? 'bars-gap' : ''];
  const width = (value: number): string => `${(100 * value) / scale}%`;
  return (
    <tr class={names.filter(Boolean).join(' ') || undefined} title={`token id ${row.id}`}>
      <td class="bars-rank">{count(row.rank)}</td>
      <th scope="row" class="bars-token">
        <span class="bars-text">{row.text === null ? `id ${row.id}` : <TokenLabel text={row.text} />}</span>
        {row.chosen && (
          <>
            <Icon name="check" class="bars-check" />
            <span class="unseen">, chosen</span>
          </>
        )}
      </th>
      <td class="bars-bar" aria-hidden="true">
        <span class="bar">
          <i class={row.cut ? 'bar-p hatched' : 'bar-p'} style={{ width: width(row.p) }} />
          {!row.cut && row.after && row.after.high - row.after.low > 0.02 * scale && (
            <i class="bar-after bar-most" style={{ width: width(row.after.high) }} />
          )}
          {!row.cut && row.after && <i class="bar-after" style={{ width: width(row.after.low) }} />}
        </span>
      </td>
      <td class="number">{probability(row.p)}</td>
      <td class="number bars-sum">{probability(row.cumulative)}</td>
      <td class="number">
        {row.cut ? (
          <span>
            <span class="unseen">cut by </span>
            {row.cut}
          </span>
        ) : (
          afterText(row.after)
        )}
      </td>
    </tr>
  );
}
