import type { Box } from '../../core/life/cells';
import type { LifeBoard } from '../../core/life/edit/board';
import { boxBetween, countInside, holds } from '../../core/life/edit/runs';
import { regionOf } from '../../core/life/edit/transform';
import { count } from '../components/format';
import { clippedTo, fixedCorner, placedCorner, withinGrid } from './bounds';
import { stateName } from './describe';
import { shownCells } from './shown-cells';
import type { LifeState } from './state';
import type { Store } from './store';
import { revealing, shownBox, type Extent, type Place } from './view';

/** The cursor of the keyboard, and the rectangle that is selected: where the next thing is done. */
export class Selecting {
  /** @param shown what is on show, as a board. */
  constructor(
    private readonly store: Store,
    private readonly shown: () => LifeBoard,
  ) {}

  private get state(): LifeState {
    return this.store.state;
  }

  /** @param selects whether everything from where it was is selected on the way. */
  moveCursor(dx: number, dy: number, selects = false): void {
    const { cursor } = this.state;
    this.putCursor({ x: cursor.x + dx, y: cursor.y + dy }, selects);
  }

  putCursor(place: Place, selects = false): void {
    const { selection, cursor, view, extent, universe, placing } = this.state;
    const to = withinGrid(this.state.board.settings.grid, place);
    // The corner of the selection that stays is the one opposite the cursor.
    const corner = selection && selects ? fixedCorner(selection, cursor) : cursor;
    this.store.update({
      cursor: to,
      hover: null,
      ...(selects ? { selection: boxBetween(corner.x, corner.y, to.x, to.y) } : {}),
      ...(view ? { view: revealing(view, to, extent) } : {}),
    });
    const where = `row ${to.y}, column ${to.x}`;
    if (selects) this.speak();
    else if (placing) this.store.speak(`${placing.name} at ${where}.`);
    else this.store.speak(`${where}, ${stateName(universe, to)}.`);
  }

  select(selection: Box | null): void {
    this.store.update({ selection });
    if (selection) this.speak();
  }

  /** Selects as many cells around the cursor, or around what is on show where the cursor is not. */
  selectAround({ width, height }: Extent): void {
    const { cursor, view, extent } = this.state;
    const shown = view && shownBox(view, extent);
    const middle =
      !shown || holds(shown, cursor.x, cursor.y)
        ? cursor
        : { x: shown.x + (shown.width >> 1), y: shown.y + (shown.height >> 1) };
    const corner = withinGrid(this.state.board.settings.grid, placedCorner({ width, height }, middle), {
      width,
      height,
    });
    const selection = clippedTo(this.state.board.settings.grid, { ...corner, width, height });
    if (selection) this.select(selection);
  }

  /** Everything that there is: the grid, or what lives on the plane. */
  selectAll(): void {
    const region = regionOf(this.shown(), null);
    if (region) this.select(region);
    else this.store.speak('Nothing is alive.');
  }

  speak(verb = 'Selected', more = ''): void {
    const { selection } = this.state;
    if (!selection) return;
    const { x, y, width, height } = selection;
    this.store.speak(
      `${verb} row ${y}, column ${x}: ${width} by ${height}, ${count(countInside(shownCells(this.state), selection))} alive.${more}`,
    );
  }
}
