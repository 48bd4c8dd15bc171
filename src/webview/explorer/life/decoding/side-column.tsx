import type { MarkKind } from '../../../components/mark-path';
import { count, probability, UNKNOWN } from '../../../components/format';
import { Mark } from '../../../components/marks';
import { ORIGIN_NAMES } from '../../../components/origins';
import type { ThemeInfo } from '../../../components/theme';
import { ErrorLegend } from '../error-legend';
import { Fact } from '../fact';
import { marksOf } from './looks';
import type { BoardDecoding } from './use-decoding';

const MARK_NAMES: Readonly<Record<MarkKind, string>> = {
  ...ORIGIN_NAMES,
  rejected: 'rejected, its replacement on it',
  unused: 'drafted, unused',
};

/** What the passes of the board add up to, and what the marks mean. */
export function SideColumn({ decoding, theme }: { readonly decoding: BoardDecoding; readonly theme: ThemeInfo }) {
  const { totals, rejections, rows, cells } = decoding;
  const { accepted, drafted } = totals.speculation;
  const kinds = new Set(cells.flatMap((pass) => pass.flatMap(marksOf)));
  const brought = rows.reduce((sum, { start, end }) => sum + end - start, 0);
  return (
    <aside class="life-side" aria-label="Numbers" tabIndex={0}>
      <section>
        <h2>Passes</h2>
        <dl class="life-numbers">
          <Fact name="After the prompt’s" value={count(rows.length)} />
          <Fact name="Tokens per pass" value={rows.length > 0 ? (brought / rows.length).toFixed(2) : UNKNOWN} />
          <Fact name="Drafted" value={count(drafted)} />
          <Fact name="Tested" value={count(totals.tested)} />
          <Fact name="Accepted" value={count(accepted)} />
          <Fact name="Accepted of tested" value={totals.tested > 0 ? probability(accepted / totals.tested) : UNKNOWN} />
        </dl>
        <dl class="life-numbers">
          <Fact name="Cells judged" value={count(rejections.judged)} />
          <Fact name="Cells rejected" value={count(rejections.rejected)} />
          <Fact name="Cells wrong" value={count(rejections.wrong)} />
          <Fact name="Rejected and wrong" value={count(rejections.wrongRejected)} />
        </dl>
      </section>
      <section>
        <h2>This pass</h2>
        <ul class="decoding-legend">
          {(Object.keys(MARK_NAMES) as MarkKind[])
            .filter((kind) => kinds.has(kind))
            .map((kind) => (
              <li key={kind}>
                <Mark kind={kind} /> {MARK_NAMES[kind]}
              </li>
            ))}
          <li>
            <i class="decoding-settled" /> decided before
          </li>
        </ul>
      </section>
      <section>
        <h2>Errors</h2>
        <ErrorLegend theme={theme} inherited={false} />
        {rejections.rejected > 0 && (
          <p class="life-note">
            Framed: rejected too. <Mark kind="rejected" /> rejected, and right.
          </p>
        )}
        <p class="life-note">Hatched: its draft was never judged.</p>
      </section>
      <section class="life-keys">
        <span>
          <kbd>←</kbd> <kbd>→</kbd> <kbd>↑</kbd> <kbd>↓</kbd> cell, on a board
        </span>
        <span>
          <kbd>,</kbd> <kbd>.</kbd> pass before, next pass
        </span>
        <span>
          <kbd>Home</kbd> <kbd>End</kbd> first, last pass
        </span>
        <span>
          <kbd>Space</kbd> play or pause
        </span>
        <span>
          <kbd>R</kbd> next rejected cell
        </span>
      </section>
    </aside>
  );
}
