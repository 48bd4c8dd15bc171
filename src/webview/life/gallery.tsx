import { css } from '../../core/colour/colour';
import type { NamedPattern } from '../../core/life/patterns';
import { memo } from '../components/memo';
import {
  GALLERY_PATTERNS,
  PatternPreview,
  patternKind,
  patternLabel,
  patternTitle,
} from '../components/pattern-preview';
import type { ThemeInfo } from '../components/theme';
import { BOARD_ID } from './board';
import type { LifeEditor } from './editor';
import { paletteOf } from './palette';

const WIDTH = 100;
const HEIGHT = 70;
const MARGIN = { x: 16, y: 12 };
const MOST_ZOOM = 8;

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
    editor.placer.start({ kind: 'place', name: patternTitle(named), cells, width, height });
  };
  const colour = css(paletteOf(theme).cell);
  return (
    <section class="side-section gallery" aria-label="Patterns">
      <h2>
        Patterns <span class="muted">pick, then click</span>
      </h2>
      <div class="patterns">
        {GALLERY_PATTERNS.map((named) => {
          const { width, height } = named.pattern;
          const title = patternTitle(named);
          return (
            <button
              key={named.name}
              type="button"
              class="pattern"
              aria-pressed={placing === title}
              title={`${title}: ${patternKind(named)}`}
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
              <PatternPreview
                class="pattern-preview"
                named={named}
                colour={colour}
                width={WIDTH}
                height={HEIGHT}
                margin={MARGIN}
                mostZoom={MOST_ZOOM}
              />
              <span class="pattern-name">{patternLabel(named)}</span>
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
