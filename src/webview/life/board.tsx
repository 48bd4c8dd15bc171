import { useCallback, useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { countInside } from '../../core/life/edit/runs';
import { Canvas } from '../components/canvas';
import type { ThemeInfo } from '../components/theme';
import { useSize } from '../components/use-size';
import { drawBoard } from './board-painter';
import { CellsPainter } from './cells-painter';
import { describeBoard } from './describe';
import type { LifeEditor } from './editor';
import type { Gestures } from './gestures';
import { RULER_LEFT, RULER_TOP } from './rulers';
import { shownCells } from './shown-cells';
import type { LifeState } from './state';

export const BOARD_ID = 'board';

export interface BoardProps {
  readonly editor: LifeEditor;
  readonly gestures: Gestures;
  readonly state: LifeState;
  /** The same, a tenth of a second apart while something is under way: for what is told and not drawn. */
  readonly calm: LifeState;
  readonly theme: ThemeInfo;
}

/** The board: one canvas, operated by pointer and keys, told in words to those who do not see it. */
export function Board({ editor, gestures, state, calm, theme }: BoardProps) {
  const [element, size] = useSize<HTMLDivElement>();
  const [focused, setFocused] = useState(false);
  const painter = useRef<CellsPainter>(new CellsPainter());
  const { view, universe, revision, board, selection } = state;

  useEffect(() => {
    const extent = { width: Math.max(0, size.width - RULER_LEFT), height: Math.max(0, size.height - RULER_TOP) };
    editor.picture.resized(extent);
  }, [editor, size, state.phase]);

  const bounds = useMemo(
    () => (board.settings.grid ? null : universe.box()),
    [universe, revision, board.settings.grid],
  );
  const alive = useMemo(
    () => (selection ? countInside(shownCells(state), selection) : 0),
    [selection, universe, revision],
  );
  const draw = useCallback(
    (context: CanvasRenderingContext2D, pixel: number) => {
      if (view) drawBoard(context, pixel, { state, view, theme, focused, bounds, alive }, painter.current);
    },
    [state, view, theme, focused, bounds, alive],
  );

  /** Pixels from the corner of the board, right of and below the rulers. */
  const pointOf = (event: MouseEvent): readonly [left: number, top: number] => {
    const box = element.current?.getBoundingClientRect();
    return [event.clientX - (box?.left ?? 0) - RULER_LEFT, event.clientY - (box?.top ?? 0) - RULER_TOP];
  };
  const shape = (left: number, top: number): void => {
    if (element.current) element.current.style.cursor = gestures.cursorAt(left, top);
  };

  return (
    <div
      id={BOARD_ID}
      class="life-board"
      ref={element}
      role="application"
      aria-roledescription="board"
      aria-label={`Board of ${state.about?.file ?? 'the pattern'}`}
      aria-describedby="board-text"
      tabIndex={0}
      onFocus={() => setFocused(true)}
      onBlur={() => setFocused(false)}
      onPointerDown={(event) => {
        event.currentTarget.focus({ preventScroll: true });
        const point = pointOf(event);
        if (point[0] < 0 || point[1] < 0) return;
        event.preventDefault();
        event.currentTarget.setPointerCapture(event.pointerId);
        gestures.down(...point, event);
        shape(...point);
      }}
      onPointerMove={(event) => {
        // Several moves of one frame come as one: a line goes through all of them.
        const moves = event.getCoalescedEvents?.() ?? [];
        for (const each of moves.length > 0 ? moves : [event]) gestures.move(...pointOf(each));
        shape(...pointOf(event));
      }}
      onPointerUp={(event) => {
        gestures.up();
        shape(...pointOf(event));
      }}
      onPointerCancel={() => gestures.cancel()}
      onPointerLeave={() => gestures.leave()}
      onWheel={(event) => {
        event.preventDefault();
        gestures.turnWheel(...pointOf(event), event);
      }}
      onContextMenu={(event) => event.preventDefault()}
    >
      <Canvas width={size.width} height={size.height} draw={draw} />
      <p class="unseen" id="board-text">
        {describeBoard(calm)}
      </p>
    </div>
  );
}
