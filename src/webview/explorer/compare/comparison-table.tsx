import { useRef } from 'preact/hooks';
import type { ComparedResult, Comparison, ComparisonRow } from '../../../core/compare/comparison';
import type { Difference, SaidToken } from '../../../core/compare/difference';
import type { DecoderOptions } from '../../../core/decode/options';
import type { DecoderSummary } from '../../../core/decode/registry';
import { decoderTitle } from '../../../core/decode/titles';
import type { ComparisonProgress } from '../../../protocol/explorer';
import { UNKNOWN, count, probability } from '../../components/format';
import { Icon } from '../../components/icon';
import { TokenLabel } from '../../components/token-chip';
import { ProgressRing } from '../../ui/progress-ring';
import { optionChips } from '../decoder-texts';
import { ExactBadge } from '../model-controls';
import { ColumnHead } from './column-head';
import { COLUMNS } from './columns';
import { nextSort, type PlacedRow } from './sorting';
import type { Sort } from './state';
import './comparison-table.css';

export interface ComparisonTableProps {
  readonly comparison: Comparison;
  /** What each row is called, by its place. */
  readonly titles: readonly string[];
  readonly decoders: readonly DecoderSummary[];
  readonly progress: ComparisonProgress | null;
  readonly rows: readonly PlacedRow[];
  readonly sort: Sort | null;
  /** Place of the row whose text is shown. */
  readonly selected: number;
  /** Whether the run of a row can be shown now. */
  readonly canOpen: boolean;
  readonly onSort: (sort: Sort | null) => void;
  readonly onSelect: (place: number) => void;
  readonly onOpen: (row: ComparisonRow) => void;
}

/** The numbers of every decoder, a row each; arrow keys go from row to row, on the name or on the button. */
export function ComparisonTable(props: ComparisonTableProps) {
  const { comparison, titles, rows, sort, selected, onSort, onSelect } = props;
  const body = useRef<HTMLTableSectionElement>(null);
  const firstTitle = (comparison.first === null ? undefined : titles[comparison.first]) ?? 'the first decoder';
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowUp: -1, Home: -Infinity, End: Infinity }[event.key];
    const from = rows.findIndex(({ place }) => place === selected);
    if (step === undefined || from < 0) return;
    event.preventDefault();
    const to = Math.min(rows.length - 1, Math.max(0, from + step));
    const part = (event.target as Element).closest('.compared-open') ? '.compared-open' : '.compared-name';
    const row = body.current?.children[to];
    const next = row?.querySelector<HTMLElement>(part) ?? row?.querySelector<HTMLElement>('.compared-name');
    onSelect(rows[to]!.place);
    next?.focus();
  };
  return (
    <div class="compared-scroll" role="region" aria-label="Compared decoders" tabIndex={0}>
      <table class="compared">
        <thead>
          <tr>
            {COLUMNS.map((column) => (
              <ColumnHead
                key={column.id}
                title={column.title}
                definition={column.definition(firstTitle)}
                numeric={column.numeric}
                sorted={sort?.column === column.id ? (sort.descending ? 'descending' : 'ascending') : 'none'}
                onSort={() => onSort(nextSort(sort, column.id))}
              />
            ))}
            <th scope="col">
              <span class="unseen">run</span>
            </th>
          </tr>
        </thead>
        <tbody ref={body} onKeyDown={onKeyDown}>
          {rows.map(({ row, place }) => (
            <TableRow key={place} {...props} row={row} place={place} onSelect={() => onSelect(place)} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

type TableRowProps = Omit<ComparisonTableProps, 'rows' | 'onSelect'> & PlacedRow & { readonly onSelect: () => void };

function TableRow(props: TableRowProps) {
  const { row, place, comparison, titles, decoders, progress, selected, canOpen, onSelect, onOpen } = props;
  const { decoder, exact, result } = row;
  const isSelected = place === selected;
  const title = titles[place] ?? decoderTitle(decoder);
  return (
    <tr
      class={isSelected ? 'compared-selected' : undefined}
      aria-current={isSelected ? 'true' : undefined}
      onClick={onSelect}
    >
      <th scope="row">
        <button type="button" class="compared-name" tabIndex={isSelected ? 0 : -1} onClick={onSelect}>
          {title}
        </button>
        <ExactBadge exact={exact} />
        <MadeWith row={row} declared={decoders.find(({ name }) => name === decoder)?.options ?? {}} />
      </th>
      {row.state === 'failed' && !result ? (
        <td colSpan={COLUMNS.length - 1}>
          <Failure row={row} />
        </td>
      ) : (
        <>
          {COLUMNS.slice(1, -1).map((column) => (
            <td key={column.id} class="number">
              {result ? column.text(result) : UNKNOWN}
              {column.id === 'seconds' && result && result.rounds > 1 && (
                <span class="compared-note">
                  {result.secondsRange.min.toFixed(3)}–{result.secondsRange.max.toFixed(3)}
                </span>
              )}
            </td>
          ))}
          <td class="compared-text">
            <Outcome row={row} isFirst={place === comparison.first} />
            <RowState row={row} rounds={comparison.rounds} progress={progress?.row === place ? progress : null} />
          </td>
        </>
      )}
      <td class="compared-action">
        {result && (
          <button
            type="button"
            class="link compared-open"
            aria-label={`Open the run of ${title}`}
            title="Shows this run in the other tabs, and sets the controls to what made it"
            disabled={!canOpen}
            tabIndex={isSelected ? 0 : -1}
            onClick={() => onOpen(row)}
          >
            Open
          </button>
        )}
      </td>
    </tr>
  );
}

interface MadeWithProps {
  readonly row: ComparisonRow;
  readonly declared: DecoderOptions;
}

/** Options, draft model, and for a lossy decoder how far from the model it drew. */
function MadeWith({ row: { result, options }, declared }: MadeWithProps) {
  const all = result?.allOptions ?? options;
  const texts = (values: readonly { readonly name: string; readonly value: string }[]): string[] =>
    values.map(({ name, value }) => `${name} ${value}`);
  const draft = result?.draft ? [`draft ${result.draft.name}`] : [];
  const { outputTv } = result?.speculation ?? {};
  return (
    <>
      <span class="compared-note" title={texts(optionChips(all, declared, 'all')).join('\n')}>
        {[...texts(optionChips(all, declared, 'short')), ...draft].join(' · ')}
      </span>
      {outputTv !== undefined && (
        <span class="compared-note" title={TV_DEFINITION}>
          output TV {outputTv === null ? 'not computed' : probability(outputTv.mean)}
        </span>
      )}
    </>
  );
}

const TV_DEFINITION =
  'Total variation between the distribution of what is emitted and the model’s, in closed form: the mean over the judged tokens. Not computed where the vocabulary is too large for it.';

function Outcome({ row: { result }, isFirst }: { readonly row: ComparisonRow; readonly isFirst: boolean }) {
  if (!result) return null;
  return (
    <>
      {isFirst ? (
        <span class="muted">compared with</span>
      ) : result.difference === null ? (
        <span class="compared-same">
          <Icon name="check" /> identical
        </span>
      ) : (
        <Parting difference={result.difference} />
      )}
      {!result.steady && (
        <span class="compared-note" title="Rounds with the same seed said other tokens, or took other passes.">
          rounds differ
        </span>
      )}
      <Ending result={result} />
    </>
  );
}

/** `first differs at token 17: the instead of a` */
function Parting({ difference: { index, expected, found } }: { readonly difference: Difference }) {
  return (
    <span>
      first differs at token {count(index)}: <Said token={found} /> instead of <Said token={expected} />
    </span>
  );
}

function Said({ token }: { readonly token: SaidToken | null }) {
  if (!token) return <span>nothing</span>;
  return (
    <q class="compared-token" title={`id ${token.id}`}>
      {token.text === '' ? `id ${token.id}` : <TokenLabel text={token.text} />}
    </q>
  );
}

/** An end that makes rows hard to compare. */
function Ending({ result: { finish, generatedTokens } }: { readonly result: ComparedResult }) {
  if (finish !== 'end-of-text' && finish !== 'context-full') return null;
  return (
    <span class="compared-note">
      {finish === 'end-of-text' ? 'the model ended the text' : 'the context was full'} after {count(generatedTokens)}
    </span>
  );
}

/** What a row is at, or why it has no more. */
function RowState(props: {
  readonly row: ComparisonRow;
  readonly rounds: number;
  readonly progress: ComparisonProgress | null;
}) {
  const { row, rounds, progress } = props;
  const done = row.result?.rounds ?? 0;
  switch (row.state) {
    case 'running':
      return (
        <span class="compared-busy">
          <ProgressRing /> {progressText(progress, rounds)}
        </span>
      );
    case 'waiting':
      return <span class="compared-note">{done > 0 ? `${done} of ${rounds} rounds` : 'waits'}</span>;
    case 'stopped':
      return <span class="compared-note">{done > 0 ? `stopped after ${done} of ${rounds} rounds` : 'not run'}</span>;
    case 'failed':
      return <Failure row={row} />;
    case 'done':
      return null;
  }
}

/** The sentence of what failed, and what to do. */
function Failure({ row: { problem } }: { readonly row: ComparisonRow }) {
  return (
    <span class="compared-failed">
      <Icon name="error" />
      <span>
        {problem?.message} {problem?.action}
      </span>
    </span>
  );
}

function progressText(progress: ComparisonProgress | null, rounds: number): string {
  if (!progress) return 'begins…';
  if (progress.message !== null) return progress.message;
  if (progress.round === 0) return 'warms up…';
  const round = rounds > 1 ? `round ${progress.round} of ${rounds}` : 'runs';
  return progress.tokens > 0 ? `${round}: ${count(progress.tokens)} of ${count(progress.total)} tokens` : `${round}…`;
}
