import { centred } from '../../../core/life/board';
import { PATTERNS, type NamedPattern } from '../../../core/life/patterns';
import { css, mix } from '../../../core/colour/colour';
import type { LifeGrid } from '../../../core/trace/record';
import { Canvas } from '../../components/canvas';
import { memo } from '../../components/memo';
import type { ThemeInfo } from '../../components/theme';
import { forEachCell } from '../../../core/life/edit/runs';

const WIDTH = 40;
const HEIGHT = 24;
const MOST_ZOOM = 5;

export interface GalleryProps {
  readonly grid: LifeGrid;
  readonly theme: ThemeInfo;
  readonly onPick: (board: Uint8Array, title: string) => void;
}

/** The best-known patterns: picked, one stands alone in the middle of the board. Those that do not fit say why. */
export function Gallery({ grid, theme, onPick }: GalleryProps) {
  return (
    <ul class="board-gallery" aria-label="Patterns">
      {SHOWN.map((named) => {
        const { width, height } = named.pattern;
        const fits = width <= grid.width && height <= grid.height;
        const title = `${named.name[0]?.toUpperCase()}${named.name.slice(1)}`;
        const what = `${title}, ${width} × ${height}: ${named.kind}${named.period === null ? '' : `, period ${named.period}`}`;
        return (
          <li key={named.name}>
            <button
              type="button"
              disabled={!fits}
              title={fits ? what : `${title}, ${width} × ${height}, does not fit ${grid.width} × ${grid.height}`}
              onClick={() => onPick(centred(named.pattern, grid), title)}
            >
              <Preview named={named} theme={theme} />
              <span>{title}</span>
            </button>
          </li>
        );
      })}
    </ul>
  );
}

/** The most asked for first. */
const FIRST = ['glider', 'blinker', 'r-pentomino', 'lightweight spaceship'];
const SHOWN = [
  ...FIRST.flatMap((name) => PATTERNS.find((pattern) => pattern.name === name) ?? []),
  ...PATTERNS.filter(({ name }) => !FIRST.includes(name)),
];

const Preview = memo(({ named, theme }: { readonly named: NamedPattern; readonly theme: ThemeInfo }) => {
  const { width, height, cells } = named.pattern;
  const { background, foreground } = theme.colours;
  return (
    <Canvas
      width={WIDTH}
      height={HEIGHT}
      draw={(context) => {
        const zoom = Math.min(MOST_ZOOM, WIDTH / width, HEIGHT / height);
        const side = zoom >= 3 ? Math.floor(zoom) : zoom;
        const gap = side >= 4 ? 1 : 0;
        const [left, top] = [Math.round((WIDTH - width * side) / 2), Math.round((HEIGHT - height * side) / 2)];
        context.fillStyle = css(mix(background, foreground, 0.92));
        forEachCell(cells, (x, y) => context.fillRect(left + x * side, top + y * side, side - gap, side - gap));
      }}
    />
  );
});
