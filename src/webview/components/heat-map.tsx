import { type ComponentChildren } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { contrast, css } from '../../core/colour/colour';
import { type MapWindow, type PackedMap, cellAt, cellsOfRow, drawHeatMap } from './heat-map-pixels';
import type { ThemeInfo } from './theme';
import './heat-map.css';

export interface Cell {
  readonly query: number;
  readonly key: number;
}

export interface HeatMapProps {
  /** null while it is being read. */
  readonly map: PackedMap | null;
  readonly window: MapWindow;
  /** Device pixels of a cell's side, a whole number, and device pixels of one CSS pixel. */
  readonly cell: number;
  readonly ratio: number;
  readonly pixelOfCode: Uint32Array;
  /** Keys that are left out. */
  readonly without: readonly number[];
  readonly selected: Cell | null;
  readonly hovered: Cell | null;
  /** What stands in a cell and its colour; null where cells are too small. */
  readonly cellText: ((cell: Cell) => { readonly text: string; readonly ink: string }) | null;
  readonly theme: ThemeInfo;
  /** What the map shows, for those who do not see it. */
  readonly label: string;
  readonly describedBy: string;
  readonly onHover: (cell: Cell | null) => void;
  readonly onSelect: (cell: Cell) => void;
  /** What stands in the causal triangle. */
  readonly children?: ComponentChildren;
}

/** A causal attention map: cells on a canvas, the crosshair of the selection in SVG above it. */
export function HeatMap(props: HeatMapProps) {
  const { map, window, cell, ratio, pixelOfCode, without, theme } = props;
  const canvas = useRef<HTMLCanvasElement>(null);
  const pixels = window.count * cell;
  const side = pixels / ratio;
  const cellSize = cell / ratio;

  useLayoutEffect(() => {
    const element = canvas.current;
    const context = element?.getContext('2d');
    if (!element || !context) return;
    if (element.width !== pixels) element.width = element.height = pixels;
    drawHeatMap(context, {
      map,
      window,
      cell,
      ratio,
      pixelOfCode,
      without,
      hatch: theme.colours.border,
      outline: theme.colours.contrastBorder,
    });
  }, [map, window, cell, ratio, pixels, pixelOfCode, without, theme.version]);

  const cellUnder = (event: PointerEvent): Cell | null => {
    const box = (event.currentTarget as Element).getBoundingClientRect();
    return cellAt(window, cellSize, event.clientX - box.left, event.clientY - box.top);
  };

  return (
    <div class="heat-map" style={{ width: `${side}px`, height: `${side}px` }}>
      <canvas
        ref={canvas}
        tabIndex={0}
        role="application"
        aria-roledescription="heat map"
        aria-label={props.label}
        aria-describedby={props.describedBy}
        aria-busy={map === null}
        class={map ? '' : 'reading'}
        style={{ width: `${side}px`, height: `${side}px` }}
        onPointerMove={(event) => props.onHover(cellUnder(event))}
        onPointerLeave={() => props.onHover(null)}
        onPointerDown={(event) => {
          const under = event.button === 0 ? cellUnder(event) : null;
          if (under) props.onSelect(under);
        }}
      />
      {props.children}
      {props.cellText && map && <Numbers window={window} cellSize={cellSize} side={side} cellText={props.cellText} />}
      <Crosshair
        window={window}
        cellSize={cellSize}
        side={side}
        theme={theme}
        selected={props.selected}
        hovered={props.hovered}
      />
    </div>
  );
}

interface NumbersProps {
  readonly window: MapWindow;
  readonly cellSize: number;
  readonly side: number;
  readonly cellText: NonNullable<HeatMapProps['cellText']>;
}

function Numbers({ window, cellSize, side, cellText }: NumbersProps) {
  const rows = Array.from({ length: window.count }, (_, row) => row);
  return (
    <svg class="heat-map-numbers" width={side} height={side} aria-hidden="true">
      {rows.map((row) =>
        Array.from({ length: cellsOfRow(window, row) }, (_, column) => {
          const { text, ink } = cellText({ query: window.query + row, key: window.key + column });
          return (
            <text key={column} x={(column + 0.5) * cellSize} y={(row + 0.5) * cellSize} fill={ink}>
              {text}
            </text>
          );
        }),
      )}
    </svg>
  );
}

interface CrosshairProps {
  readonly window: MapWindow;
  readonly cellSize: number;
  readonly side: number;
  readonly selected: Cell | null;
  readonly hovered: Cell | null;
  readonly theme: ThemeInfo;
}

function Crosshair({ window, cellSize, side, selected, hovered, theme }: CrosshairProps) {
  const { query: firstQuery, key: firstKey, count } = window;
  const inside = (cell: Cell | null): cell is Cell =>
    cell !== null &&
    cell.query >= firstQuery &&
    cell.query < firstQuery + count &&
    cell.key >= firstKey &&
    cell.key < firstKey + count;
  const box = ({ query, key }: Cell) => ({
    x: (key - firstKey) * cellSize,
    y: (query - firstQuery) * cellSize,
    width: cellSize,
    height: cellSize,
  });

  const lines = () => {
    if (!selected) return null;
    const row = selected.query - firstQuery;
    const column = selected.key - firstKey;
    const rowEnd = Math.min(count, selected.query - firstKey + 1) * cellSize;
    const columnTop = Math.max(0, selected.key - firstQuery) * cellSize;
    return (
      <>
        {row >= 0 && row < count && rowEnd > 0 && (
          <rect class="crosshair" x={0} y={row * cellSize} width={rowEnd} height={cellSize} />
        )}
        {column >= 0 && column < count && columnTop < side && (
          <>
            <rect class="crosshair" x={column * cellSize} y={columnTop} width={cellSize} height={side - columnTop} />
            {columnTop > 0 && (
              <line
                class="crosshair-lead"
                x1={(column + 0.5) * cellSize}
                x2={(column + 0.5) * cellSize}
                y1={0}
                y2={columnTop}
              />
            )}
          </>
        )}
      </>
    );
  };

  const strong = contrast(theme.colours.background, [255, 255, 255]) > 4.5 ? [255, 255, 255] : [0, 0, 0];
  const ink = css(strong as [number, number, number]);
  return (
    <svg class="heat-map-marks" width={side} height={side} aria-hidden="true">
      {lines()}
      {inside(hovered) && <rect class="hovered-cell" {...box(hovered)} stroke={ink} />}
      {inside(selected) && <rect class="selected-cell" {...box(selected)} stroke={ink} />}
    </svg>
  );
}
