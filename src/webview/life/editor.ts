import { CoreError } from '../../core/errors';
import { boxOf, sameGrid, type EditKind, type LifeBoard } from '../../core/life/edit/board';
import { countInside, holds, inside } from '../../core/life/edit/runs';
import { cleared, filled, moved, regionOf, regridded, turned, type Turn } from '../../core/life/edit/transform';
import { patternText } from '../../core/life/formats';
import { BLANK, framed } from '../../core/life/pattern';
import { readRule } from '../../core/life/rules/notation';
import { boundedGridName, type BoundedGrid } from '../../core/life/topology';
import { Random } from '../../core/numeric/random';
import { quoted } from '../../core/text/quoted';
import type { LifeTool } from '../../protocol/lifeEditor';
import { count, counted } from '../components/format';
import { cellsThatFit, clippedTo, sameBox, withinGrid } from './bounds';
import { Drawing } from './drawing';
import { becameOf, NOT_EDITED, TURNED } from './outcome';
import { Picture } from './picture';
import { Placer } from './placer';
import type { Player } from './player';
import { Selecting } from './selecting';
import { type LifeState, STRIDES } from './state';
import type { Store } from './store';
import type { Sync } from './sync';
import type { Place } from './view';

/** Cells of a random fill: one edit of them goes in one message. */
const MOST_FILLED = 2_000_000;

/** What a person does with the board: every button, key and drag of the page ends here. */
export class LifeEditor {
  readonly drawing: Drawing;
  /** Which part of the board is on show. */
  readonly picture: Picture;
  readonly selecting: Selecting;
  readonly placer: Placer;

  constructor(
    readonly store: Store,
    readonly player: Player,
    readonly sync: Sync,
  ) {
    this.drawing = new Drawing(store, player, sync);
    this.picture = new Picture(store);
    this.selecting = new Selecting(store, () => this.shown);
    this.placer = new Placer(store, sync, () => this.mayEdit());
  }

  private get state(): LifeState {
    return this.store.state;
  }

  /** What is on show, as a board. */
  get shown(): LifeBoard {
    const { board, universe, generation } = this.state;
    if (this.player.isStart && !this.drawing.isUnderWay) return board;
    const states = universe.layers();
    return { cells: universe.cells(), states, settings: { ...board.settings, generation } };
  }

  private get grid(): BoundedGrid | null {
    return this.state.board.settings.grid;
  }

  setTool(tool: LifeTool): void {
    this.store.update({ tool, placing: null });
  }

  point(place: Place | null): void {
    const { hover } = this.state;
    if (hover?.x !== place?.x || hover?.y !== place?.y) this.store.update({ hover: place });
  }

  // The generations

  changeStride(by: 1 | -1): void {
    const stride = STRIDES[STRIDES.indexOf(this.state.stride) + by];
    if (stride === undefined) return;
    this.store.update({ stride });
    this.store.speak(`A step is ${counted(stride, 'generation')}.`);
  }

  /** @param text what was typed: a generation, or `+100` for so many on. */
  goTo(text: string): void {
    const typed = /^(\+?)\s*(\d{1,15})$/.exec(text.replaceAll(',', '').trim());
    if (!typed) {
      this.store.say({
        kind: 'error',
        message: `"${quoted(text, 40)}" is no generation.`,
        action: 'Type a whole number, such as 1000, or +1000 for so many on.',
      });
      return;
    }
    const [, relative, digits] = typed;
    this.player.goTo(Number(digits) + (relative === '+' ? this.state.generation : 0));
  }

  /** Enter: what the tool does with the cell under the cursor. */
  act(): void {
    const { cursor, placing, tool } = this.state;
    if (placing) return this.placer.place(cursor);
    if (tool === 'select') return this.selecting.select({ ...cursor, width: 1, height: 1 });
    if (tool === 'pan') return this.picture.centre(cursor.x + 0.5, cursor.y + 0.5);
    if (!this.mayEdit()) return;
    this.drawing.begin(cursor, tool === 'erase');
    this.drawing.end();
    const alive = this.player.universe.get(cursor.x, cursor.y);
    this.store.speak(`${alive ? 'Alive' : 'Dead'}. ${counted(this.player.universe.population, 'cell')} alive.`);
  }

  /** Escape: puts away the innermost of what is under way. */
  cancel(): void {
    const { placing, dragged, selection, said } = this.state;
    if (this.drawing.isUnderWay) this.drawing.cancel();
    else if (dragged) this.store.update({ dragged: null });
    else if (placing) {
      this.store.update({ placing: null });
      this.store.speak('Nothing was placed.');
    } else if (said) this.store.say(null);
    else if (selection) {
      this.store.update({ selection: null });
      this.store.speak('Nothing is selected.');
    }
  }

  drag(dragged: Place | null): void {
    this.store.update({ dragged });
  }

  moveSelection(dx: number, dy: number): void {
    const { selection, board } = this.state;
    this.store.update({ dragged: null });
    if (!selection) {
      this.store.speak('Nothing is selected.');
      return;
    }
    if ((dx === 0 && dy === 0) || !this.mayEdit()) return;
    const to = withinGrid(this.grid, { x: selection.x + dx, y: selection.y + dy }, selection);
    const result = moved(board, selection, to.x - selection.x, to.y - selection.y);
    if (!this.sync.change('move', result.board)) return;
    const { cursor } = this.state;
    const follows = holds(selection, cursor.x, cursor.y);
    this.store.update({
      selection: { ...selection, ...to },
      ...(follows ? { cursor: { x: cursor.x + to.x - selection.x, y: cursor.y + to.y - selection.y } } : {}),
    });
    this.selecting.speak('Moved to', becameOf(result));
  }

  // Edits of the selection, or of everything

  turn(turn: Turn): void {
    const { placing, board, selection } = this.state;
    if (placing) return this.placer.turn(turn);
    if (!this.mayEdit()) return;
    try {
      const result = turned(board, selection, turn);
      if (!result || !this.sync.change(turn === 'rotate' ? 'rotate' : 'flip', result.board)) return;
      if (selection) this.store.update({ selection: result.region });
      const { grid } = result.board.settings;
      const withGrid = result.withGrid && grid ? `, with its grid: ${boundedGridName(grid)}` : '';
      this.store.speak(
        `${selection ? 'The selection' : 'Everything'} was ${TURNED[turn]}${withGrid}.${becameOf(result)}`,
      );
      if (result.withGrid) this.picture.fit();
    } catch (error) {
      if (!(error instanceof CoreError)) throw error;
      this.store.say({ kind: 'error', message: error.message, action: 'Select a part that fits.' });
    }
  }

  clear(kind: Extract<EditKind, 'clear' | 'cut'> = 'clear'): void {
    const { board, selection } = this.state;
    const region = regionOf(board, selection);
    if (!region || !this.mayEdit()) return;
    const lived = countInside(board.cells, region);
    if (this.sync.change(kind, cleared(board, region))) this.store.speak(`${counted(lived, 'cell')} cleared.`);
  }

  fill(density: number): void {
    const { board, selection, view, extent } = this.state;
    this.store.update({ density });
    // On the plane everything would be what lives there already: what is on show is filled instead.
    const shown = view && { x: Math.ceil(view.x), y: Math.ceil(view.y), ...cellsThatFit(extent, view.zoom) };
    const region = selection ?? boxOf(board.settings.grid) ?? (shown && clippedTo(this.grid, shown));
    if (!region || !this.mayEdit()) return;
    if (region.width * region.height > MOST_FILLED) {
      const most = count(MOST_FILLED);
      this.store.say({
        kind: 'info',
        message: `${region.width} × ${region.height} cells are too many to fill at once: at most ${most}.`,
        action: 'Select a smaller part.',
      });
      return;
    }
    const seed = crypto.getRandomValues(new Uint32Array(1))[0] ?? 0;
    if (!this.sync.change('fill', filled(board, region, density, Random.fromSeed(seed)))) return;
    this.store.speak(
      `${region.width} by ${region.height} cells filled: ${count(this.state.universe.population)} alive.`,
    );
  }

  // The clipboard, as RLE

  /** The selection, or everything, as text; null where there is nothing. */
  copied(): string | null {
    const { shown } = this;
    const { cells, states = [], settings } = shown;
    const region = regionOf(shown, this.state.selection);
    if (!region) {
      this.store.say({ kind: 'info', message: 'There is nothing to copy: no cell is alive.' });
      return null;
    }
    const part = inside(cells, region);
    const pattern = framed(
      { ...BLANK, rule: settings.rule },
      part,
      region,
      states.map((each) => inside(each, region)),
    );
    this.store.speak(`Copied ${region.width} by ${region.height} cells, ${count(part.population)} alive.`);
    return patternText(pattern, 'rle');
  }

  // What the pattern lives by

  setRule(text: string): void {
    const { board } = this.state;
    try {
      const { notation: rule, states } = readRule(text);
      if (rule === readRule(board.settings.rule).notation) return this.store.say(null);
      if (states > 2)
        throw new CoreError('life-unsupported', `Boards of two states are edited, and ${rule} has ${states}.`);
      if (!this.mayEdit()) return;
      if (!this.sync.change('rule', { ...board, settings: { ...board.settings, rule } })) return;
      this.store.speak(`The rule is ${rule}.`);
    } catch (error) {
      if (!(error instanceof CoreError)) throw error;
      this.store.say({ kind: 'error', message: error.message });
    }
  }

  /** Comes onto another grid, and says what became of cells that lay elsewhere. */
  setGrid(grid: BoundedGrid | null): void {
    const { board, selection } = this.state;
    if (sameGrid(grid, board.settings.grid) || !this.mayEdit()) return;
    const result = regridded(board, grid);
    if (!this.sync.change('grid', result.board)) return;
    const box = boxOf(grid);
    this.store.update({
      cursor: withinGrid(grid, this.state.cursor),
      selection: selection && sameBox(clippedTo(grid, selection), selection) ? selection : null,
    });
    if (box) this.picture.fit();
    if (result.lost > 0) {
      this.store.say({
        kind: 'info',
        message: `${counted(result.lost, 'live cell')} lay outside the ${box?.width} × ${box?.height} cells and ${result.lost === 1 ? 'was' : 'were'} removed.`,
        action: 'Undo brings them back.',
      });
    } else if (result.moved) {
      this.store.say({ kind: 'info', message: 'The pattern lay outside and was moved to the middle.' });
    } else this.store.speak(box ? `A torus of ${box.width} by ${box.height}.` : 'The plane.');
  }

  // The first edit at another generation

  /** Whether the board on show is the file's; where it is not, the user is asked which of the two is to be edited. */
  mayEdit(): boolean {
    if (this.state.universe.states > 2) {
      this.store.say(NOT_EDITED);
      return false;
    }
    if (this.player.isStart) return true;
    this.player.pause();
    this.store.update({ asking: true });
    return false;
  }

  /** `start`: the generation on show becomes the file's. `back`: the file's is shown again. */
  answer(answer: 'start' | 'back' | 'cancel'): void {
    const shown = this.shown;
    this.store.update({ asking: false });
    if (answer === 'back') this.player.reset();
    else if (answer === 'start' && this.sync.change('start', shown)) {
      this.store.speak(`The file now begins with generation ${count(shown.settings.generation)}.`);
    }
  }
}
