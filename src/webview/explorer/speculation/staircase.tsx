import type { VNode } from 'preact';
import { useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { StepRow } from '../../../core/lens/passes';
import { tokenLabel } from '../../../core/text/tokens';
import type { Trace, TraceToken } from '../../../core/trace/record';
import { memo } from '../../components/memo';
import { TokenLabel } from '../../components/token-chip';
import { useSize } from '../../components/use-size';
import { Mark, MarkShape } from '../../components/marks';
import { passSentence } from '../../components/draft-rule';
import {
  ROW_HEIGHT,
  type StairLayout,
  columnLeft,
  drawnEnd,
  followSideways,
  scrollTo,
  stairLayout,
  stairMarks,
  visible,
} from './stair-layout';
import './staircase.css';

export interface PassListProps {
  readonly rows: readonly StepRow[];
  readonly trace: Trace;
  readonly chosen: StepRow | null;
  readonly preview: StepRow | null;
  /** Shows the end while the run goes on. */
  readonly follow: boolean;
  readonly onChoose: (row: StepRow) => void;
  readonly onHover: (row: StepRow | null) => void;
  readonly onKeyDown: (event: KeyboardEvent) => void;
}

/** Rows and columns drawn beside those on show. */
const SPARE = 4;

/** A row a pass, a column a position of the sequence; what is out of sight is not in the page. */
export function Staircase(props: PassListProps) {
  const { rows, trace, chosen, preview, follow, onChoose, onHover } = props;
  const [pane, size] = useSize<HTMLDivElement>();
  const [scroll, setScroll] = useState({ left: 0, top: 0 });
  const seen = useRef(0);
  const first = trace.header.promptLength;
  const longest = useMemo(
    () => trace.tokens.reduce((most, { index, text }) => (index < first ? most : Math.max(most, labelLength(text))), 0),
    [trace.tokens, first],
  );
  const layout = useMemo(
    () => stairLayout(rows, first, size.width, longest),
    [rows, rows.length, first, size.width, longest],
  );
  const bodyWidth = size.width - layout.left - layout.right;
  const bodyHeight = size.height - layout.head;

  // The chosen pass is brought into view; while the run goes on unattended, its end is.
  useLayoutEffect(() => {
    const element = pane.current;
    if (!element || size.width === 0) return;
    const row = follow ? rows.at(-1) : chosen;
    if (!row) return;
    const at = row.number - 1;
    const rowStretch = { from: at * ROW_HEIGHT, to: (at + 1) * ROW_HEIGHT };
    const columnStretch = {
      from: columnLeft(layout, row.start) - layout.left,
      to: columnLeft(layout, drawnEnd(row)) - layout.left,
    };
    element.scrollTop = scrollTo(rowStretch, element.scrollTop, bodyHeight, 0);
    element.scrollLeft = scrollTo(columnStretch, element.scrollLeft, bodyWidth, layout.column);
    seen.current = element.scrollTop;
  }, [chosen, follow, follow ? rows.length : 0, layout.width, bodyWidth, bodyHeight]);

  const rowSpan = visible(scroll.top, bodyHeight, ROW_HEIGHT, rows.length, SPARE);
  const columnSpan = visible(scroll.left, bodyWidth, layout.column, layout.columns, SPARE);
  const onScroll = (event: Event & { readonly currentTarget: HTMLElement }): void => {
    const element = event.currentTarget;
    const { scrollTop } = element;
    if (scrollTop !== seen.current) {
      const inView = visible(scrollTop, bodyHeight, ROW_HEIGHT, rows.length, 0);
      const shown = rows.slice(inView.from, inView.to);
      element.scrollLeft = followSideways(layout, shown, element.scrollLeft, bodyWidth);
      seen.current = scrollTop;
    }
    setScroll({ left: element.scrollLeft, top: scrollTop });
  };

  const shownRows: VNode[] = [];
  for (let place = rowSpan.from; place < rowSpan.to; place++) {
    const row = rows[place]!;
    shownRows.push(
      <Row
        key={row.number}
        row={row}
        total={rows.length}
        tokens={trace.tokens}
        known={Math.min(row.end, trace.tokens.length)}
        layout={layout}
        chosen={row === chosen}
        preview={row === preview && row !== chosen}
      />,
    );
  }
  const rowAt = (event: Event): StepRow | null => {
    const element = event.target instanceof Element ? event.target.closest<HTMLElement>('.stair-row') : null;
    return element ? (rows[Number(element.dataset['place'])] ?? null) : null;
  };
  const active = chosen && chosen.number - 1 >= rowSpan.from && chosen.number - 1 < rowSpan.to;
  const most = layout.head + Math.max(3, rows.length) * ROW_HEIGHT + 2;
  return (
    <div class="staircase-frame">
      <div
        class={layout.narrow ? 'staircase staircase-narrow' : 'staircase'}
        ref={pane}
        role="listbox"
        tabIndex={0}
        aria-label="Passes of the run"
        aria-activedescendant={active ? rowId(chosen) : undefined}
        style={{ '--stairs': `${most}px` }}
        onScroll={onScroll}
        onKeyDown={props.onKeyDown}
        onClick={(event) => {
          const row = rowAt(event);
          if (row) onChoose(row);
        }}
        onPointerMove={(event) => onHover(rowAt(event))}
        onPointerLeave={() => onHover(null)}
      >
        <div class="stair-sheet" role="none" style={{ width: `${layout.width}px`, height: `${layout.height}px` }}>
          <div
            class="stair-head"
            role="none"
            aria-hidden="true"
            style={{ width: `${layout.width}px`, height: `${layout.head}px` }}
          >
            <Columns layout={layout} from={columnSpan.from} to={columnSpan.to} tokens={trace.tokens} chosen={chosen} />
            <div class="stair-left stair-corner" style={{ width: `${layout.left}px` }}>
              <span>pass</span>
              {rows[0]?.pass !== null && <span class="stair-context">context</span>}
            </div>
            <div class="stair-right stair-corner" style={{ width: `${layout.right}px` }}>
              <span class="stair-brought">{layout.narrow ? 'tokens' : 'tokens per pass'}</span>
            </div>
          </div>
          {shownRows}
        </div>
      </div>
    </div>
  );
}

/** Characters that a token's label shows. */
function labelLength(text: string): number {
  return [...tokenLabel(text)].length;
}

function rowId(row: StepRow): string {
  return `pass-${row.number}`;
}

interface ColumnsProps {
  readonly layout: StairLayout;
  readonly from: number;
  readonly to: number;
  readonly tokens: readonly TraceToken[];
  readonly chosen: StepRow | null;
}

/** What stands in each position in the end. */
function Columns({ layout, from, to, tokens, chosen }: ColumnsProps) {
  const labels: VNode[] = [];
  for (let place = from; place < to; place++) {
    const position = layout.first + place;
    const token = tokens[position];
    if (!token) break;
    const isChosen = chosen !== null && position >= chosen.start && position < chosen.end;
    labels.push(
      <span
        key={position}
        class={isChosen ? 'stair-column stair-column-chosen' : 'stair-column'}
        style={{ left: `${columnLeft(layout, position)}px`, width: `${layout.column}px` }}
        title={tokenLabel(token.text)}
      >
        <span class="stair-label">
          <TokenLabel text={token.text} />
        </span>
      </span>,
    );
  }
  return <>{labels}</>;
}

interface RowProps {
  readonly row: StepRow;
  readonly total: number;
  readonly tokens: readonly TraceToken[];
  /** Tokens of the sequence known so far, up to the row's end: their origins are drawn. */
  readonly known: number;
  readonly layout: StairLayout;
  readonly chosen: boolean;
  readonly preview: boolean;
}

const Row = memo(function Row({ row, total, tokens, layout, chosen, preview }: RowProps) {
  const left = columnLeft(layout, row.start);
  const columns = drawnEnd(row) - row.start;
  const names = ['stair-row', chosen ? 'stair-row-chosen' : '', preview ? 'stair-row-preview' : ''];
  return (
    <div
      id={rowId(row)}
      class={names.filter(Boolean).join(' ')}
      role="option"
      aria-selected={chosen}
      aria-posinset={row.number}
      aria-setsize={total}
      data-place={row.number - 1}
      style={{ top: `${layout.head + (row.number - 1) * ROW_HEIGHT}px`, width: `${layout.width}px` }}
    >
      <span class="unseen">{passSentence(row, total)}</span>
      <i
        class="stair-settled"
        style={{ left: `${layout.left + 8}px`, width: `${Math.max(0, left - layout.left - 16)}px` }}
      />
      <svg
        class="stair-marks"
        aria-hidden="true"
        width={columns * layout.column}
        height={ROW_HEIGHT}
        style={{ left: `${left}px` }}
      >
        {stairMarks(row, tokens).map(({ kind, position, part }) => (
          <MarkShape
            key={`${position}${part}`}
            kind={kind}
            x={(position - row.start + 0.5) * layout.column}
            {...PARTS[part]}
            {...sizeOf(kind, layout.column)}
          />
        ))}
      </svg>
      <div class="stair-left" aria-hidden="true" style={{ width: `${layout.left}px` }}>
        <span>{row.number}</span>
        <span class="stair-context">{row.pass?.cached ?? ''}</span>
      </div>
      <div class="stair-right" aria-hidden="true" style={{ width: `${layout.right}px` }}>
        <Brought row={row} tokens={tokens} />
      </div>
    </div>
  );
});

/** Where the middle of a mark stands in its row. */
const PARTS = {
  whole: { y: ROW_HEIGHT / 2 },
  upper: { y: 7 },
  lower: { y: 18 },
} as const;

function sizeOf(kind: string, column: number): { readonly width: number; readonly height: number } {
  const side = Math.min(column - 2, 19);
  switch (kind) {
    case 'accepted':
    case 'unused':
      return { width: column - 2, height: side };
    case 'rejected':
      return { width: column - 2, height: 9 };
    case 'replacement':
      return { width: 10, height: 10 };
    default:
      return { width: Math.min(11, side), height: Math.min(11, side) };
  }
}

/** Marks of so many tokens stand side by side; longer rows have a bar for those that were accepted. */
const MOST_MARKS = 7;

/** What a pass brought, mark by mark, and how many that is. */
function Brought({ row, tokens }: { readonly row: StepRow; readonly tokens: readonly TraceToken[] }) {
  const marks = stairMarks(row, tokens).filter(({ kind }) => kind !== 'rejected' && kind !== 'unused');
  const single = marks.filter(({ kind }) => kind !== 'accepted');
  const short = marks.length <= MOST_MARKS;
  return (
    <>
      <span class="stair-brought-marks">
        {!short && single.length < marks.length && <i class="stair-brought-bar" />}
        {(short ? marks : single.slice(0, MOST_MARKS)).map(({ kind, position }) => (
          <Mark key={position} kind={kind} />
        ))}
      </span>
      <span class="stair-brought">{row.end - row.start}</span>
    </>
  );
}
