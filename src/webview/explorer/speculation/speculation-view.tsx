import type { RunCosts } from '../../../core/lens/break-even';
import type { PlainTime } from '../../../core/lens/plain-time';
import type { PassTotals, RunPasses } from '../../../core/lens/passes';
import { useSize } from '../../components/use-size';
import { isBusy } from '../session';
import type { TabProps } from '../tab';
import { BreakEvenPanel } from './break-even-panel';
import { OutputSection } from './output-section';
import { PassDetail } from './pass-detail';
import { PassesSection } from './passes-section';
import { ResidualPanel } from './residual-panel';
import { RunPanel } from './run-panel';
import { usePassChoice } from './use-pass-choice';

export interface SpeculationViewProps extends TabProps {
  readonly passes: RunPasses;
  readonly totals: PassTotals;
  readonly costs: RunCosts;
  /** t(1), and whether it is this run's own. */
  readonly plain: PlainTime | null;
  readonly plainIsOwn: boolean;
  readonly table: boolean;
}

/** Widths from which the parts below the staircase stand side by side, two of them do, and a drafted token is one line. */
const THREE_COLUMNS = 1260;
const TWO_COLUMNS = 860;
const ONE_LINE = 560;

/** The classes of a view so wide. */
export function columnsOf(width: number): string {
  if (width >= THREE_COLUMNS) return 'spec-three';
  if (width >= TWO_COLUMNS) return 'spec-two';
  return width >= ONE_LINE ? 'spec-stacked' : 'spec-stacked spec-one';
}

/** Lines of the output before it scrolls: a text of a few sentences is whole. */
export function linesOf(width: number): number {
  return width >= TWO_COLUMNS ? 4 : width >= ONE_LINE ? 6 : 8;
}

/** The output, the passes, the one that is chosen, and the run as a whole. One selection runs through all of them. */
export function SpeculationView(props: SpeculationViewProps) {
  const { trace, passes, totals, selected, hovered, onSelect, onHover, announce, status } = props;
  const [room, size] = useSize<HTMLDivElement>();
  const { rows } = passes;
  const chosen = selected === null ? passes.rowOf(0) : passes.rowOf(selected);
  const preview = hovered === null ? null : passes.rowOf(hovered);
  const follow = isBusy(status) && !trace?.summary && (selected === null || selected === trace?.header.promptLength);

  const { choose, hoverRow, setTable } = usePassChoice(props, rows);

  if (!trace) return null;
  const shown = preview ?? chosen;
  const columns = columnsOf(size.width);
  if (size.width === 0) return <div class="spec" ref={room} />;
  return (
    <div class={`spec ${columns}`} ref={room}>
      <OutputSection
        trace={trace}
        selected={selected}
        hovered={hovered}
        chosen={chosen}
        preview={preview}
        follow={follow}
        lines={linesOf(size.width)}
        onSelect={onSelect}
        onHover={onHover}
        announce={announce}
        theme={props.theme}
      />
      <PassesSection
        trace={trace}
        rows={rows}
        about="one row a pass of the model"
        totals={totals}
        chosen={chosen}
        preview={preview}
        follow={follow}
        table={props.table}
        onTable={setTable}
        onChoose={choose}
        onHover={hoverRow}
        theme={props.theme}
      />
      <div class="spec-below">
        <PassDetail
          header={trace.header}
          row={shown}
          isPreview={preview !== null && preview !== chosen}
          stacked={size.width < ONE_LINE}
        />
        <ResidualPanel trace={trace} row={shown} />
        <RunPanel header={trace.header} rows={rows} totals={totals} />
      </div>
      <BreakEvenPanel
        tab={props}
        header={trace.header}
        costs={props.costs}
        totals={totals}
        plain={props.plain}
        plainIsOwn={props.plainIsOwn}
      />
    </div>
  );
}
