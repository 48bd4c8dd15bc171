import { useId, useMemo, useRef, useState } from 'preact/hooks';
import { randomBoard } from '../../../core/life/board';
import { boardOfText } from '../../../core/life/board-text';
import { lifePrompt, readLifePrompt } from '../../../core/life/prompt';
import { Random } from '../../../core/numeric/random';
import type { LifeGrid } from '../../../core/trace/record';
import { count } from '../../components/format';
import { Icon } from '../../components/icon';
import type { ThemeInfo } from '../../components/theme';
import { placeWords, stateWord } from '../life/words';
import { BoardThumbnail, DrawnBoard } from './drawn-board';
import { Gallery } from './gallery';
import { Paste } from './paste';
import type { BoardState } from './state';
import { Tools } from './tools';
import { useHistory } from './use-history';
import './board.css';

export interface BoardInputProps {
  readonly prompt: string;
  readonly grid: LifeGrid;
  readonly open: boolean;
  readonly state: BoardState;
  readonly setState: (partial: Partial<BoardState>) => void;
  /** Another board in the prompt. */
  readonly onPrompt: (prompt: string) => void;
  readonly onRun: () => void;
  readonly theme: ThemeInfo;
  readonly announce: (text: string) => void;
}

/** The prompt of a Life model as a board: in one line, and opened, to draw on. */
export function BoardInput(props: BoardInputProps) {
  const { prompt, grid, open, state, setState, theme, announce } = props;
  const { width, height } = grid;
  const drawer = useId();
  const [cursor, setCursor] = useState(() => Math.floor(height / 2) * width + Math.floor(width / 2));
  const [pasting, setPasting] = useState(false);
  const reading = useMemo(() => boardOfPrompt(prompt, grid), [prompt, grid]);
  const { cells } = reading;
  const latest = useRef(cells);
  latest.current = cells;
  const history = useHistory(prompt, (text) => {
    setState({ open: true });
    props.onPrompt(text);
  });

  const put = (board: Uint8Array, said?: string): void => {
    latest.current = board;
    history.put(lifePrompt(board, grid));
    if (said) announce(`${said}: ${aliveOf(board)}`);
  };
  const set = (cell: number, alive: boolean): void => {
    if (latest.current[cell] !== Number(alive)) put(latest.current.with(cell, Number(alive)));
  };
  const paste = (text: string): void => {
    history.mark();
    put(boardOfText(text, grid), 'Placed');
    setPasting(false);
  };
  const undo = (): void => {
    if (history.undo()) announce('Undone');
  };
  const keys = (event: KeyboardEvent): void => {
    const control = event.ctrlKey || event.metaKey;
    if ((event.target as Element).closest('input, select, textarea')) return;
    if (control && event.key.toLowerCase() === 'z') undo();
    else if (event.key === 'Enter' && (control || (event.target as Element).closest('.board'))) props.onRun();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const size = `${width} × ${height} ${grid.topology}`;
  return (
    <div class={open ? 'board-input board-input-open' : 'board-input'} onKeyDownCapture={keys}>
      <button
        type="button"
        class="board-summary"
        aria-expanded={open}
        aria-controls={drawer}
        title={open ? 'Close the board' : 'Draw on the board'}
        onClick={() => setState({ open: !open })}
      >
        <BoardThumbnail cells={cells} grid={grid} theme={theme} />
        <span class="board-summary-name">Board</span>
        <span>
          {size}, {aliveOf(cells)}
        </span>
        <Icon name={open ? 'up' : 'down'} />
      </button>
      {reading.note !== null && (
        <p class="prompt-advice" role="status">
          <Icon name="info" /> {reading.note}
        </p>
      )}
      {open && (
        <div class="board-drawer" id={drawer}>
          <div class="board-drawn">
            <DrawnBoard
              cells={cells}
              grid={grid}
              cursor={cursor}
              theme={theme}
              label={`Board of the prompt, ${size}. Arrow keys choose a cell, Space changes it, Enter runs.`}
              onCursor={(cell) => {
                setCursor(cell);
                announce(`${placeWords(cell, width)}: ${stateWord(cells[cell])}`);
              }}
              onStroke={history.mark}
              onSet={(cell, alive) => {
                set(cell, alive);
                announce(`${placeWords(cell, width)}: ${stateWord(Number(alive))}, ${aliveOf(latest.current)}`);
              }}
              onPasted={(text) => {
                try {
                  paste(text);
                } catch (error) {
                  announce(error instanceof Error ? error.message : String(error));
                  setPasting(true);
                }
              }}
            />
            <p class="board-place">
              {placeWords(cursor, width)}: {stateWord(cells[cursor])}
            </p>
          </div>
          <div class="board-tools">
            <Tools
              density={state.density}
              live={state.live}
              canUndo={history.canUndo}
              isEmpty={!cells.includes(1)}
              onDensity={(density) => setState({ density })}
              onLive={(live) => setState({ live })}
              onUndo={undo}
              onClear={() => {
                history.mark();
                put(new Uint8Array(width * height), 'Cleared');
              }}
              onFill={() => {
                history.mark();
                const seed = crypto.getRandomValues(new Uint32Array(1))[0] as number;
                put(randomBoard(Random.fromSeed(seed), grid, state.density / 100), 'Filled');
              }}
              pasting={pasting}
              onPaste={() => setPasting(!pasting)}
            />
            {pasting ? (
              <Paste onPlace={paste} onClose={() => setPasting(false)} />
            ) : (
              <Gallery
                grid={grid}
                theme={theme}
                onPick={(board, title) => {
                  history.mark();
                  put(board, title);
                }}
              />
            )}
          </div>
        </div>
      )}
    </div>
  );
}

/** @returns the board that the prompt is, or that its text says; an empty one and why where it is neither. */
function boardOfPrompt(prompt: string, grid: LifeGrid): { readonly cells: Uint8Array; readonly note: string | null } {
  const read = readLifePrompt(prompt, grid);
  const empty = new Uint8Array(grid.width * grid.height);
  if (read?.answered === '') return { cells: read.cells, note: null };
  if (prompt.trim() === '') return { cells: empty, note: null };
  const what = read ? 'holds the beginning of an answer' : 'is no board';
  return {
    cells: read?.cells ?? empty,
    note: `The prompt’s text ${what}: what is drawn takes its place, and Undo brings it back.`,
  };
}

function aliveOf(cells: Uint8Array): string {
  return `${count(cells.reduce((sum, cell) => sum + cell, 0))} alive`;
}
