import type { Box } from '../../core/life/cells';
import { boxOf } from '../../core/life/edit/board';
import { boxBetween, holds } from '../../core/life/edit/runs';
import { clippedTo, withinGrid } from './bounds';
import type { LifeEditor } from './editor';
import { cellAt, type Place } from './view';

/** Pixels around a handle of the selection in which it is taken hold of. */
const GRASP = 6;

/** Which edges of the selection are being dragged. */
interface Sides {
  readonly left: boolean;
  readonly right: boolean;
  readonly top: boolean;
  readonly bottom: boolean;
}

type Gesture =
  | { readonly kind: 'pan'; left: number; top: number }
  | { readonly kind: 'draw' }
  | { readonly kind: 'select'; readonly from: Place; moved: boolean }
  | { readonly kind: 'move'; readonly from: Place }
  | { readonly kind: 'resize'; readonly box: Box; readonly sides: Sides };

/** What the pointer does on the board. Points are pixels from its top left corner. */
export class Gestures {
  private gesture: Gesture | null = null;
  private spaceHeld = false;
  private spaceDragged = false;
  private wheel = 0;

  constructor(private readonly editor: LifeEditor) {}

  down(left: number, top: number, { button, shiftKey }: Pick<PointerEvent, 'button' | 'shiftKey'>): void {
    const { state } = this.editor.store;
    if (!state.view) return;
    const at = cellAt(state.view, left, top);
    if (button === 1 || this.spaceHeld || (state.tool === 'pan' && !state.placing)) {
      this.spaceDragged = this.spaceHeld;
      this.gesture = { kind: 'pan', left, top };
    } else if (button !== 0) return;
    else if (state.placing) this.editor.placer.place(at, shiftKey);
    else if (state.tool === 'select') this.gesture = this.takeSelection(left, top, at);
    else if (this.editor.mayEdit()) {
      this.gesture = { kind: 'draw' };
      this.editor.drawing.begin(at, state.tool === 'erase');
    }
    const { grid } = state.board.settings;
    this.editor.store.update({ cursor: withinGrid(grid, at), hover: at });
  }

  move(left: number, top: number): void {
    const { view, board } = this.editor.store.state;
    if (!view) return;
    const at = cellAt(view, left, top);
    const { gesture } = this;
    if (gesture?.kind === 'pan') {
      this.editor.picture.pan(left - gesture.left, top - gesture.top);
      gesture.left = left;
      gesture.top = top;
      return;
    }
    this.editor.point(at);
    if (gesture?.kind === 'draw') this.editor.drawing.to(at);
    else if (gesture?.kind === 'select') {
      gesture.moved ||= at.x !== gesture.from.x || at.y !== gesture.from.y;
      const from = withinGrid(board.settings.grid, gesture.from);
      const to = withinGrid(board.settings.grid, at);
      if (gesture.moved) this.editor.store.update({ selection: boxBetween(from.x, from.y, to.x, to.y), cursor: to });
    } else if (gesture?.kind === 'move') this.editor.drag({ x: at.x - gesture.from.x, y: at.y - gesture.from.y });
    else if (gesture?.kind === 'resize') {
      const selection = clippedTo(board.settings.grid, resized(gesture.box, gesture.sides, at));
      if (selection) this.editor.store.update({ selection });
    }
  }

  up(): void {
    const { gesture } = this;
    this.gesture = null;
    const { selection, dragged, universe, placing, hover } = this.editor.store.state;
    if (gesture?.kind === 'draw') {
      const changed = this.editor.drawing.end();
      const cells = `${changed} ${changed === 1 ? 'cell' : 'cells'}`;
      this.editor.store.speak(`${cells} changed. ${universe.population} alive.`);
    } else if (gesture?.kind === 'select') this.editor.selecting.select(gesture.moved ? selection : null);
    else if (gesture?.kind === 'move') this.editor.moveSelection(dragged?.x ?? 0, dragged?.y ?? 0);
    else if (gesture?.kind === 'resize') this.editor.selecting.select(selection);
    // Dragged here from the gallery.
    else if (gesture === null && placing && hover) this.editor.placer.place(hover);
  }

  /** The pointer was taken away in the middle of something. */
  cancel(): void {
    if (this.gesture?.kind === 'draw') this.editor.drawing.cancel();
    if (this.gesture?.kind === 'move') this.editor.drag(null);
    this.gesture = null;
  }

  leave(): void {
    if (this.gesture === null) this.editor.point(null);
  }

  turnWheel(left: number, top: number, { deltaX, deltaY, deltaMode, shiftKey }: WheelEvent): void {
    const unit = deltaMode === 1 ? 16 : 1;
    if (shiftKey || Math.abs(deltaX) > Math.abs(deltaY)) {
      const across = shiftKey && deltaX === 0 ? deltaY : deltaX;
      this.editor.picture.pan(-across * unit, shiftKey ? 0 : -deltaY * unit);
      return;
    }
    this.wheel += deltaY * unit;
    const steps = Math.trunc(this.wheel / 60);
    this.wheel -= steps * 60;
    if (steps !== 0) this.editor.picture.zoom(-steps, [left, top]);
  }

  /** Space plays when it is let go; held, it drags the board. */
  space(down: boolean): void {
    if (down) {
      if (!this.spaceHeld) this.spaceDragged = false;
      this.spaceHeld = true;
      return;
    }
    if (this.spaceHeld && !this.spaceDragged) this.editor.player.toggle();
    this.spaceHeld = false;
  }

  /** What the pointer would do here, for its shape. */
  cursorAt(left: number, top: number): string {
    const { tool, placing, view, selection } = this.editor.store.state;
    if (this.spaceHeld || this.gesture?.kind === 'pan' || (tool === 'pan' && !placing)) {
      return this.gesture?.kind === 'pan' ? 'grabbing' : 'grab';
    }
    if (placing) return 'copy';
    if (tool !== 'select' || !view || !selection) return 'crosshair';
    const sides = this.sidesAt(left, top);
    if (sides) {
      const [across, down] = [sides.left || sides.right, sides.top || sides.bottom];
      if (!down) return 'ew-resize';
      if (!across) return 'ns-resize';
      return sides.left === sides.top ? 'nwse-resize' : 'nesw-resize';
    }
    const at = cellAt(view, left, top);
    return holds(selection, at.x, at.y) ? 'move' : 'crosshair';
  }

  private takeSelection(left: number, top: number, at: Place): Gesture {
    const { selection, board } = this.editor.store.state;
    const sides = this.sidesAt(left, top);
    if (selection && sides) return { kind: 'resize', box: selection, sides };
    if (selection && holds(selection, at.x, at.y)) return { kind: 'move', from: at };
    const grid = boxOf(board.settings.grid);
    return { kind: 'select', from: grid ? withinGrid(board.settings.grid, at) : at, moved: false };
  }

  private sidesAt(left: number, top: number): Sides | null {
    const { selection, view } = this.editor.store.state;
    if (!selection || !view) return null;
    const x = (selection.x - view.x) * view.zoom;
    const y = (selection.y - view.y) * view.zoom;
    const [width, height] = [selection.width * view.zoom, selection.height * view.zoom];
    // Handles of a selection that is no larger than they are would leave nothing to move it by.
    if (Math.min(width, height) < 4 * GRASP) return null;
    const near = (one: number, other: number): boolean => Math.abs(one - other) <= GRASP;
    const sides = {
      left: near(left, x),
      right: near(left, x + width),
      top: near(top, y),
      bottom: near(top, y + height),
    };
    const across = sides.left || sides.right || near(left, x + width / 2);
    const down = sides.top || sides.bottom || near(top, y + height / 2);
    const any = sides.left || sides.right || sides.top || sides.bottom;
    return any && across && down ? sides : null;
  }
}

function resized(box: Box, sides: Sides, to: Place): Box {
  const right = box.x + box.width - 1;
  const bottom = box.y + box.height - 1;
  return boxBetween(
    sides.left ? to.x : box.x,
    sides.top ? to.y : box.y,
    sides.right ? to.x : right,
    sides.bottom ? to.y : bottom,
  );
}
