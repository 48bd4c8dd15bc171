import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { comparisonCsv } from '../../../core/compare/document';
import type { Comparison, ComparisonRow } from '../../../core/compare/comparison';
import { repeated } from '../../../core/compare/labels';
import { decoderTitle } from '../../../core/decode/titles';
import type { AskedDecoder } from '../../../protocol/explorer';
import { counted } from '../../components/format';
import { Icon } from '../../components/icon';
import { Button } from '../../ui/button';
import { isBusy } from '../session';
import type { TabBench, TabProps } from '../tab';
import { candidatesFor, chosenAmong, entriesOf } from './candidates';
import { ComparisonHead } from './comparison-head';
import { ComparisonTable } from './comparison-table';
import { DecoderList } from './decoder-list';
import { sortedRows } from './sorting';
import { readState, type CompareState } from './state';
import { ComparedText } from './texts';
import { TimeChart, TimeLegend } from './time-chart';
import { entryTitles } from './titles';
import './compare.css';

/** One prompt, one seed, several decoders side by side. */
export function CompareView(props: TabProps) {
  return props.bench && <Bench {...props} bench={props.bench} />;
}

function Bench(props: TabProps & { readonly bench: TabBench }) {
  const { bench, status, announce } = props;
  const { comparison, progress, settings, model, models, decoders } = bench;
  const state = readState(props.state);
  const set = (change: Partial<CompareState>): void => props.setState(change);
  const [begins, setBegins] = useState(false);
  const root = useRef<HTMLDivElement>(null);
  const running = comparison?.state === 'running' || progress !== null;
  const candidates = useMemo(
    () => candidatesFor(decoders, model, models, settings.prompt),
    [decoders, model, models, settings.prompt],
  );
  const entries = entriesOf(candidates, state.again, settings);
  const chosen = chosenAmong(entries, state.chosen);
  const asked = chosen.map(({ decoder: { name }, options }) => ({ decoder: name, options }));
  const blocked = reasonToWait(bench, asked, isBusy(status));
  const titles = entryTitles(comparison?.rows ?? [], decoders);
  useAnnouncedRows(comparison, titles, announce);

  const compare = async (): Promise<void> => {
    setBegins(true);
    set({ row: null });
    announce(`Comparing ${counted(chosen.length, 'decoder')}.`);
    // In one column the results are below the list.
    root.current?.querySelector('.compare-main')?.scrollIntoView({ block: 'start' });
    await bench.compare(asked, state.rounds);
    setBegins(false);
  };
  return (
    <div class="compare" ref={root}>
      <aside class="compare-side" aria-label="What is compared">
        <div class="compare-list">
          <DecoderList
            bench={bench}
            candidates={candidates}
            entries={entries}
            chosen={chosen}
            added={state.again}
            rounds={state.rounds}
            disabled={running}
            onEntries={set}
            onRounds={(rounds) => set({ rounds })}
          />
        </div>
        <div class="compare-go">
          {running ? (
            <Button appearance="secondary" onClick={() => void bench.stopComparison()}>
              <Icon name="stop" slot="start" />
              Stop comparing
            </Button>
          ) : (
            <Button appearance="primary" disabled={blocked !== null || begins} onClick={() => void compare()}>
              <Icon name="play" slot="start" />
              Compare
            </Button>
          )}
          {blocked !== null && !running && <p class="candidate-note">{blocked}</p>}
        </div>
      </aside>
      {comparison ? (
        <Results {...props} comparison={comparison} titles={titles} state={state} running={running} onState={set} />
      ) : (
        <div class="compare-main">
          <Beginning />
        </div>
      )}
    </div>
  );
}

interface ResultsProps extends TabProps {
  readonly bench: TabBench;
  readonly comparison: Comparison;
  /** What each row is called. */
  readonly titles: readonly string[];
  readonly state: CompareState;
  readonly running: boolean;
  readonly onState: (change: Partial<CompareState>) => void;
}

function Results({ bench, comparison, titles, state, running, status, onState, onTab, api, announce }: ResultsProps) {
  const rows = sortedRows(comparison.rows, state.sort);
  const selected = state.row !== null && state.row < comparison.rows.length ? state.row : 0;
  const open = async ({ result }: ComparisonRow): Promise<void> => {
    if (!result || !(await bench.openComparedRun(result.runId))) return;
    onTab(result.speculation ? 'speculation' : 'tokens');
  };
  const copy = (): void => {
    void api.call('copy', { text: comparisonCsv(comparison) }).then(
      () => announce('Copied as CSV.'),
      () => announce('It could not be copied.'),
    );
  };
  return (
    <div class="compare-main">
      <ComparisonHead bench={bench} comparison={comparison} running={running} onCopy={copy} />
      <section class="compare-times" aria-label="Wall time">
        <header class="section-head">
          <h2>Wall time</h2>
          <span class="muted wide-only">on this machine</span>
          <TimeLegend />
        </header>
        <TimeChart rows={rows} titles={titles} selected={selected} onSelect={(row) => onState({ row })} />
      </section>
      <ComparisonTable
        comparison={comparison}
        titles={titles}
        decoders={bench.decoders}
        progress={bench.progress}
        rows={rows}
        sort={state.sort}
        selected={selected}
        canOpen={!running && !isBusy(status)}
        onSort={(sort) => onState({ sort })}
        onSelect={(row) => onState({ row })}
        onOpen={(row) => void open(row)}
      />
      <ComparedText comparison={comparison} titles={titles} place={selected} />
    </div>
  );
}

/** Before the first comparison: what will be measured, and how. */
function Beginning() {
  return (
    <div class="empty">
      <h2>Which decoder is faster, and does it say the same?</h2>
      <p>
        Tick decoders and press Compare. Each runs the prompt with the model, the sampling and the seed of the controls
        above, one after the other in one engine.
      </p>
      <p>
        Before its first run that counts, each is run for a few tokens that do not: a model is slower when it is new. In
        every round all of them run once, so that a machine that slows down slows all of them.
      </p>
    </div>
  );
}

/** Why nothing can be compared now: a sentence; null where it can. */
function reasonToWait({ model, settings }: TabBench, asked: readonly AskedDecoder[], runs: boolean): string | null {
  if (!model || model.problem) return 'Choose a model that can be run.';
  if (model.server) return 'A server decodes by itself: choose a model of this machine to compare decoders.';
  if (settings.prompt.trim() === '') return 'Type a prompt first.';
  if (asked.length === 0) return 'Tick at least one decoder.';
  const twice = repeated(asked);
  if (twice) return `${decoderTitle(twice.decoder)} is ticked twice with the same options: change them in one.`;
  return runs ? 'A run is under way.' : null;
}

/** Says each row that is finished, and the end, for those who do not see the table fill. */
function useAnnouncedRows(
  comparison: Comparison | null,
  titles: readonly string[],
  announce: (text: string) => void,
): void {
  const told = useRef(new Set<string>(comparison?.state === 'running' ? [] : keysOf(comparison)));
  useEffect(() => {
    const fresh = keysOf(comparison).filter((key) => !told.current.has(key));
    for (const key of fresh) told.current.add(key);
    const last = fresh.at(-1);
    if (last !== undefined && comparison) announce(sentenceOf(comparison, titles, last));
  }, [comparison]);
}

/** What there is to be said of a comparison so far, a key each. */
function keysOf(comparison: Comparison | null): readonly string[] {
  if (!comparison) return [];
  const { id, rows, state } = comparison;
  const over = rows.flatMap((row, place) =>
    row.state === 'done' || row.state === 'failed' ? [`${id} ${place} ${row.state}`] : [],
  );
  return state === 'running' ? over : [...over, `${id} end`];
}

function sentenceOf({ rows, state }: Comparison, titles: readonly string[], key: string): string {
  const [, place] = key.split(' ');
  const row = rows[Number(place)];
  if (!row) {
    const done = rows.filter(({ result }) => result !== null).length;
    return `${state === 'stopped' ? 'Comparison stopped' : 'Comparison complete'}: ${counted(done, 'decoder')}.`;
  }
  const title = titles[Number(place)] ?? decoderTitle(row.decoder);
  if (!row.result || row.problem) return `${title} failed: ${row.problem?.message ?? ''}`;
  return `${title}: ${row.result.seconds.toFixed(3)} seconds, ${counted(row.result.passes, 'pass', 'passes')}.`;
}
