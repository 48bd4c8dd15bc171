import { useEffect, useMemo, useRef } from 'preact/hooks';
import { type CellInPass, NO_PASS } from '../../../../core/life/board-passes';
import { rejectionSentences } from '../../../../core/life/rejections';
import { cellOfToken } from '../../../../core/life/sequence';
import { boardGeometry } from '../../../components/board-geometry';
import { boardPassText, DecidedKeys, decidedLook } from '../../../components/decided-board';
import { count } from '../../../components/format';
import { Icon } from '../../../components/icon';
import { ORIGIN_NAMES } from '../../../components/origins';
import { PassSteps } from '../../../components/pass-steps';
import { ScrubStrip } from '../../../components/scrub-strip';
import { rejectionTicks } from '../../../components/pass-columns';
import { usePixelRatio, useSize } from '../../../components/use-size';
import { Button } from '../../../ui/button';
import { isBusy } from '../../session';
import { BoardFigure } from '../board-figure';
import { boardSide } from '../board-side';
import { CellTable } from '../cell-table';
import type { LifePartProps } from '../part';
import { answerToken } from '../use-life';
import { usePlay } from '../../../components/use-play';
import { placeWords, stateWord } from '../words';
import { CellDrafts } from './cell-drafts';
import { passLook, rejectionLook } from './looks';
import { SideColumn } from './side-column';
import { type BoardDecoding, useDecoding } from './use-decoding';

import './decoding.css';

/** CSS pixels: of the side column, from which width on it stands at the side, and a drafted token is one line. */
const SIDE = 240;
const WITH_SIDE = 860;
const ONE_LINE = 560;
/** From which width of a board on there is room for all of its title. */
const TITLED = 260;
/** From so many passes on a strip shows all of them at once. */
const STRIP_FROM = 40;
const ORIGIN = { row: 0, column: 0 };

/** How a decoder came to a board: the pass that decided each cell, what each pass drafted, and what was rejected. */
export function DecodingPart(props: LifePartProps) {
  const { trace, run, state, lead, theme, selected, chosen, hovered, onSelect, onHover, onTab, announce, status } =
    props;
  const { sequence, prediction } = run;
  const { grid } = sequence;
  const cells = sequence.before.length;
  const [room, size] = useSize<HTMLDivElement>();
  const ratio = usePixelRatio();
  const decoding = useDecoding(trace, run);
  const { rows, passes, decided, rejections } = decoding;
  const running = isBusy(status) && !trace.summary;

  const cellOf = (token: number | null): number | null => (token === null ? null : cellOfToken(sequence, token));
  const token = chosen ?? selected;
  const cell = cellOf(token);
  const shownCell = cellOf(hovered) ?? cell;
  const at = placeOf(decoding, cell, cell === null ? token : answerToken(sequence, cell));
  const last = rows.length - 1;
  const saysOf = (place: number): string => boardPassText(passes[place], place + 1, rows.length, cells);
  const says = saysOf(at);

  const go = (place: number): void => {
    const row = rows[Math.max(0, Math.min(last, place))];
    if (!row) return;
    onHover(null);
    // Its first cell; a pass of the text around the board has none.
    const first = decoding.cells[row.number - 1]?.find(({ origin }) => origin !== null)?.cell;
    onSelect(first === undefined ? row.start : answerToken(sequence, first));
    if (!playing) announce(saysOf(row.number - 1));
  };
  const { playing, setPlaying } = usePlay(trace.header.id, {
    calm: theme.reducedMotion,
    next: () => {
      if (at >= last) return false;
      go(at + 1);
      return true;
    },
    begin: () => {
      if (at >= last) go(0);
    },
  });
  const choose = (next: number): void => {
    setPlaying(false);
    onHover(null);
    onSelect(answerToken(sequence, next));
  };
  useAnnouncedCell(
    playing ? () => undefined : announce,
    decoding,
    cell,
    (one) => `${placeWords(one, grid.width)}: ${stateWord(prediction.cells[one])}, ${cellWords(decoding, one)}`,
  );

  const ticks = useMemo(() => rejectionTicks(rows), [rows]);
  const steer = (place: number): void => {
    setPlaying(false);
    go(place);
  };
  const keys = (event: KeyboardEvent): void => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    const target = event.target as Element;
    if (target.closest('input, select, textarea')) return;
    const key = event.key.toLowerCase();
    const rejected = rejections.map.rejected;
    if (key === 'r') {
      const next = rejected.indexOf(1, (cell ?? -1) + 1);
      if (rejected.includes(1)) choose(next < 0 ? rejected.indexOf(1) : next);
    } else if (key === ' ') {
      // Buttons, radios and links have the space bar for themselves.
      if (!target.closest('.board') && target !== event.currentTarget) return;
      setPlaying(!playing);
    } else {
      const place = { ',': at - 1, '.': at + 1, home: 0, end: last }[key];
      if (place === undefined) return;
      steer(place);
    }
    event.preventDefault();
  };

  if (size.width === 0) return <div class="life" ref={room} />;
  const beside = size.width >= WITH_SIDE;
  const side = boardSide(size.width - (beside ? SIDE : 0));
  const geometry = boardGeometry(grid, { side, ratio, origin: ORIGIN, rulers: 'below' });
  const preview = (next: number | null): void => onHover(next === null ? null : answerToken(sequence, next));
  const common = { geometry, liveShare: 0.36, cursor: cell, theme, onCursor: choose, onHover: preview };
  // What titles say beside their board; on small ones there is no room for it.
  const titled = geometry.width >= TITLED;
  const pass = rows[at];
  const sentences = rejectionSentences(rejections);
  const reached = decided.pass.reduce((sum, each) => sum + (each !== NO_PASS && each <= at + 1 ? 1 : 0), 0);
  const table = state.view === 'table';
  return (
    <div
      class={
        beside
          ? 'life decoding'
          : size.width >= ONE_LINE
            ? 'life life-narrow decoding'
            : 'life life-narrow decoding decoding-one'
      }
      ref={room}
      onKeyDown={keys}
    >
      <div class="life-main">
        <header class="section-head">
          {lead}
          <span class="life-controls">
            <Button
              appearance="icon"
              class={table ? 'toggled' : ''}
              label={table ? 'Show boards' : 'Show as a table'}
              onClick={() => props.setState({ view: table ? 'boards' : 'table' })}
            >
              <Icon name="table" />
            </Button>
          </span>
        </header>
        <div class="decoding-steps">
          <PassSteps at={at} passes={rows.length} text={says} ticks={ticks} onPlace={steer}>
            <Button
              appearance="icon"
              label={playing ? 'Pause' : 'Play the passes'}
              disabled={rows.length < 2}
              onClick={() => setPlaying(!playing)}
            >
              <Icon name={playing ? 'pause' : 'play'} />
            </Button>
          </PassSteps>
          <span class="muted decoding-says">{says}</span>
        </div>
        {rows.length >= STRIP_FROM && (
          <ScrubStrip rows={rows} most={decoding.totals.byTokens.length - 1} at={at} theme={theme} onMove={steer} />
        )}
        {table ? (
          <CellTable
            size={grid}
            name="The pass that decided each cell"
            caption={`The pass that decided each cell, and how it came; ${says}`}
            text={(one) => cellWords(decoding, one)}
            isWrong={(one) => rejections.map.rejected[one] === 1}
            cell={cell}
            onCell={choose}
          />
        ) : (
          <div class="life-boards">
            <BoardFigure
              {...common}
              title="Decided"
              subtitle={titled ? 'by the pass' : ''}
              facts={`${count(reached)} of ${count(cells)} cells`}
              look={decidedLook(decided, prediction.cells, { at: at + 1, last: rows.length }, theme)}
              label={`Cells by the pass that decided them, ${reached} of ${cells} so far. ${says}`}
            />
            <BoardFigure
              {...common}
              title={`Pass ${pass ? count(pass.number) : '–'}`}
              subtitle={titled ? (pass?.pass.speculation ? 'its draft' : 'no draft') : ''}
              facts={pass?.pass.speculation ? acceptedText(decoding.cells[at] ?? []) : ''}
              look={passLook(decoding, at, run, trace, theme)}
              label={`What the pass drafted and brought. ${says}`}
            />
            <BoardFigure
              {...common}
              title="Rejected"
              subtitle={titled ? 'beside wrong' : ''}
              facts={
                <>
                  {count(rejections.rejected)}
                  {titled ? ' rejected' : ''}, <b>{count(rejections.wrong)} wrong</b>
                </>
              }
              look={rejectionLook(rejections, run, theme)}
              label={`Rejected cells and wrong ones: ${rejections.rejected} rejected, ${rejections.wrong} wrong, ${rejections.wrongRejected} both. ${sentences[0] ?? ''}`}
            />
          </div>
        )}
        {!table && (
          <p class="decoding-keys">
            <DecidedKeys last={rows.length} origins={new Set(decided.origin)} theme={theme} />
          </p>
        )}
        {!running && (
          <div class="decoding-claim" role="note" aria-label="What the rejections are a map of">
            {sentences.map((sentence, place) => (
              <p key={sentence} class={place === 0 ? '' : 'muted'}>
                {place === 0 && rejections.holds !== null && <Icon name={rejections.holds ? 'check' : 'warning'} />}
                {sentence}
              </p>
            ))}
          </div>
        )}
        <CellDrafts
          key={shownCell}
          trace={trace}
          run={run}
          decoding={decoding}
          cell={shownCell}
          stacked={size.width < ONE_LINE}
          onSpeculation={() => onTab('speculation')}
        />
      </div>
      <SideColumn decoding={decoding} theme={theme} />
    </div>
  );
}

/** Place of the pass that brought a token, from 0; what the prompt's own pass brought is shown with the first. */
function placeOf({ decided, rows }: BoardDecoding, cell: number | null, token: number | null): number {
  const pass = cell === null ? NO_PASS : (decided.pass[cell] ?? NO_PASS);
  if (pass !== NO_PASS) return Math.max(0, pass - 1);
  if (token === null) return 0;
  const place = rows.findIndex(({ end }) => end > token);
  return place < 0 ? Math.max(0, rows.length - 1) : place;
}

function acceptedText(cells: readonly CellInPass[]): string {
  const drafted = cells.filter(({ fate }) => fate !== null).length;
  const accepted = cells.filter(({ fate }) => fate === 'accepted').length;
  return `${count(accepted)} of ${count(drafted)} accepted`;
}

/** The pass that decided a cell, and how it came. */
function cellWords({ decided, rejections }: BoardDecoding, cell: number): string {
  const [pass, origin] = [decided.pass[cell] ?? NO_PASS, decided.origin[cell]];
  if (pass === NO_PASS || !origin) return '–';
  const rejected = rejections.map.rejected[cell] === 1 ? 'draft rejected, ' : '';
  return `${pass === 0 ? 'prompt' : `pass ${count(pass)}`}, ${rejected}${ORIGIN_NAMES[origin]}`;
}

/** Says what is known of a cell when another is chosen in the same pass; another pass says itself. */
function useAnnouncedCell(
  announce: (text: string) => void,
  { decided }: BoardDecoding,
  cell: number | null,
  words: (cell: number) => string,
): void {
  const said = useRef<number | null>(null);
  useEffect(() => {
    const before = said.current;
    said.current = cell;
    if (before === null || cell === null || before === cell) return;
    announce(words(cell));
  }, [announce, cell, decided]);
}
