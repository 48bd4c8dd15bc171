import type { ComparedResult, ComparisonRow } from '../../../core/compare/comparison';
import { counted } from '../../components/format';
import { axisOf } from './axis';
import type { PlacedRow } from './sorting';
import './time-chart.css';

export interface TimeChartProps {
  readonly rows: readonly PlacedRow[];
  /** What each row is called, by its place. */
  readonly titles: readonly string[];
  readonly selected: number;
  readonly onSelect: (place: number) => void;
}

/**
 * Wall time of each decoder as a bar: drafting (hatched), then the model's passes (filled), then what is left (outlined). Below
 * it a mark where each pass ended, over it a line from the least to the most time of all rounds. The table has the numbers.
 */
export function TimeChart({ rows, titles, selected, onSelect }: TimeChartProps) {
  const most = Math.max(0, ...rows.map(({ row }) => row.result?.secondsRange.max ?? 0));
  const { end, ticks } = axisOf(most);
  const share = (seconds: number): string => `${(seconds / end) * 100}%`;
  return (
    <div class="time-chart" aria-hidden="true">
      {rows.map(({ row, place }) => (
        <div
          key={place}
          class={place === selected ? 'time-row time-row-selected' : 'time-row'}
          onClick={() => onSelect(place)}
        >
          <span class="time-name" title={titles[place]}>
            {titles[place]}
          </span>
          <div class="time-plot">
            {ticks.map(({ seconds }) => (
              <i key={seconds} class="time-grid" style={{ left: share(seconds) }} />
            ))}
            {row.result && <TimeBar result={row.result} end={end} />}
          </div>
          <span class="time-value">{valueText(row)}</span>
        </div>
      ))}
      <div class="time-row time-axis">
        <span class="time-name" />
        <div class="time-plot">
          {most > 0 &&
            ticks.map(({ seconds, text }) => (
              <span key={seconds} class="time-tick" style={{ left: share(seconds) }}>
                {text}
              </span>
            ))}
        </div>
        <span class="time-value" />
      </div>
    </div>
  );
}

function TimeBar({ result, end }: { readonly result: ComparedResult; readonly end: number }) {
  const { seconds, draftSeconds, verifySeconds, secondsRange, passEnds, rounds } = result;
  const share = (value: number): string => `${(Math.max(0, value) / end) * 100}%`;
  const rest = seconds - draftSeconds - verifySeconds;
  return (
    <>
      <div class="time-bar" title={barTitle(result)}>
        {draftSeconds > 0 && <i class="time-draft" style={{ width: share(draftSeconds) }} />}
        <i class="time-verify" style={{ width: share(verifySeconds) }} />
        {rest > 0 && <i class="time-rest" style={{ width: share(rest) }} />}
      </div>
      <svg class="time-passes" viewBox={`0 0 ${end} 1`} preserveAspectRatio="none">
        <path d={passEnds.map((at) => `M${at} 0V1`).join('')} />
      </svg>
      {rounds > 1 && (
        <i
          class="time-range"
          style={{ left: share(secondsRange.min), width: share(secondsRange.max - secondsRange.min) }}
        />
      )}
    </>
  );
}

function barTitle({ seconds, draftSeconds, verifySeconds }: ComparedResult): string {
  const rest = Math.max(0, seconds - draftSeconds - verifySeconds);
  return [
    `${seconds.toFixed(3)} s`,
    ...(draftSeconds > 0 ? [`${draftSeconds.toFixed(3)} s drafting`] : []),
    `${verifySeconds.toFixed(3)} s in passes of the model`,
    `${rest.toFixed(3)} s choosing, judging and recording tokens`,
  ].join(' · ');
}

function valueText({ result, state }: ComparisonRow): string {
  if (result) return `${result.seconds.toFixed(3)} s · ${counted(result.passes, 'pass', 'passes')}`;
  return { waiting: 'waits', running: 'runs…', failed: 'failed', stopped: 'not run', done: '' }[state];
}

/** What the shapes of the chart mean. */
export function TimeLegend() {
  return (
    <span class="section-legend time-legend">
      <span class="key" title="Time in which the draft was made: by the draft model, a lookup or a rule.">
        <i class="time-key time-draft" /> drafting
      </span>
      <span class="key" title="Time in passes of the model, those that read the prompt included.">
        <i class="time-key time-verify" /> passes of the model
      </span>
      <span class="key" title="What is left of the wall time: choosing, judging and recording tokens.">
        <i class="time-key time-rest" /> the rest
      </span>
      <span class="key" title="A mark where each pass ended, drafting before it included.">
        <i class="time-key time-key-pass" /> end of a pass
      </span>
      <span class="key" title="The least and the most wall time of all rounds.">
        <i class="time-key time-key-range" /> range of the rounds
      </span>
    </span>
  );
}
