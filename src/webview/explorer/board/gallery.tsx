import { centred } from '../../../core/life/board';
import { css, mix } from '../../../core/colour/colour';
import type { LifeGrid } from '../../../core/trace/record';
import {
  GALLERY_PATTERNS,
  PatternPreview,
  patternKind,
  patternLabel,
  patternTitle,
} from '../../components/pattern-preview';
import type { ThemeInfo } from '../../components/theme';

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
  const { background, foreground } = theme.colours;
  const colour = css(mix(background, foreground, 0.92));
  return (
    <ul class="board-gallery" aria-label="Patterns">
      {GALLERY_PATTERNS.map((named) => {
        const { width, height } = named.pattern;
        const fits = width <= grid.width && height <= grid.height;
        const title = patternTitle(named);
        const size = `${title}, ${width} × ${height}`;
        return (
          <li key={named.name}>
            <button
              type="button"
              disabled={!fits}
              title={fits ? `${size}: ${patternKind(named)}` : `${size}, does not fit ${grid.width} × ${grid.height}`}
              onClick={() => onPick(centred(named.pattern, grid), title)}
            >
              <PatternPreview named={named} colour={colour} width={WIDTH} height={HEIGHT} mostZoom={MOST_ZOOM} />
              <span>{patternLabel(named)}</span>
            </button>
          </li>
        );
      })}
    </ul>
  );
}
