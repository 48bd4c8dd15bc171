import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { hex } from '../../src/core/colour/colour';
import type { BoardPicture } from '../../src/webview/life/board-picture';
import { drawRulers, RULER_LEFT, RULER_TOP } from '../../src/webview/life/rulers';
import type { Palette } from '../../src/webview/life/palette';
import type { View } from '../../src/webview/life/view';

/** Width of a character of the rulers, as wide as digits are at 11 pixels. */
const CHARACTER = 6.3;
const EXTENT = { width: 600, height: 400 };

interface Label {
  readonly text: string;
  readonly left: number;
  readonly right: number;
  readonly y: number;
}

/** What the rulers write, and where, with a context that only remembers it. */
function labels(view: View): { rows: Label[]; columns: Label[] } {
  const written: Label[] = [];
  const context = {
    textAlign: 'left',
    fillRect: () => undefined,
    measureText: (text: string) => ({ width: CHARACTER * text.length }),
    fillText(text: string, x: number, y: number) {
      const width = CHARACTER * text.length;
      const left = { left: x, center: x - width / 2, right: x - width }[this.textAlign] as number;
      written.push({ text, left, right: left + width, y });
    },
  };
  const grey = hex('#808080');
  const palette = { background: grey, lineOf8: grey, foreground: grey, muted: grey, selection: grey };
  const picture = { state: { extent: EXTENT, selection: null }, view, theme: { fontFamily: 'sans-serif' } };
  drawRulers(context as never, 1, picture as unknown as BoardPicture, palette as unknown as Palette);
  return {
    rows: written.filter(({ y }) => y > RULER_TOP),
    columns: written.filter(({ y }) => y < RULER_TOP),
  };
}

describe('the rulers of the Life editor', () => {
  for (const view of [
    { x: -3, y: -2, zoom: 16 },
    { x: -2010, y: -2010, zoom: 24 },
    { x: 1000, y: 1020, zoom: 4 },
    { x: -104_000, y: 99_990, zoom: 64 },
    { x: -1_000_000_000, y: -1_000_000_000, zoom: 3 },
    { x: -50_000, y: 1_000_000_000, zoom: 1 / 32 },
  ]) {
    it(`write every number whole, from ${view.x}, ${view.y} at ${view.zoom} pixels a cell`, () => {
      const { rows, columns } = labels(view);
      assert.ok(rows.length > 0 && columns.length > 1);
      for (const { text, left, right, y } of [...rows, ...columns]) {
        assert.match(text, /^−?\d+$/);
        assert.ok(left >= 0 && right <= RULER_LEFT + EXTENT.width, `${text} from ${left} to ${right}`);
        assert.ok(y + 5 <= RULER_TOP + EXTENT.height);
      }
      for (const [at, { left }] of columns.entries()) if (at > 0) assert.ok(left - columns[at - 1]!.right >= 4);
      for (const all of [rows, columns]) assert.equal(new Set(all.map(({ text }) => text)).size, all.length);
    });
  }

  it('say where a row is: −2008 and 1024', () => {
    assert.ok(labels({ x: 0, y: -2010, zoom: 16 }).rows.some(({ text, left }) => text === '−2008' && left >= 0));
    assert.ok(labels({ x: 0, y: 1020, zoom: 16 }).rows.some(({ text, left }) => text === '1024' && left >= 0));
  });
});
