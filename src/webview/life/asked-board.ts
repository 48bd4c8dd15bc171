import type { Box } from '../../core/life/cells';
import { boxOf, type LifeBoard } from '../../core/life/edit/board';
import { forEachCell, inside } from '../../core/life/edit/runs';
import { readRule } from '../../core/life/rules/notation';
import type { LifeGrid } from '../../core/trace/record';

/** The board that a model is asked about, or why it is asked nothing and what would help. */
export type Asked =
  | {
      readonly fits: true;
      /** [height, width] of the model's grid, row by row. */
      readonly cells: Uint8Array<ArrayBuffer>;
      /** What of the board it is. */
      readonly what: string;
    }
  | { readonly fits: false; readonly why: string; readonly wayOut: 'select' | 'rule' };

/**
 * The selection, or else everything, in the middle of the model's grid: half a cell to the left and up where it cannot be. A
 * torus of the model's own size lies on it as it is.
 */
export function askedBoard({ cells, settings }: LifeBoard, selection: Box | null, model: LifeGrid): Asked {
  const { width, height } = model;
  const [own, its] = [readRule(settings.rule).notation, readRule(model.rule).notation];
  if (own !== its) {
    return { fits: false, why: `the board lives by ${own}, and the model knows ${its}.`, wayOut: 'rule' };
  }
  const grid = boxOf(settings.grid);
  const isOwnGrid = grid?.width === width && grid.height === height;
  const part = selection ?? (isOwnGrid ? grid : cells.box) ?? { x: 0, y: 0, width: 0, height: 0 };
  if (part.width > width || part.height > height) {
    const what = selection ? 'the selection spans' : 'the pattern spans';
    return {
      fits: false,
      why: `${what} ${part.width} × ${part.height} cells, and the model sees a ${width} × ${height} ${model.topology}.`,
      wayOut: 'select',
    };
  }
  const left = part.x - Math.floor((width - part.width) / 2);
  const top = part.y - Math.floor((height - part.height) / 2);
  const asked = new Uint8Array(width * height);
  forEachCell(inside(cells, part), (x, y) => {
    asked[(y - top) * width + x - left] = 1;
  });
  const size = `${part.width} × ${part.height}`;
  const what = selection ? `the selection, ${size}` : isOwnGrid ? `the torus, ${size}` : `the pattern, ${size}`;
  return { fits: true, cells: asked, what };
}
