import { useMemo } from 'preact/hooks';
import type { PassTotals, StepRow } from '../../../core/lens/passes';
import type { Trace } from '../../../core/trace/record';
import { passSentence } from '../../components/draft-rule';
import { count } from '../../components/format';
import { Icon } from '../../components/icon';
import { Mark } from '../../components/marks';
import { PassSteps } from '../../components/pass-steps';
import { rejectionTicks } from '../../components/pass-columns';
import { ScrubStrip } from '../../components/scrub-strip';
import type { ThemeInfo } from '../../components/theme';
import { Button } from '../../ui/button';
import { PassesTable } from './passes-table';
import { Staircase } from './staircase';
import './passes.css';

export interface PassesSectionProps {
  readonly trace: Trace;
  readonly rows: readonly StepRow[];
  /** What a row is, in a few words. */
  readonly about: string;
  readonly totals: PassTotals;
  readonly chosen: StepRow | null;
  readonly preview: StepRow | null;
  readonly follow: boolean;
  readonly table: boolean;
  readonly onTable: (table: boolean) => void;
  readonly onChoose: (row: StepRow) => void;
  readonly onHover: (row: StepRow | null) => void;
  readonly theme: ThemeInfo;
}

/** From so many passes on a strip shows all of them at once. */
const STRIP_FROM = 40;
const PAGE = 10;

/** Every pass of the target after the prompt, as a staircase or as a table; the keys work in both. */
export function PassesSection(props: PassesSectionProps) {
  const { trace, rows, totals, chosen, table, onChoose, onHover } = props;
  const ticks = useMemo(() => rejectionTicks(rows), [rows, rows.length]);
  const at = chosen ? chosen.number - 1 : 0;
  const go = (place: number): void => {
    const row = rows[Math.max(0, Math.min(rows.length - 1, place))];
    if (row && row !== chosen) onChoose(row);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const place = {
      ArrowUp: at - 1,
      ArrowDown: at + 1,
      PageUp: at - PAGE,
      PageDown: at + PAGE,
      Home: 0,
      End: rows.length - 1,
    }[event.key];
    if (place === undefined) return;
    event.preventDefault();
    go(place);
  };
  const list = { rows, trace, chosen, preview: props.preview, follow: props.follow, onChoose, onHover, onKeyDown };
  return (
    <section class="spec-passes" aria-labelledby="spec-passes-title">
      <header class="section-head">
        <h2 id="spec-passes-title">Passes</h2>
        <span class="muted spec-room">{props.about}</span>
        <PassSteps
          at={at}
          passes={rows.length}
          text={chosen ? passSentence(chosen, rows.length) : 'none'}
          ticks={ticks}
          onPlace={go}
        />
        <span class="section-keys">
          {totals.rejected > 0 && (
            <>
              <span class="key spec-room">
                <i class="spec-tick-key" />
                has a rejection
              </span>
              <span class="key" title="Its replacement stands below it.">
                <Mark kind="rejected" />
                rejected <span class="number">{count(totals.rejected)}</span>
              </span>
            </>
          )}
          {totals.unread > 0 && (
            <span class="key" title="Drafted after a token that was rejected: never judged.">
              <Mark kind="unused" />
              drafted but unused <span class="number">{count(totals.unread)}</span>
            </span>
          )}
          <span class="key key-hint" aria-hidden="true">
            <kbd>↑</kbd>
            <kbd>↓</kbd>
            pass
          </span>
          <Button
            appearance="icon"
            label={table ? 'Show as staircase' : 'Show as table'}
            class={table ? 'toggled' : ''}
            onClick={() => props.onTable(!table)}
          >
            <Icon name="table" />
          </Button>
        </span>
      </header>
      {rows.length >= STRIP_FROM && (
        <ScrubStrip rows={rows} most={totals.byTokens.length - 1} at={at} theme={props.theme} onMove={go} />
      )}
      {table ? <PassesTable {...list} /> : <Staircase {...list} />}
    </section>
  );
}
