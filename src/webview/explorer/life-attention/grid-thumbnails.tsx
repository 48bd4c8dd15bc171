import { useEffect, useRef } from 'preact/hooks';
import type { GridSize } from '../../../core/life/topology';
import { arrow } from '../../components/board';
import { Canvas, hatch } from '../../components/canvas';
import { css } from '../../../core/colour/colour';
import type { RampStops } from '../../../core/colour/colour';
import { type WeightScale, weightColour } from '../../components/ramp';
import type { ThemeInfo } from '../../components/theme';
import { reveal } from '../../components/thumbnails';
import { usePixelRatio } from '../../components/use-size';
import { weightText } from '../attention/weight-format';
import type { HeadRow } from './data';
import { type SingleHead, sameSingle } from './state';
import { headName } from './words';

export interface GridThumbnailsProps {
  readonly size: GridSize;
  /** In the order in which they stand; null while the cell's rows are read. */
  readonly rows: readonly (HeadRow | null)[];
  readonly heads: readonly SingleHead[];
  /** Moore score of each head, over all cells. */
  readonly scores: readonly number[];
  readonly chance: number;
  readonly columns: number;
  readonly cell: number;
  readonly head: SingleHead;
  readonly onHead: (head: SingleHead) => void;
  readonly stops: RampStops;
  readonly scale: WeightScale;
  readonly theme: ThemeInfo;
}

/** CSS pixels of a picture's side. */
export const PICTURE = 85;
/** Outside mass from which a picture says so, and from which it is hatched: its fill is then the smaller part. */
const SAID = 0.1;
const HATCHED = 0.5;

/** Every head's look from one cell, on the board. One focus stop: arrow keys go from picture to picture. */
export function GridThumbnails(props: GridThumbnailsProps) {
  const { heads, columns, head, onHead } = props;
  const list = useRef<HTMLDivElement>(null);
  const at = heads.findIndex((each) => sameSingle(each, head));

  useEffect(() => {
    const box = list.current;
    const chosen = box?.querySelector<HTMLElement>('[aria-selected=true]');
    if (!box || !chosen) return;
    box.scrollTop = reveal(
      box.scrollTop,
      box.clientHeight,
      chosen.offsetTop - box.offsetTop - 4,
      chosen.offsetHeight + 8,
    );
  }, [at, heads]);

  const keys = (event: KeyboardEvent): void => {
    const by = arrow(event.key);
    if (!by) return;
    event.preventDefault();
    event.stopPropagation();
    const next = heads[at + by[0] * columns + by[1]];
    if (next) onHead(next);
  };
  return (
    <div
      ref={list}
      class="grid-thumbnails"
      role="listbox"
      tabIndex={0}
      aria-label={`${heads.length} heads, where each looks on the board`}
      aria-activedescendant={at < 0 ? undefined : `grid-head-${at}`}
      style={{ gridTemplateColumns: `repeat(${columns}, ${PICTURE}px)` }}
      onKeyDown={keys}
    >
      {heads.map((each, index) => (
        <Picture key={headName(each)} {...props} index={index} of={each} selected={index === at} />
      ))}
    </div>
  );
}

interface PictureProps extends GridThumbnailsProps {
  readonly index: number;
  readonly of: SingleHead;
  readonly selected: boolean;
}

function Picture({ size, rows, index, of, selected, scores, chance, cell, onHead, stops, scale, theme }: PictureProps) {
  const ratio = usePixelRatio();
  const row = rows[index] ?? null;
  const score = scores[index] ?? 0;
  const outside = row?.mass.outside ?? 0;
  const pitch = Math.floor((PICTURE * ratio) / Math.max(size.width, size.height)) / ratio;
  const [width, height] = [pitch * size.width, pitch * size.height];
  const draw = (context: CanvasRenderingContext2D, pixel: number): void => {
    if (row && outside > HATCHED) {
      context.fillStyle = hatch(context, theme.colours.border, pixel);
      context.fillRect(0, 0, width, height);
    }
    row?.weights.forEach((weight, place) => {
      if (weight < 0.002) return;
      context.fillStyle = css(weightColour(stops, weight, scale));
      context.fillRect((place % size.width) * pitch, Math.floor(place / size.width) * pitch, pitch, pitch);
    });
    context.strokeStyle = css(theme.colours.foreground);
    context.lineWidth = pixel;
    const mark = Math.max(pitch, 4);
    const [x, y] = [(cell % size.width) * pitch, Math.floor(cell / size.width) * pitch];
    context.strokeRect(
      x - pixel / 2 - (mark - pitch) / 2,
      y - pixel / 2 - (mark - pitch) / 2,
      mark + pixel,
      mark + pixel,
    );
  };
  const said = outside >= SAID ? `${weightText(outside)} of this cell’s attention outside the board` : '';
  return (
    <div
      id={`grid-head-${index}`}
      class={selected ? 'grid-thumbnail selected' : 'grid-thumbnail'}
      role="option"
      aria-selected={selected}
      title={said || undefined}
      onClick={() => onHead(of)}
    >
      <span class="grid-thumbnail-head">
        <b>{headName(of)}</b>
        {outside >= SAID && (
          <span>
            <i class="hatched-key" /> {weightText(outside)}
            <span class="unseen"> of this cell’s attention is outside the board</span>
          </span>
        )}
      </span>
      <span class="grid-thumbnail-picture">
        <Canvas width={width} height={height} draw={draw} />
      </span>
      <span class="score-bar" aria-hidden="true">
        <i style={{ width: `${score * 100}%` }} />
        <s style={{ left: `${chance * 100}%` }} />
      </span>
      <span class="grid-thumbnail-score">
        <span class="unseen">, Moore score </span>
        {score.toFixed(2)}
        {row && <span class="unseen">, {weightText(row.mass.neighbourhood)} on the nine cells here</span>}
      </span>
    </div>
  );
}
