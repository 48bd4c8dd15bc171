import type { Box } from '../../core/life/cells';
import { boxOf } from '../../core/life/edit/board';
import { covers } from '../../core/life/edit/runs';
import type { Store } from './store';
import { centredOn, fitted, middleOf, panned, shownBox, zoomed, type Extent, type View } from './view';

const FIRST_ZOOM = 16;

/** Which part of the board is on show: moved, brought nearer, and kept in its room. */
export class Picture {
  /** The last room of the board that was one: a page that is hidden has none. */
  private room: Extent = { width: 0, height: 0 };
  /** What a view had in its middle before it came onto whole pixels: through many small changes of the room it stays there. */
  private held: { readonly view: View; readonly middle: readonly [x: number, y: number] } | null = null;

  constructor(private readonly store: Store) {}

  resized(extent: Extent): void {
    const { view, phase } = this.store.state;
    const before = this.room;
    this.store.update({ extent });
    if (extent.width <= 0) return;
    this.room = extent;
    if (view && before.width > 0) this.keepInPicture(view, before);
    else if (!view && phase === 'open') this.fit();
  }

  /** What was in the middle stays there, and what was wholly on show stays so. */
  private keepInPicture(view: View, before: Extent): void {
    const { extent } = this.store.state;
    const middle = this.held?.view === view ? this.held.middle : middleOf(view, before);
    const after = centredOn(...middle, view.zoom, extent);
    const { whole } = this;
    const isCut = whole !== null && covers(shownBox(view, before), whole) && !covers(shownBox(after, extent), whole);
    if (isCut) return this.fit();
    this.held = { view: after, middle };
    this.see(after);
  }

  /** The grid, or on the plane the smallest rectangle around what lives; null where nothing does. */
  private get whole(): Box | null {
    const { universe, board } = this.store.state;
    return boxOf(board.settings.grid) ?? universe.box();
  }

  fit(): void {
    const { extent } = this.store.state;
    if (extent.width <= 0) return;
    const box = this.whole;
    this.see(box ? fitted(box, extent) : centredOn(0, 0, FIRST_ZOOM, extent));
  }

  see(view: View): void {
    this.store.update({ view });
  }

  pan(right: number, down: number): void {
    const { view } = this.store.state;
    if (view) this.see(panned(view, right, down));
  }

  /** @param at pixels from the top left corner of the board; its middle where absent. */
  zoom(steps: number, at?: readonly [left: number, top: number]): void {
    const { view, extent } = this.store.state;
    const [left, top] = at ?? [extent.width / 2, extent.height / 2];
    if (view) this.see(zoomed(view, steps, left, top));
  }

  /** Brings a cell to the middle. */
  centre(x: number, y: number): void {
    const { view, extent } = this.store.state;
    if (view) this.see(centredOn(x, y, view.zoom, extent));
  }
}
