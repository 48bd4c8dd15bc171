import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { CellsBuilder } from '../../src/core/life/cells';
import { forEachCell } from '../../src/core/life/edit/runs';
import { densityOf } from '../../src/webview/life/cells-painter';

const run = fc.tuple(fc.integer({ min: -20, max: 40 }), fc.integer({ min: -20, max: 60 }), fc.nat(30));

test('each pixel of the board from afar counts the cells under it', () => {
  const zooms = fc.constantFrom(0.9, 0.5, 0.37, 0.25, 0.1);
  fc.assert(
    fc.property(fc.array(run), zooms, fc.integer({ min: -8, max: 8 }), (runs, zoom, corner) => {
      const builder = new CellsBuilder();
      for (const [y, x, length] of runs) builder.add(y, x, x + length + 1);
      const cells = builder.build();
      const [view, width, height] = [{ x: corner, y: corner / 2, zoom }, 16, 12];
      const counted = new Uint16Array(width * height);
      forEachCell(cells, (x, y) => {
        const [column, line] = [Math.floor((x - view.x) * zoom), Math.floor((y - view.y) * zoom)];
        if (column < 0 || line < 0 || column >= width || line >= height) return;
        const at = line * width + column;
        counted[at] = (counted[at] as number) + 1;
      });
      assert.deepEqual(densityOf(cells, view, width, height), counted);
    }),
  );
});
