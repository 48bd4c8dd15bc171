import type { ComponentChildren } from 'preact';
import { type BoardGeometry, cellBeside, cellUnder } from './board-geometry';
import { type BoardScene, paintBoard } from './board-painter';
import { Canvas } from './canvas';
import './board.css';

export interface BoardProps extends Omit<BoardScene, 'moore'> {
  readonly moore?: boolean;
  /** What the board shows, for those who do not see it; the chosen cell is announced by whoever owns the choice. */
  readonly label: string;
  /** Absent: a picture, which cannot be operated. */
  readonly onCursor?: (cell: number) => void;
  readonly onHover?: (cell: number | null) => void;
  /** Enter or the space bar on the chosen cell. */
  readonly onPress?: (cell: number) => void;
  /** The pointer goes on to another cell with its button held. */
  readonly onDrag?: (cell: number) => void;
  readonly children?: ComponentChildren;
}

/** A board of Life as a picture. One focus stop: arrow keys move the chosen cell, around a torus. */
export function Board(props: BoardProps) {
  const { geometry, cursor, onCursor, onHover, onPress, onDrag } = props;
  const style = { width: `${geometry.across}px`, height: `${geometry.down}px` };
  const canvas = (
    <Canvas
      width={geometry.across}
      height={geometry.down}
      draw={(context, pixel) => paintBoard(context, pixel, { ...props, moore: props.moore ?? false })}
    />
  );
  if (!onCursor) {
    return (
      <div class="board" style={style} role="img" aria-label={props.label}>
        {canvas}
      </div>
    );
  }
  const keys = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (onPress && cursor !== null && (event.key === 'Enter' || event.key === ' ')) onPress(cursor);
    else {
      const by = arrow(event.key);
      if (!by) return;
      onCursor(cursor === null ? 0 : cellBeside(cursor, by[0], by[1], geometry.size));
    }
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div
      class="board board-live"
      style={style}
      tabIndex={0}
      role="application"
      aria-roledescription="board"
      aria-label={props.label}
      onKeyDown={keys}
      onPointerDown={(event) => {
        const cell = event.button === 0 ? under(geometry, event) : null;
        if (cell === null) return;
        if (onDrag) event.currentTarget.setPointerCapture(event.pointerId);
        onCursor(cell);
        onPress?.(cell);
      }}
      onPointerMove={(event) => {
        const cell = under(geometry, event);
        onHover?.(cell);
        if (onDrag && cell !== null && (event.buttons & 1) !== 0) onDrag(cell);
      }}
      onPointerLeave={() => onHover?.(null)}
    >
      {canvas}
    </div>
  );
}

function under(geometry: BoardGeometry, event: PointerEvent): number | null {
  const box = (event.currentTarget as Element).getBoundingClientRect();
  return cellUnder(geometry, event.clientX - box.left, event.clientY - box.top);
}

/** Rows and columns that an arrow key goes. */
export function arrow(key: string): readonly [rows: number, columns: number] | null {
  switch (key) {
    case 'ArrowUp':
      return [-1, 0];
    case 'ArrowDown':
      return [1, 0];
    case 'ArrowLeft':
      return [0, -1];
    case 'ArrowRight':
      return [0, 1];
    default:
      return null;
  }
}
