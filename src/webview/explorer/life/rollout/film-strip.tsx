import type { RolloutRecord } from '../../../../core/life/rollout-record';
import { boardGeometry } from '../../../components/board-geometry';
import { paintBoard } from '../../../components/board-painter';
import { Canvas } from '../../../components/canvas';
import { count } from '../../../components/format';
import type { ThemeInfo } from '../../../components/theme';
import { usePixelRatio } from '../../../components/use-size';
import { type LifeFrame, frameOf } from '../frame';
import { modelLook } from '../looks';
import { regionAround, regionWords } from './region';

export interface FilmStripProps {
  readonly record: RolloutRecord;
  readonly place: number;
  /** CSS pixels that the strip may take. */
  readonly width: number;
  readonly theme: ThemeInfo;
  readonly onPlace: (place: number) => void;
}

const SIDE = 104;
const GAP = 10;
const MOST = 9;

/** The model's boards around the step on show, near to what is wrong on them. */
export function FilmStrip({ record, place, width, theme, onPlace }: FilmStripProps) {
  const ratio = usePixelRatio();
  const { grid, predicted, exact, steps } = record;
  const shown = Math.max(1, Math.min(MOST, steps.length, Math.floor((width + GAP) / (SIDE + GAP))));
  const first = Math.max(1, Math.min(place - Math.floor(shown / 2), steps.length - shown + 1));
  const frames = Array.from({ length: shown }, (_, by) => {
    const at = first + by;
    return frameOf(at, predicted[at - 1]!, predicted[at]!, exact[at]!, grid);
  });
  const region = regionAround(ofInterest(frames), grid);
  const geometry = boardGeometry(region.size, {
    side: SIDE,
    ratio,
    origin: { row: 0, column: 0 },
    rulers: 'none',
  });
  const scene = { geometry, liveShare: 0.84, cursor: null, moore: false, theme };
  return (
    <section class="roll-film" aria-label="Steps around it">
      <h2>
        Model, magnified{' '}
        <span class="muted">
          steps {count(first)} to {count(first + shown - 1)}, {regionWords(region, grid)}
        </span>
      </h2>
      <ol class="roll-strip">
        {frames.map((frame) => {
          const { generation: at, counts } = frame;
          const look = modelLook(frame, null, 'state', theme.colours);
          return (
            <li key={at}>
              <button type="button" aria-current={at === place ? 'step' : undefined} onClick={() => onPlace(at)}>
                <span class="roll-strip-head">
                  <span>
                    <span class="unseen">Step </span>
                    <b>{count(at)}</b>
                  </span>{' '}
                  <span>{counts.wrong === 0 ? 'right' : `${count(counts.wrong)} wrong`}</span>
                </span>
                <Canvas
                  width={geometry.across}
                  height={geometry.down}
                  draw={(context, pixel) =>
                    paintBoard(context, pixel, { ...scene, look: (cell) => look(region.cellOf(cell)) })
                  }
                />
              </button>
            </li>
          );
        })}
      </ol>
    </section>
  );
}

/** The cells that are wrong on any of these boards; where none is, those that live. */
function ofInterest(frames: readonly LifeFrame[]): readonly number[] {
  const wrong = frames.flatMap(({ errors }) => errors.flatMap((error, at) => (error ? [at] : [])));
  if (wrong.length > 0) return wrong;
  return frames.flatMap(({ predicted }) => Array.from(predicted.keys()).filter((at) => predicted[at] === 1));
}
