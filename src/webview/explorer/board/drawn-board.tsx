import { useRef } from 'preact/hooks';
import type { LifeGrid } from '../../../core/trace/record';
import { css, mix } from '../../../core/colour/colour';
import { Board } from '../../components/board';
import { boardGeometry } from '../../components/board-geometry';
import { Canvas } from '../../components/canvas';
import type { ThemeInfo } from '../../components/theme';
import { usePixelRatio } from '../../components/use-size';
import { lineBetween } from '../../life/view';

/** CSS pixels of the board's longer side. */
const SIDE = 208;
const THUMBNAIL = 24;

export interface DrawnBoardProps {
  readonly cells: Uint8Array;
  readonly grid: LifeGrid;
  readonly cursor: number;
  readonly theme: ThemeInfo;
  readonly label: string;
  readonly onCursor: (cell: number) => void;
  /** A stroke begins: what it sets belongs together. */
  readonly onStroke: () => void;
  readonly onSet: (cell: number, alive: boolean) => void;
  readonly onPasted: (text: string) => void;
}

/** A board that is drawn on: a press changes a cell, and dragging goes on with what it became. */
export function DrawnBoard(props: DrawnBoardProps) {
  const { cells, grid, cursor, theme } = props;
  const ratio = usePixelRatio();
  const stroke = useRef({ alive: true, last: 0 });
  const placeOf = (cell: number): { x: number; y: number } => ({
    x: cell % grid.width,
    y: Math.floor(cell / grid.width),
  });
  return (
    <div
      onPaste={(event) => {
        event.preventDefault();
        props.onPasted(event.clipboardData?.getData('text/plain') ?? '');
      }}
    >
      <Board
        geometry={boardGeometry(grid, { side: SIDE, ratio, origin: { row: 0, column: 0 }, rulers: 'above' })}
        look={(cell) => ({ live: cells[cell] === 1 })}
        liveShare={0.84}
        cursor={cursor}
        theme={theme}
        label={props.label}
        onCursor={props.onCursor}
        onPress={(cell) => {
          stroke.current = { alive: cells[cell] !== 1, last: cell };
          props.onStroke();
          props.onSet(cell, stroke.current.alive);
        }}
        onDrag={(cell) => {
          const { alive, last } = stroke.current;
          if (cell === last) return;
          stroke.current.last = cell;
          // A fast pointer skips cells.
          for (const { x, y } of lineBetween(placeOf(last), placeOf(cell))) props.onSet(y * grid.width + x, alive);
          props.onCursor(cell);
        }}
      />
    </div>
  );
}

/** The whole board, small: whether it is empty, and where what lives stands. */
export function BoardThumbnail({ cells, grid, theme }: Pick<DrawnBoardProps, 'cells' | 'grid' | 'theme'>) {
  const { width, height } = grid;
  const zoom = THUMBNAIL / Math.max(width, height);
  const { background, foreground } = theme.colours;
  return (
    <Canvas
      class="board-thumbnail"
      width={THUMBNAIL}
      height={THUMBNAIL}
      draw={(context) => {
        context.fillStyle = css(mix(background, foreground, 0.92));
        cells.forEach((cell, at) => {
          if (cell === 1) context.fillRect((at % width) * zoom, Math.floor(at / width) * zoom, zoom, zoom);
        });
      }}
    />
  );
}
