import { useCallback } from 'preact/hooks';
import { forEachCell } from '../../core/life/edit/runs';
import { PATTERNS, type NamedPattern } from '../../core/life/patterns';
import { Canvas } from '../components/canvas';
import { css } from '../../core/colour/colour';
import { memo } from '../components/memo';
import type { ThemeInfo } from '../components/theme';
import { BOARD_ID } from './board';
import type { LifeEditor } from './editor';
import { paletteOf } from './palette';

const WIDTH = 100;
const HEIGHT = 70;
const MOST_ZOOM = 8;

/** The best-known first. */
const FIRST = [
  'glider',
  'blinker',
  'block',
  'beehive',
  'r-pentomino',
  'lightweight spaceship',
  'pulsar',
  'gosper glider gun',
];
const SHOWN = [
  ...FIRST.flatMap((name) => PATTERNS.find((pattern) => pattern.name === name) ?? []),
  ...PATTERNS.filter(({ name }) => !FIRST.includes(name)),
];

/** Names that are too long for their place. */
const SHORT: Readonly<Record<string, string>> = {
  'lightweight spaceship': 'LWSS',
  'middleweight spaceship': 'MWSS',
  'heavyweight spaceship': 'HWSS',
  'gosper glider gun': 'Gosper gun',
};

export interface GalleryProps {
  readonly editor: LifeEditor;
  readonly theme: ThemeInfo;
  /** Name of the pattern that is about to be placed. */
  readonly placing: string | null;
}

/** Patterns to place: picked, one is under the pointer until a click; by keyboard, arrows and Enter. */
export const Gallery = memo(({ editor, theme, placing }: GalleryProps) => {
  const pick = (named: NamedPattern): void => {
    const { cells, width, height } = named.pattern;
    editor.startPlacing({ kind: 'place', name: titleOf(named), cells, width, height });
  };
  return (
    <section class="side-section gallery" aria-label="Patterns">
      <h2>
        Patterns <span class="muted">pick, then click</span>
      </h2>
      <div class="patterns">
        {SHOWN.map((named) => {
          const { width, height } = named.pattern;
          const title = titleOf(named);
          return (
            <button
              key={named.name}
              type="button"
              class="pattern"
              aria-pressed={placing === title}
              title={`${title}: ${named.kind}${named.period === null ? '' : `, period ${named.period}`}`}
              onPointerDown={(event) => {
                // The pointer may go on to the board with the button held: it must not be kept here.
                event.currentTarget.releasePointerCapture(event.pointerId);
                pick(named);
              }}
              onClick={(event) => {
                // By keyboard: what was picked is moved by the keys of the board.
                if (event.detail !== 0) return;
                pick(named);
                document.getElementById(BOARD_ID)?.focus();
              }}
            >
              <Preview named={named} theme={theme} />
              <span class="pattern-name">{SHORT[named.name] ?? title}</span>
              <span class="muted number">
                {width} × {height}
              </span>
            </button>
          );
        })}
      </div>
    </section>
  );
});

function titleOf({ name }: NamedPattern): string {
  return `${name[0]?.toUpperCase()}${name.slice(1)}`;
}

function Preview({ named, theme }: { readonly named: NamedPattern; readonly theme: ThemeInfo }) {
  const { width, height, cells } = named.pattern;
  const draw = useCallback(
    (context: CanvasRenderingContext2D) => {
      const zoom = Math.max(1, Math.floor(Math.min(MOST_ZOOM, (WIDTH - 16) / width, (HEIGHT - 12) / height)));
      const gap = zoom >= 4 ? 1 : 0;
      const [left, top] = [Math.round((WIDTH - width * zoom) / 2), Math.round((HEIGHT - height * zoom) / 2)];
      context.fillStyle = css(paletteOf(theme).cell);
      forEachCell(cells, (x, y) => context.fillRect(left + x * zoom, top + y * zoom, zoom - gap, zoom - gap));
    },
    [theme, cells, width, height],
  );
  return <Canvas class="pattern-preview" width={WIDTH} height={HEIGHT} draw={draw} />;
}
