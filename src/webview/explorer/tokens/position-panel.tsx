import { useMemo, useState } from 'preact/hooks';
import type { FilterSettings } from '../../../core/decode/filters';
import type { Judgement, Sampling, TraceToken } from '../../../core/trace/record';
import { FilterSliders } from '../../components/filter-sliders';
import { count, counted } from '../../components/format';
import { STACKED } from '../../components/lane-painter';
import { ProbabilityBars } from '../../components/probability-bars';
import { FILTER_KEYS, type FilterKey } from '../../components/sampling-scale';
import { TokenChip } from '../../components/token-chip';
import { MEASURE, MEASURES, type MeasureName, measureFill, measureStops } from '../../components/token-measure';
import { Icon } from '../../components/icon';
import { Button } from '../../ui/button';
import { isBusy } from '../session';
import type { TabProps } from '../tab';
import { KeptMass } from './kept-mass';
import { useTokenTexts, usePositionLogits, type PositionLogitsState } from './position-logits';
import { fromKept, fromLogits, whatIf, type WhatIf } from './what-if';

export interface PositionPanelProps {
  readonly tab: TabProps;
  readonly token: TraceToken;
  readonly measure: MeasureName;
  readonly settings: FilterSettings;
  readonly onSettings: (change: Partial<FilterSettings>) => void;
  readonly onReset: () => void;
}

/** Everything about one token: its four numbers, its alternatives, and what other settings would make of them. */
export function PositionPanel(props: PositionPanelProps) {
  const { tab, token, measure } = props;
  const count = tab.trace!.tokens.length;
  const fill = measureFill(MEASURE[measure], token.judgement, measureStops(measure, tab.theme));
  const go = (index: number): void => tab.onSelect(Math.max(0, Math.min(count - 1, index)));
  return (
    <div class="position">
      <header class="position-head">
        <TokenChip text={token.text} fill={fill} theme={tab.theme} />
        <h2 class="position-facts">
          position {token.index} · id {token.id} · {token.origin === 'prompt' ? 'prompt' : 'generated'}
        </h2>
        <span class="position-steps">
          <Button
            appearance="icon"
            label="Previous token"
            disabled={token.index === 0}
            onClick={() => go(token.index - 1)}
          >
            <Icon name="left" />
          </Button>
          <Button
            appearance="icon"
            label="Next token"
            disabled={token.index === count - 1}
            onClick={() => go(token.index + 1)}
          >
            <Icon name="right" />
          </Button>
        </span>
      </header>
      <Figures judgement={token.judgement} vocabulary={tab.trace!.header.model.vocabularySize} />
      {token.judgement ? (
        <Alternatives {...props} judgement={token.judgement} />
      ) : (
        <p class="position-none">
          This is the first token: nothing stands before it, so the model gave it no probability.
        </p>
      )}
    </div>
  );
}

function Figures({ judgement, vocabulary }: { readonly judgement: Judgement | null; readonly vocabulary: number }) {
  return (
    <dl class="figures">
      {MEASURES.map((name) => {
        const measure = MEASURE[name];
        const unit = name === 'rank' && judgement ? `of ${count(vocabulary)}` : measure.unit;
        return (
          <div class="figure" key={name} title={measure.definition}>
            <dt>
              {name}
              <span class="unseen">: {measure.definition}</span>
            </dt>
            <dd>
              {judgement ? measure.format(measure.value(judgement)) : '–'}
              {unit && judgement && <small> {unit}</small>}
            </dd>
          </div>
        );
      })}
    </dl>
  );
}

/** Rows that one press of "all others" adds. */
const MORE = 20;

function Alternatives(props: PositionPanelProps & { readonly judgement: Judgement }) {
  const { tab, token, judgement, settings } = props;
  const { header } = tab.trace!;
  const busy = isBusy(tab.status);
  const [extra, setExtra] = useState(0);
  const logits = usePositionLogits(tab.api, tab.runId, token.index, busy);
  const shown = STACKED + extra;

  const position = useMemo(
    () => (logits.state === 'ready' ? fromLogits(logits.logits, token.id, shown) : fromKept(token, judgement)),
    [logits, token, judgement, shown],
  );
  const result = useMemo(() => whatIf(position, settings), [position, settings]);
  const rows = result.rows.slice(0, shown);
  const listed = result.chosenBelow ?? result.rows.slice(shown).find((row) => row.chosen);
  if (listed) rows.push(listed);

  const known = useMemo(
    () => new Map([...judgement.top.map(({ id, text }) => [id, text] as const), [token.id, token.text]]),
    [judgement, token],
  );
  const textOf = useTokenTexts(
    tab.api,
    tab.runId,
    known,
    rows.map((row) => row.id),
  );
  const rest = restBeyond(
    result,
    rows.map((row) => row.id),
  );
  const more = position.source === 'logits' && rest.count !== null && rest.count > 0;

  return (
    <>
      <ProbabilityBars
        rows={rows.map((row) => ({ ...row, text: textOf(row.id) }))}
        rest={rest}
        caption={`Alternatives at position ${token.index}, most probable first`}
        {...(more ? { onMore: () => setExtra(extra + MORE) } : {})}
      />
      <section class="what-if" aria-labelledby="what-if-title">
        <header class="what-if-head">
          <h2 id="what-if-title">What if</h2>
          <span class="muted">this token only, text unchanged</span>
          {differs(settings, header.sampling) ? (
            <button type="button" class="link what-if-reset" onClick={props.onReset}>
              back to the run’s
            </button>
          ) : (
            <span class="muted what-if-reset">
              <i class="run-mark" /> run setting
            </span>
          )}
        </header>
        <FilterSliders
          value={settings}
          onChange={props.onSettings}
          vocabularySize={header.model.vocabularySize}
          marks={{ value: header.sampling, title: 'The run’s own setting' }}
          notes={notesOf(result, settings)}
        />
        <KeptMass result={result} />
        <p class="what-if-note">{explain(settings, logits, busy, judgement)}</p>
      </section>
    </>
  );
}

function differs(settings: FilterSettings, run: Sampling): boolean {
  return FILTER_KEYS.some((key) => settings[key] !== run[key]);
}

/** What is not in the rows, given that the result may list more than are shown. */
function restBeyond(result: WhatIf, ids: readonly number[]): WhatIf['rest'] {
  const shown = new Set(ids);
  const hidden = result.rows.filter((row) => !shown.has(row.id));
  if (hidden.length === 0) return result.rest;
  const p = hidden.reduce((sum, row) => sum + row.p, result.rest.p);
  const after = result.rest.after === null ? null : hidden.reduce((sum, row) => sum + row.after, result.rest.after);
  const count = result.rest.count === null ? null : result.rest.count + hidden.length;
  return { count, p, after, cut: result.rest.cut };
}

/** What each setting does to this position, in a word or two. */
function notesOf(result: WhatIf, settings: FilterSettings): Record<FilterKey, string> {
  const greedy = settings.temperature === 0;
  const cuts = (count: number): string => (greedy ? '–' : count === 0 ? 'cuts none' : `cuts ${count}`);
  const { temperature } = settings;
  return {
    temperature: greedy ? 'greedy' : temperature === 1 ? 'p as is' : temperature < 1 ? 'sharper' : 'flatter',
    topK: settings.topK === 0 && !greedy ? 'cuts none' : cuts(result.cuts['top-k']),
    topP: cuts(result.cuts['top-p']),
    minP: cuts(result.cuts['min-p']),
  };
}

function explain(settings: FilterSettings, logits: PositionLogitsState, busy: boolean, judgement: Judgement): string {
  const divided = settings.temperature === 1 ? 'p' : `p at temperature ${settings.temperature}`;
  const rule =
    settings.temperature === 0
      ? 'Temperature 0 always takes the most probable token and asks no filter.'
      : `A cut row names the first rule that cuts it, in the order top-k, top-p, min-p. p′ is ${divided}, divided by the kept mass.`;
  if (logits.state === 'ready') {
    return logits.recomputed ? `${rule} The logits were computed again from the tokens before this one.` : rule;
  }
  const within = `counted within the ${counted(judgement.top.length, 'alternative')} that the trace keeps; all others count as cut`;
  if (logits.state === 'unavailable') return `${logits.problem.message} p′ is ${within}.`;
  return busy ? `While the run goes on, p′ is ${within}.` : rule;
}
