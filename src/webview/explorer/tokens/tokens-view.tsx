import { useCallback, useMemo } from 'preact/hooks';
import type { FilterSettings } from '../../../core/decode/filters';
import type { TraceToken } from '../../../core/trace/record';
import { WINDOW } from '../../components/lane-geometry';
import { Icon } from '../../components/icon';
import { MeasureLegend } from '../../components/measure-legend';
import { Segmented } from '../../components/segmented';
import { tokenForKey } from '../../components/token-keys';
import { EntropyKey, TokenLanes, describe } from '../../components/token-lanes';
import { MEASURE, MEASURES, measureFill, measureStops } from '../../components/token-measure';
import { TokenTable } from '../../components/token-table';
import { LINE_PITCH, TokenText } from '../../components/token-text';
import { useSize } from '../../components/use-size';
import { Button } from '../../ui/button';
import { isBusy } from '../session';
import type { TabProps } from '../tab';
import { filterSettings, readTokensState } from './kept-state';
import { PositionPanel } from './position-panel';
import './tokens.css';

/** Every token of the run: how probable it was, where the model was sure, and what else it could have said. */
export function TokensView(props: TabProps) {
  const { trace, runId, selected, hovered, theme, announce, setState, onSelect } = props;
  const state = useMemo(() => readTokensState(props.state), [props.state]);
  const { measure } = state;
  const tokens = trace?.tokens ?? NONE;
  const sampling = trace?.header.sampling;

  const fill = useCallback(
    (token: TraceToken) => measureFill(MEASURE[measure], token.judgement, measureStops(measure, theme)),
    [measure, theme],
  );
  const settings = useMemo(
    () => (state.whatIf && state.whatIf.runId === runId ? state.whatIf.settings : sampling && filterSettings(sampling)),
    [state.whatIf, runId, sampling],
  );
  const select = useCallback(
    (index: number) => {
      onSelect(index);
      announce(describe(tokens[index]));
    },
    [onSelect, announce, tokens],
  );
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const next = tokenForKey(event.key, selected, tokens.length, WINDOW / 4);
    if (next === null) return;
    event.preventDefault();
    select(next);
  };

  const [main, size] = useSize<HTMLDivElement>();
  if (!trace || !settings || runId === null) return null;
  const { promptLength } = trace.header;
  const partly = tokens.find(({ judgement }) => judgement)?.judgement?.partial !== undefined;
  // Less than a third of the height for the text, two lines at least.
  const lines = Math.max(2, Math.min(6, Math.round((size.height * 0.28) / LINE_PITCH)));
  const active = tokens[hovered ?? selected ?? -1];
  const follow = isBusy(props.status) && !trace.summary && (selected === null || selected === promptLength);
  const keep = (next: FilterSettings): void => setState({ whatIf: { runId, settings: next } });

  return (
    <div class="tokens">
      <div class="tokens-main" ref={main}>
        <section class="tokens-text" aria-labelledby="text-title">
          <header class="section-head">
            <h2 id="text-title">Text</h2>
            <Segmented
              label="Colour tokens by"
              value={measure}
              options={MEASURES.map((name) => ({ name, title: MEASURE[name].title, hint: MEASURE[name].definition }))}
              onChange={(name) => setState({ measure: name })}
            />
            <span class="section-keys">
              <span class="key">
                <i class="prompt-key" />
                prompt
              </span>
              <MeasureLegend name={measure} theme={theme} />
            </span>
          </header>
          <TokenText
            tokens={tokens}
            promptLength={promptLength}
            selected={selected}
            hovered={hovered}
            onSelect={select}
            onHover={props.onHover}
            theme={theme}
            fill={fill}
            label={`Tokens of the run, coloured by ${measure}`}
            lines={lines}
            onKeyDown={onKeyDown}
            follow={follow}
          />
        </section>
        <section class="tokens-lanes" aria-labelledby="lanes-title">
          <header class="section-head">
            <h2 id="lanes-title">Per token</h2>
            {!state.table && (
              <span class="section-legend">
                <span class="key">
                  <i class="swatch swatch-surprisal" />
                  surprisal
                </span>
                <span class="key">
                  <EntropyKey />
                  {partly ? 'entropy, the least that it can be' : 'entropy: the surprisal the model expected'}
                </span>
              </span>
            )}
            <span class="section-keys">
              {!state.table && (
                <span class="key key-hint" aria-hidden="true">
                  <kbd>←</kbd>
                  <kbd>→</kbd>
                  select token
                </span>
              )}
              <Button
                appearance="icon"
                label={state.table ? 'Show as chart' : 'Show as table'}
                class={state.table ? 'toggled' : ''}
                onClick={() => setState({ table: !state.table })}
              >
                <Icon name="table" />
              </Button>
            </span>
          </header>
          {state.table ? (
            <TokenTable tokens={tokens} selected={selected} onSelect={select} onKeyDown={onKeyDown} />
          ) : (
            <TokenLanes
              tokens={tokens}
              promptLength={promptLength}
              selected={selected}
              hovered={hovered}
              onSelect={select}
              onHover={props.onHover}
              theme={theme}
              follow={follow}
              onKeyDown={onKeyDown}
            />
          )}
        </section>
      </div>
      <aside class="tokens-side" aria-label="Selected token">
        {active ? (
          <PositionPanel
            tab={props}
            token={active}
            measure={measure}
            settings={settings}
            onSettings={(change) => keep({ ...settings, ...change })}
            onReset={() => setState({ whatIf: null })}
          />
        ) : (
          <p class="position-none">The first generated token is shown here as soon as it is there.</p>
        )}
      </aside>
    </div>
  );
}

const NONE: readonly TraceToken[] = [];
