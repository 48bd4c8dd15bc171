import { useMemo, useState } from 'preact/hooks';
import type { FilterSettings } from '../../../core/decode/filters';
import type { Judgement, TraceToken } from '../../../core/trace/record';
import type { Sampling } from '../../../core/decode/sampling';
import { FilterSliders } from '../../components/filter-sliders';
import { count } from '../../components/format';
import { STACKED } from '../../components/mass-lane';
import { ORIGIN_NAMES } from '../../components/origins';
import { ProbabilityBars } from '../../components/probability-bars';
import { FILTER_KEYS, type FilterKey } from '../../components/sampling-scale';
import { TokenChip } from '../../components/token-chip';
import {
  MEASURE,
  MEASURES,
  type MeasureName,
  measureFill,
  measureMeaning,
  measureStops,
  measureText,
} from '../../components/token-measure';
import { Icon } from '../../components/icon';
import { Button } from '../../ui/button';
import { isBusy } from '../session';
import type { TabProps } from '../tab';
import { KeptMass } from './kept-mass';
import { useTokenTexts, usePositionLogits, type PositionLogitsState } from './position-logits';
import { type WhatIf, type WhatIfRest, positionDistribution, whatIf, whatIfOfKept } from './what-if';

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
          position {token.index}
          {tab.trace!.header.model.server?.namesOnly ? '' : ` · id ${token.id}`} · {ORIGIN_NAMES[token.origin]}
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
          {token.index > 0
            ? 'The server told no probability of this token.'
            : 'This is the first token: nothing stands before it, so the model gave it no probability.'}
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
        const meaning = measureMeaning(name, judgement);
        return (
          <div class="figure" key={name} title={meaning}>
            <dt>
              {name === 'rank' && vocabulary > 0 ? `rank of ${count(vocabulary)}` : name}
              <span class="unseen">: {meaning}</span>
            </dt>
            <dd>
              {judgement ? measureText(name, judgement) : '–'}
              {measure.unit && judgement && <small> {measure.unit}</small>}
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
  const { server } = header.model;
  const logits = usePositionLogits(tab.api, tab.runId, token.index, busy || server !== undefined);
  const shown = STACKED + extra;

  const position = useMemo(
    () => (logits.state === 'ready' ? positionDistribution(logits.logits, token.id, shown) : null),
    [logits, token.id, shown],
  );
  const vocabulary = header.model.vocabularySize;
  const result = useMemo(
    () => (position ? whatIf(position, settings) : whatIfOfKept(judgement, token.id, vocabulary, settings)),
    [position, judgement, token.id, vocabulary, settings],
  );
  const rows = result?.rows.slice(0, shown) ?? [];
  const below = result && (result.chosenBelow ?? result.rows.slice(shown).find((row) => row.chosen));
  if (below) rows.push(below);

  const known = useMemo(
    () =>
      new Map(
        [...judgement.top.map(({ id, text }) => [id, text] as const), [token.id, token.text] as const].filter(
          ([, text]) => text !== '' || !server,
        ),
      ),
    [judgement, token, server],
  );
  const textOf = useTokenTexts(
    tab.api,
    tab.runId,
    known,
    rows.map((row) => row.id),
  );
  if (!result) return <ToldAlone token={token} judgement={judgement} />;
  const rest = restBeyond(
    result,
    rows.map((row) => row.id),
  );
  const more = position ? rest.count !== 0 : shown < result.rows.length;

  return (
    <>
      <ProbabilityBars
        rows={rows.map((row) => ({ ...row, text: textOf(row.id) }))}
        rest={{ ...rest, untold: judgement.partial !== undefined && shown >= result.rows.length }}
        caption={`Alternatives at position ${token.index}, most probable first`}
        {...(more ? { onMore: () => setExtra(extra + MORE) } : {})}
      />
      <section class="what-if" aria-labelledby="what-if-title">
        <header class="what-if-head">
          <h2 id="what-if-title">What if</h2>
          <span class="muted wide-only">this token only, text unchanged</span>
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
          vocabularySize={header.model.vocabularySize || null}
          marks={{ value: header.sampling, title: 'The run’s own setting' }}
          notes={notesOf(result, settings)}
        />
        <KeptMass result={result} chosen={rows.find((row) => row.chosen)} />
        <p class="what-if-note">{explain(settings, logits, busy, result, server !== undefined)}</p>
      </section>
    </>
  );
}

/** A server that names alternatives by text alone: of the distribution no more is known than the token's own probability. */
function ToldAlone({ token, judgement }: { readonly token: TraceToken; readonly judgement: Judgement }) {
  const row = {
    id: token.id,
    text: token.text,
    rank: judgement.rank,
    p: judgement.probability,
    cumulative: null,
    after: null,
    cut: null,
    chosen: true,
  };
  const outside = judgement.partial?.outside ?? 1 - judgement.probability;
  return (
    <>
      <ProbabilityBars
        rows={[row]}
        rest={{ count: null, p: outside, after: null, cut: null, untold: true }}
        caption={`What the server told at position ${token.index}`}
      />
      <section class="what-if" aria-label="What if">
        <p class="what-if-note">
          The server told no other token here by its id, so what temperature and filters would make of it cannot be
          told.
        </p>
      </section>
    </>
  );
}

function differs(settings: FilterSettings, run: Sampling): boolean {
  return FILTER_KEYS.some((key) => settings[key] !== run[key]);
}

/** What is not in the rows, given that the result may list more than are shown. */
function restBeyond(result: WhatIf, ids: readonly number[]): WhatIfRest {
  const shown = new Set(ids);
  const hidden = result.rows.filter((row) => !shown.has(row.id));
  if (hidden.length === 0) return result.rest;
  const { rest } = result;
  return {
    count: rest.count === null ? null : rest.count + hidden.length,
    p: hidden.reduce((sum, row) => sum + row.p, rest.p),
    after: {
      low: hidden.reduce((sum, row) => sum + row.after.low, rest.after.low),
      high: Math.min(
        1,
        hidden.reduce((sum, row) => sum + row.after.high, rest.after.high),
      ),
    },
    cut: hidden.every((row) => row.cut === rest.cut) ? rest.cut : null,
  };
}

/** What each setting does to this position, in a word or two. */
function notesOf(result: WhatIf, { temperature }: FilterSettings): Record<FilterKey, string> {
  const of = result.unknown === null && result.keptCount !== null ? '' : ` of ${result.counted}`;
  const cuts = (rule: 'top-k' | 'top-p' | 'min-p'): string =>
    temperature === 0 ? '–' : result.cuts[rule] === 0 ? 'cuts none' : `cuts ${count(result.cuts[rule])}${of}`;
  return {
    temperature: temperature === 0 ? 'greedy' : temperature === 1 ? 'p as is' : temperature < 1 ? 'sharper' : 'flatter',
    topK: cuts('top-k'),
    topP: cuts('top-p'),
    minP: cuts('min-p'),
  };
}

/** How to read the panel, and what of it is not exact and why. */
function explain(
  settings: FilterSettings,
  logits: PositionLogitsState,
  busy: boolean,
  result: WhatIf,
  ofServer: boolean,
): string {
  const divided = settings.temperature === 1 ? 'p' : `p at temperature ${settings.temperature}`;
  const sentences = [
    settings.temperature === 0
      ? 'Temperature 0 always takes the most probable token and asks no filter.'
      : `A cut row names the first rule that cuts it, in the order top-k, top-p, min-p. p′ is ${divided}, divided by the kept mass.`,
  ];
  if (ofServer) {
    const told = result.counted === 1 ? 'one token' : `the ${count(result.counted)} most probable tokens`;
    sentences.push(`The server told ${told}. ${result.unknown ?? 'Within these the answer is exact.'}`);
  } else if (logits.state === 'ready' && logits.recomputed) {
    sentences.push('The logits were computed again from the tokens before this one.');
  } else if (logits.state === 'unavailable') {
    sentences.push(logits.problem.message, result.unknown ?? '');
  } else if (busy && result.unknown !== null) {
    sentences.push(
      'While the run goes on, only the alternatives in the trace are known, so some probabilities are ranges.',
    );
  }
  return sentences.join(' ');
}
