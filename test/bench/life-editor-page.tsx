import { render } from 'preact';
import { runsOf } from '../../src/core/life/edit/runs';
import { randomBoard } from '../../src/core/life/board';
import { CellsBuilder } from '../../src/core/life/cells';
import { Random } from '../../src/core/numeric/random';
import { LifeEditor } from '../../src/webview/life/editor';
import { Life } from '../../src/webview/life/life';
import { Player } from '../../src/webview/life/player';
import { Store } from '../../src/webview/life/store';
import { Sync } from '../../src/webview/life/sync';

declare global {
  interface Window {
    /** Milliseconds from frame to frame over a random board on the plane: while nothing is done, and while a line is drawn. */
    measureDrawing: (side: number, frames: number) => Promise<{ idle: number[]; drawing: number[] }>;
    /** Generations a second that a random torus shows when it is asked for so many. */
    measurePlaying: (side: number, speed: number, seconds: number) => Promise<number>;
  }
}

const nextFrame = (): Promise<number> => new Promise((resolve) => requestAnimationFrame(resolve));

/** The editor's own page over a random board of this side; edits are taken as an editor takes them. */
async function openEditor(side: number, torus: boolean): Promise<{ editor: LifeEditor; board: HTMLElement }> {
  const builder = new CellsBuilder();
  randomBoard(Random.fromSeed(1), { width: side, height: side }, 0.3).forEach((cell, at) => {
    if (cell === 1) builder.add(Math.floor(at / side), at % side, (at % side) + 1);
  });
  const grid = torus ? ({ kind: 'torus', width: side, height: side } as const) : null;
  const board = { cells: runsOf(builder.build()), settings: { rule: 'B3/S23', grid, generation: 0 } };
  const store = new Store(null);
  const player = new Player(store);
  let version = 0;
  const host = {
    postMessage: (message: unknown): void => {
      const { id, method } = message as { id: number; method: string };
      const about = { file: 'bench.rle', format: 'rle', notes: [] };
      const result =
        method === 'snapshot' ? { state: 'open', version, board, about, warnings: [] } : { version: ++version };
      queueMicrotask(() => sync.receive({ rpc: 'reply', id, ok: true, result }));
    },
    getState: () => undefined,
    setState: () => undefined,
  };
  const sync: Sync = new Sync(host, store, player);
  const root = document.getElementById('root')!;
  render(null, root);
  const editor = new LifeEditor(store, player, sync);
  render(<Life editor={editor} />, root);
  await sync.open();
  for (let frame = 0; frame < 30; frame++) await nextFrame();
  return { editor, board: document.getElementById('board')! };
}

window.measureDrawing = async (side, frames) => {
  const { editor, board } = await openEditor(side, false);
  const { left, top, width, height } = board.getBoundingClientRect();
  const point = (frame: number): { clientX: number; clientY: number } => ({
    clientX: left + 60 + (width - 120) * (0.5 + 0.5 * Math.sin(frame / 23)),
    clientY: top + 60 + (height - 120) * (0.5 + 0.5 * Math.cos(frame / 17)),
  });
  const send = (type: string, frame: number): void => {
    board.dispatchEvent(new PointerEvent(type, { ...point(frame), pointerId: 1, button: 0, bubbles: true }));
  };
  // A pointer that the browser does not know cannot be captured.
  board.setPointerCapture = () => undefined;
  const before = editor.store.state.universe.population;
  const idle: number[] = [];
  const drawing: number[] = [];
  let last = await nextFrame();
  for (let frame = 1; frame <= frames; frame++) {
    const now = await nextFrame();
    idle.push(now - last);
    last = now;
  }
  send('pointerdown', 0);
  last = await nextFrame();
  for (let frame = 1; frame <= frames; frame++) {
    // Mice report more often than screens show.
    for (let part = 1; part <= 4; part++) send('pointermove', frame - 1 + part / 4);
    const now = await nextFrame();
    drawing.push(now - last);
    last = now;
  }
  send('pointerup', frames);
  if (editor.store.state.board.cells.population === before) throw new Error('Nothing was drawn.');
  return { idle, drawing };
};

window.measurePlaying = async (side, speed, seconds) => {
  const { editor } = await openEditor(side, true);
  editor.store.update({ speed });
  editor.player.toggle();
  await nextFrame();
  const from = { at: performance.now(), generation: editor.store.state.generation };
  while (performance.now() - from.at < 1000 * seconds) await nextFrame();
  const shown = editor.store.state.generation - from.generation;
  const taken = (performance.now() - from.at) / 1000;
  editor.player.pause();
  return shown / taken;
};
