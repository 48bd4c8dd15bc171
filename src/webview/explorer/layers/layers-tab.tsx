import { useCallback, useMemo } from 'preact/hooks';
import type { Trace } from '../../../core/trace/record';
import { probability, smallBits } from '../../components/format';
import { Icon } from '../../components/icon';
import { rampGradient, weightStops } from '../../components/ramp';
import { cellForKey } from './keys';
import { tokenLabel } from '../../components/token-label';
import { Button } from '../../ui/button';
import { ProgressRing } from '../../ui/progress-ring';
import { ProblemNote } from '../attention/problem-note';
import { ShareRead } from '../attention/share-read';
import { isBusy } from '../session';
import type { TabProps } from '../tab';
import { ServerGivesNone } from '../server-note';
import { LayersGrid } from './layers-grid';
import { layerName, type LensPage, PAGE, useLensPage } from './lens-page';
import { PlacePanel } from './place-panel';
import { readState } from './state';
import './layers.css';

/** What every layer would say after each token, and one place in detail. */
export function LayersTab(props: TabProps) {
  const { trace, runId } = props;
  if (trace?.header.model.server) {
    return <ServerGivesNone server={trace.header.model.server} what="hidden states of its layers" />;
  }
  return trace && runId !== null ? <OfRun {...props} trace={trace} runId={runId} /> : null;
}

function OfRun(props: TabProps & { readonly trace: Trace; readonly runId: string }) {
  const { trace, runId, api, theme, status, announce, onSelect, setState } = props;
  const { layer } = useMemo(() => readState(props.state), [props.state]);
  const count = trace.tokens.length;
  const token = Math.min(props.selected ?? 0, count - 1);
  const start = Math.floor(token / PAGE) * PAGE;
  const busy = isBusy(status);
  const page = useLensPage(api, runId, count, busy || count === 0 ? null : start);
  const stops = useMemo(() => weightStops(theme.colours.background, theme.dark), [theme]);
  const chosen = page.value ? rowOf(page.value, layer) : 0;

  const say = (lens: LensPage, row: number, index: number): void => {
    const reading = lens.rows[row]?.readings[index - lens.start];
    const best = reading?.top[0];
    if (!reading || !best) return;
    announce(
      `${layerName(reading.layer)}, after token ${index} ${tokenLabel(trace.tokens[index]?.text ?? '')}: ` +
        `${tokenLabel(best.text)}, probability ${probability(best.probability)}, KL ${smallBits(reading.divergence)} bits`,
    );
  };
  const choose = (row: number, index: number): void => {
    if (!page.value) return;
    const next = page.value.rows[row]?.layer;
    if (next !== undefined && row !== chosen) setState({ layer: next });
    if (index !== token) onSelect(index);
    say(page.value, row, index);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const next = page.value && cellForKey(event, { row: chosen, token, rows: page.value.rows.length, count });
    if (!next) return;
    event.preventDefault();
    choose(next.row, next.token);
  };
  const toPage = useCallback((first: number) => onSelect(first), [onSelect]);

  const end = Math.min(count, start + PAGE);
  return (
    <div class="layers">
      <section class="layers-main" aria-labelledby="layers-title">
        <header class="section-head">
          <h2 id="layers-title">What each layer would say next</h2>
          <span class="section-legend">
            <span class="key">
              0
              <i class="layers-ramp" style={{ background: rampGradient(stops) }} />1 probability
            </span>
            <span class="key">
              <i class="layers-same-key" aria-hidden="true">
                the
              </i>
              as the last layer
            </span>
            <span class="key">
              <b aria-hidden="true">the</b>
              came next
            </span>
          </span>
          {count > PAGE && (
            <span class="section-keys layers-pages">
              <Button
                appearance="icon"
                label="Tokens before"
                disabled={start === 0}
                onClick={() => toPage(start - PAGE)}
              >
                <Icon name="left" />
              </Button>
              <span class="number">
                {start}–{end - 1} of {count}
              </span>
              <Button appearance="icon" label="Tokens after" disabled={end >= count} onClick={() => toPage(end)}>
                <Icon name="right" />
              </Button>
            </span>
          )}
        </header>
        {busy ? (
          <p class="layers-note">The layers are read when the run has ended.</p>
        ) : page.problem ? (
          <ProblemNote problem={page.problem} retry={page.retry} />
        ) : page.value ? (
          <LayersGrid
            page={page.value}
            tokens={trace.tokens}
            chosen={{ row: chosen, token }}
            stops={stops}
            theme={theme}
            onChoose={choose}
            onKeyDown={onKeyDown}
          />
        ) : (
          <div class="layers-note">
            <ProgressRing /> <span role="status">Reading the layers…</span>
            {page.progress && <ShareRead progress={page.progress} />}
          </div>
        )}
      </section>
      {page.value && !busy && (
        <aside class="layers-side" aria-label="Selected token">
          <PlacePanel
            page={page.value}
            tokens={trace.tokens}
            token={token}
            row={chosen}
            onRow={(row) => choose(row, token)}
          />
        </aside>
      )}
    </div>
  );
}

/** Row of the kept layer; the last state where there is none. */
function rowOf({ rows }: LensPage, layer: number | null): number {
  return Math.max(
    0,
    rows.findIndex((row) => row.layer === layer),
  );
}
