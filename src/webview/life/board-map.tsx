import { useCallback, useMemo } from 'preact/hooks';
import type { Box } from '../../core/life/cells';
import { boxOf } from '../../core/life/edit/board';
import { Canvas } from '../components/canvas';
import { css } from '../../core/colour/colour';
import type { ThemeInfo } from '../components/theme';
import { useDrag } from '../components/use-drag';
import { densityImage, densityOf } from './cells-painter';
import type { LifeEditor } from './editor';
import { paletteOf } from './palette';
import { shownCells } from './shown-cells';
import type { LifeState } from './state';
import { useAfterPaint } from './use-after-paint';
import { shownBox, type View } from './view';

const WIDTH = 216;
const HEIGHT = 116;
const MARGIN = 5;
/** On the map cells are never larger than this. */
const MOST_ZOOM = 6;

export interface BoardMapProps {
  readonly editor: LifeEditor;
  readonly state: LifeState;
  readonly theme: ThemeInfo;
}

/** All that lives, and which part of it is on show. The board has keys for what is dragged here, so it is no stop for them. */
export function BoardMap({ editor, state, theme }: BoardMapProps) {
  const { universe, revision, view, extent, selection, board } = state;
  const shown = view && shownBox(view, extent);
  const grid = boxOf(board.settings.grid);
  // The board comes first: what was changed is on show, and sent, before the map of it is drawn.
  const mapped = useAfterPaint(useMemo(() => ({ universe, revision }), [universe, revision]));
  const cells = useMemo(() => shownCells(mapped), [mapped]);
  const map = mapOf([grid ?? cells.box, shown]);

  const draw = useCallback(
    (context: CanvasRenderingContext2D) => {
      const palette = paletteOf(theme);
      const rectangle = (box: Box): [number, number, number, number] => [
        Math.round((box.x - map.x) * map.zoom) + 0.5,
        Math.round((box.y - map.y) * map.zoom) + 0.5,
        Math.max(2, Math.round(box.width * map.zoom) - 1),
        Math.max(2, Math.round(box.height * map.zoom) - 1),
      ];
      context.fillStyle = css(grid ? palette.outside : palette.background);
      context.fillRect(0, 0, WIDTH, HEIGHT);
      if (grid) {
        context.fillStyle = css(palette.background);
        context.fillRect(...rectangle(grid));
      }
      if (map.zoom < 1) {
        const picture = document.createElement('canvas');
        [picture.width, picture.height] = [WIDTH, HEIGHT];
        const image = densityImage(densityOf(cells, map, WIDTH, HEIGHT), WIDTH, map.zoom, palette);
        picture.getContext('2d')?.putImageData(image, 0, 0);
        context.drawImage(picture, 0, 0);
      } else {
        context.fillStyle = css(palette.cell);
        cells.forEachRun((y, start, end) => {
          const [left, top] = [(start - map.x) * map.zoom, (y - map.y) * map.zoom];
          context.fillRect(left, top, (end - start) * map.zoom, map.zoom);
        });
      }
      if (selection) {
        context.fillStyle = css(palette.selection, 0.25);
        context.fillRect(...rectangle(selection));
        context.strokeStyle = css(palette.selection);
        context.strokeRect(...rectangle(selection));
      }
      if (shown) {
        context.strokeStyle = css(palette.foreground);
        context.lineWidth = 1.5;
        context.strokeRect(...rectangle(shown));
      }
    },
    [cells, map.x, map.y, map.zoom, theme, selection, shown?.x, shown?.y, shown?.width, shown?.height, grid?.width],
  );

  const drag = useDrag((x, y) => editor.picture.centre(map.x + x / map.zoom, map.y + y / map.zoom));
  return (
    <section class="side-section" aria-label="Map">
      <h2>
        Map
        {shown && (
          <span class="muted number">
            view {shown.width} × {shown.height}
          </span>
        )}
      </h2>
      <div class="map" title="All that lives. The frame is what the board shows: click or drag to move it." {...drag}>
        <Canvas width={WIDTH} height={HEIGHT} draw={draw} />
      </div>
    </section>
  );
}

/** The scale at which all rectangles fit the map, and its corner. */
function mapOf(boxes: readonly (Box | null)[]): View {
  const some = boxes.filter((box) => box !== null);
  const left = Math.min(...some.map(({ x }) => x));
  const top = Math.min(...some.map(({ y }) => y));
  const right = Math.max(...some.map(({ x, width }) => x + width));
  const bottom = Math.max(...some.map(({ y, height }) => y + height));
  if (some.length === 0) return { x: 0, y: 0, zoom: 1 };
  const zoom = Math.min(MOST_ZOOM, (WIDTH - 2 * MARGIN) / (right - left), (HEIGHT - 2 * MARGIN) / (bottom - top));
  return {
    x: (left + right) / 2 - WIDTH / 2 / zoom,
    y: (top + bottom) / 2 - HEIGHT / 2 / zoom,
    zoom,
  };
}
