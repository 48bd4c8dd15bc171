import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { ThemeInfo } from './theme';
import { paintThumbnail, thumbnailSampling } from './thumbnail-pixels';
import './thumbnails.css';

/** One picture of the grid. */
export interface Thumbnail {
  /** Stable and unique in the grid; part of an element's id. */
  readonly id: string;
  /** Its map: codes [size, size] from `offset`. */
  readonly codes: Uint8Array;
  readonly offset: number;
  /** A table of its own; else the grid's. */
  readonly pixelOfCode?: Uint32Array;
  /** What is read out, and shown on hover. */
  readonly label: string;
  /** Stands under the picture in a grid of captions. */
  readonly caption?: string;
}

export interface ThumbnailsProps {
  /** [rows, columns], row by row; the last row may be shorter. */
  readonly items: readonly Thumbnail[];
  readonly columns: number;
  /** Headings of columns and rows; without them every picture has its caption. */
  readonly headings?: {
    readonly columns: readonly string[];
    readonly rows: readonly string[];
    readonly column: number;
    readonly row: number;
  };
  /** The last row is of another kind: a little apart. */
  readonly lastApart?: boolean;
  /** CSS pixels of a picture's side. */
  readonly side: number;
  /** Cells of a map's side. */
  readonly size: number;
  readonly pixelOfCode: Uint32Array;
  /** Device pixels of one CSS pixel. */
  readonly ratio: number;
  readonly theme: ThemeInfo;
  readonly selected: string;
  readonly onSelect: (id: string) => void;
  readonly label: string;
}

/** CSS pixels of a picture where there is room, and between two; captions and the gap before the last row come on top. */
export const THUMBNAIL_SIDE = 52;
const GAP = 5;
const CAPTION = 15;
const APART = 6;

/** CSS pixels of pictures with headings on all sides, so that `columns` × `rows` of them fit a room. */
export function fittingSide(room: { readonly width: number; readonly height: number }, columns: number, rows: number) {
  const across = Math.floor((room.width - ROW_HEADING - MARGIN.right) / columns);
  const down = Math.floor((room.height - COLUMN_HEADING - APART - MARGIN.bottom) / rows);
  return Math.min(THUMBNAIL_SIDE, Math.min(across, down) - GAP);
}
/** A canvas holds this many rows and columns at most; canvases out of sight are not made. */
const TILE = 12;

/** Pictures of all heads on one ramp. One focus stop: arrow keys move the selection over the grid. */
export function Thumbnails(props: ThumbnailsProps) {
  const { items, columns, headings, selected, side } = props;
  const pitch = side + GAP;
  const scroller = useRef<HTMLDivElement>(null);
  const rows = Math.ceil(items.length / columns);
  const pitchY = pitch + (headings ? 0 : CAPTION);
  const topOf = (row: number): number => row * pitchY + (props.lastApart && row === rows - 1 ? APART : 0);
  const width = columns * pitch - GAP;
  const height = topOf(rows - 1) + side + (headings ? 0 : CAPTION);
  const at = items.findIndex((item) => item.id === selected);
  const tiles = useVisibleTiles(scroller, rows, columns, pitch, pitchY);

  useEffect(() => {
    const box = scroller.current;
    if (!box || at < 0) return;
    const left = (at % columns) * pitch;
    const top = topOf(Math.floor(at / columns));
    const [headLeft, headTop] = headings ? [ROW_HEADING, COLUMN_HEADING] : [0, 0];
    box.scrollTo({
      left: reveal(box.scrollLeft, box.clientWidth - headLeft, left, pitch),
      top: reveal(box.scrollTop, box.clientHeight - headTop, top, pitchY),
    });
  }, [at, columns, items, pitch]);

  const move = (event: KeyboardEvent): void => {
    const next = neighbour(event, at, items.length, columns);
    if (next === null) return;
    event.preventDefault();
    event.stopPropagation();
    const item = items[next];
    if (item) props.onSelect(item.id);
  };

  return (
    <div
      class={`thumbnails ${headings ? 'with-headings' : 'with-captions'}`}
      style={{ '--thumbnail': `${side}px` }}
      ref={scroller}
    >
      {headings && (
        <>
          <div class="thumbnails-corner" />
          <div class="thumbnails-columns" style={{ width: `${width}px` }} aria-hidden="true">
            {headings.columns.map((heading, column) => (
              <span
                key={heading}
                class={column === headings.column ? 'current' : ''}
                style={{ left: `${column * pitch}px` }}
              >
                {heading}
              </span>
            ))}
          </div>
          <div class="thumbnails-rows" style={{ height: `${height}px` }} aria-hidden="true">
            {headings.rows.map((heading, row) => (
              <span key={heading} class={row === headings.row ? 'current' : ''} style={{ top: `${topOf(row)}px` }}>
                {heading}
              </span>
            ))}
          </div>
        </>
      )}
      <div
        class="thumbnails-body"
        style={{ width: `${width}px`, height: `${height}px` }}
        role="listbox"
        tabIndex={0}
        aria-label={props.label}
        aria-activedescendant={at < 0 ? undefined : `thumbnail-${selected}`}
        onKeyDown={move}
      >
        {tiles.map((tile) => (
          <Tile key={`${tile.row}:${tile.column}`} tile={tile} rows={rows} topOf={topOf} grid={props} />
        ))}
        {items.map((item, index) => {
          const [row, column] = [Math.floor(index / columns), index % columns];
          if (index !== at && !tiles.some((tile) => holds(tile, row, column))) return null;
          return (
            <div
              key={item.id}
              id={`thumbnail-${item.id}`}
              class={index === at ? 'thumbnail selected' : 'thumbnail'}
              role="option"
              aria-selected={index === at}
              aria-label={item.label}
              aria-setsize={items.length}
              aria-posinset={index + 1}
              title={item.label}
              style={{ left: `${column * pitch}px`, top: `${topOf(row)}px` }}
              onClick={() => props.onSelect(item.id)}
            >
              {!headings && <span class="thumbnail-caption">{item.caption}</span>}
            </div>
          );
        })}
      </div>
    </div>
  );
}

/** CSS pixels of the headings, which stay in sight, and of the margins: see `thumbnails.css`. */
const ROW_HEADING = 33;
const COLUMN_HEADING = 20;
const MARGIN = { right: 12, bottom: 9 } as const;

/** Where a scroll position must go so that [start, start + length) is in view. */
export function reveal(position: number, view: number, start: number, length: number): number {
  if (start < position) return start;
  if (start + length > position + view) return start + length - view;
  return position;
}

function neighbour(event: KeyboardEvent, at: number, count: number, columns: number): number | null {
  const to = { ArrowLeft: at - 1, ArrowRight: at + 1, ArrowUp: at - columns, ArrowDown: at + columns }[event.key];
  if (to !== undefined) {
    const leavesRow =
      (event.key === 'ArrowLeft' && at % columns === 0) || (event.key === 'ArrowRight' && at % columns === columns - 1);
    return to < 0 || to >= count || leavesRow ? at : to;
  }
  if (event.key === 'Home') return 0;
  if (event.key === 'End') return count - 1;
  return null;
}

interface TileRange {
  readonly row: number;
  readonly column: number;
  readonly rows: number;
  readonly columns: number;
}

function holds(tile: TileRange, row: number, column: number): boolean {
  return row >= tile.row && row < tile.row + tile.rows && column >= tile.column && column < tile.column + tile.columns;
}

/** The tiles of the grid that are in sight of the scroll box, or nearly. */
function useVisibleTiles(
  scroller: { readonly current: HTMLDivElement | null },
  rows: number,
  columns: number,
  pitchX: number,
  pitchY: number,
): readonly TileRange[] {
  const [range, setRange] = useState('0 0 0 0');
  useLayoutEffect(() => {
    const box = scroller.current;
    if (!box) return;
    const update = (): void => {
      const last = (count: number): number => Math.max(0, Math.ceil(count / TILE) - 1);
      const tileAt = (pixels: number, pitch: number, count: number): number =>
        Math.min(last(count), Math.max(0, Math.floor(pixels / pitch / TILE)));
      setRange(
        [
          tileAt(box.scrollTop, pitchY, rows),
          tileAt(box.scrollTop + box.clientHeight, pitchY, rows),
          tileAt(box.scrollLeft, pitchX, columns),
          tileAt(box.scrollLeft + box.clientWidth, pitchX, columns),
        ].join(' '),
      );
    };
    update();
    const observer = new ResizeObserver(update);
    observer.observe(box);
    box.addEventListener('scroll', update, { passive: true });
    return () => {
      observer.disconnect();
      box.removeEventListener('scroll', update);
    };
  }, [rows, columns, pitchX, pitchY]);

  return useMemo(() => {
    const [top = 0, bottom = 0, left = 0, right = 0] = range.split(' ').map(Number);
    const tiles: TileRange[] = [];
    for (let row = top * TILE; row <= bottom * TILE && row < rows; row += TILE) {
      for (let column = left * TILE; column <= right * TILE && column < columns; column += TILE) {
        tiles.push({ row, column, rows: Math.min(TILE, rows - row), columns: Math.min(TILE, columns - column) });
      }
    }
    return tiles;
  }, [range, rows, columns]);
}

interface TileProps {
  readonly tile: TileRange;
  readonly rows: number;
  readonly topOf: (row: number) => number;
  readonly grid: ThumbnailsProps;
}

function Tile({ tile, topOf, grid }: TileProps) {
  const { items, columns, size, side, pixelOfCode, ratio } = grid;
  const pitch = side + GAP;
  const canvas = useRef<HTMLCanvasElement>(null);
  const originX = tile.column * pitch;
  const originY = topOf(tile.row);
  const width = tile.columns * pitch;
  const height = topOf(tile.row + tile.rows - 1) - originY + side;

  useLayoutEffect(() => {
    const element = canvas.current;
    const context = element?.getContext('2d');
    if (!element || !context) return;
    element.width = Math.round(width * ratio);
    element.height = Math.round(height * ratio);
    const image = new ImageData(element.width, element.height);
    const atlas = { pixels: new Uint32Array(image.data.buffer), width: element.width };
    const sampling = thumbnailSampling(size, Math.round(side * ratio));
    for (let row = tile.row; row < tile.row + tile.rows; row++) {
      for (let column = tile.column; column < tile.column + tile.columns; column++) {
        const item = items[row * columns + column];
        if (!item) continue;
        const left = Math.round((column * pitch - originX) * ratio);
        const top = Math.round((topOf(row) - originY) * ratio);
        paintThumbnail(atlas, left, top, item.codes, item.offset, sampling, item.pixelOfCode ?? pixelOfCode);
      }
    }
    context.putImageData(image, 0, 0);
  }, [items, columns, tile, size, side, pixelOfCode, ratio, originY, height]);

  return (
    <canvas
      ref={canvas}
      aria-hidden="true"
      style={{ left: `${originX}px`, top: `${originY}px`, width: `${width}px`, height: `${height}px` }}
    />
  );
}
