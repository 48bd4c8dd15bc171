import { useLayoutEffect, useMemo, useRef } from 'preact/hooks';
import { thumbnail } from '../../../core/lens/packed';
import type { AttentionHead } from '../../../protocol/attention';
import type { Cell } from '../../components/heat-map';
import type { MapWindow } from '../../components/heat-map-pixels';
import type { ThemeInfo } from '../../components/theme';
import { paintThumbnail, thumbnailSampling } from '../../components/thumbnail-pixels';

export interface SequenceOverviewProps {
  readonly map: AttentionHead | null;
  readonly tokens: number;
  readonly window: MapWindow;
  readonly selection: Cell;
  readonly pixelOfCode: Uint32Array;
  /** CSS pixels of its side. */
  readonly side: number;
  readonly ratio: number;
  readonly theme: ThemeInfo;
  /** The window's first query and key. */
  readonly onMove: (origin: Cell) => void;
}

/** The whole head, max-pooled, with the window on show; the window can be dragged, or moved with the arrow keys. */
export function SequenceOverview(props: SequenceOverviewProps) {
  const { map, tokens, window, pixelOfCode, ratio } = props;
  const canvas = useRef<HTMLCanvasElement>(null);
  const grip = useRef<{ readonly query: number; readonly key: number } | null>(null);
  const { side } = props;
  const pixels = Math.round(side * ratio);
  const pooled = useMemo(() => map && thumbnail(map.codes, map.tokens, pixels), [map, pixels]);
  const scale = side / tokens;

  useLayoutEffect(() => {
    const element = canvas.current;
    const context = element?.getContext('2d');
    if (!element || !context) return;
    element.width = element.height = pixels;
    if (!pooled) return;
    const image = new ImageData(pixels, pixels);
    const atlas = { pixels: new Uint32Array(image.data.buffer), width: pixels };
    paintThumbnail(atlas, 0, 0, pooled, 0, thumbnailSampling(Math.min(pixels, tokens), pixels), pixelOfCode);
    context.putImageData(image, 0, 0);
  }, [pooled, pixelOfCode, pixels, tokens]);

  const move = (query: number, key: number): void => {
    const last = tokens - window.count;
    const clamp = (index: number): number => Math.max(0, Math.min(last, Math.round(index)));
    props.onMove({ query: clamp(query), key: clamp(key) });
  };
  const tokenAt = (event: PointerEvent): Cell => {
    const box = (event.currentTarget as Element).getBoundingClientRect();
    return { query: (event.clientY - box.top) / scale, key: (event.clientX - box.left) / scale };
  };
  const keys = (event: KeyboardEvent): void => {
    const step = Math.max(1, Math.round(window.count / 4));
    const by = { ArrowUp: [-step, 0], ArrowDown: [step, 0], ArrowLeft: [0, -step], ArrowRight: [0, step] }[event.key];
    if (!by) return;
    event.preventDefault();
    event.stopPropagation();
    move(window.query + by[0]!, window.key + by[1]!);
  };

  const perPixel = Math.ceil(tokens / pixels);
  const extent = window.count * scale;
  return (
    <figure class="sequence-overview">
      <div class="overview-plot" style={{ width: `${side}px`, height: `${side}px` }}>
        <canvas
          ref={canvas}
          tabIndex={0}
          role="application"
          aria-roledescription="overview map"
          aria-label={
            `All ${tokens} tokens. The map shows queries ${window.query} to ${window.query + window.count - 1} ` +
            `and keys ${window.key} to ${window.key + window.count - 1}. Arrow keys move it.`
          }
          style={{ width: `${side}px`, height: `${side}px` }}
          onKeyDown={keys}
          onPointerDown={(event) => {
            if (event.button !== 0) return;
            event.currentTarget.setPointerCapture(event.pointerId);
            const at = tokenAt(event);
            const inside =
              at.query >= window.query &&
              at.query < window.query + window.count &&
              at.key >= window.key &&
              at.key < window.key + window.count;
            grip.current = inside
              ? { query: at.query - window.query, key: at.key - window.key }
              : { query: window.count / 2, key: window.count / 2 };
            if (!inside) move(at.query - window.count / 2, at.key - window.count / 2);
          }}
          onPointerMove={(event) => {
            if (!grip.current) return;
            const at = tokenAt(event);
            move(at.query - grip.current.query, at.key - grip.current.key);
          }}
          onPointerUp={() => (grip.current = null)}
          onPointerCancel={() => (grip.current = null)}
        />
        <svg width={side} height={side} aria-hidden="true">
          <defs>
            <pattern id="overview-hatch" width="6" height="6" patternUnits="userSpaceOnUse">
              <path d="M-1 1L1 -1M0 6L6 0M5 7L7 5" />
            </pattern>
          </defs>
          <path class="overview-causal" d={`M0 0H${side}V${side}Z`} />
          <circle
            class="overview-selection"
            cx={(props.selection.key + 0.5) * scale}
            cy={(props.selection.query + 0.5) * scale}
            r={3}
          />
          <rect
            class="overview-window"
            x={window.key * scale}
            y={window.query * scale}
            width={extent}
            height={extent}
          />
        </svg>
      </div>
      <figcaption>
        <span>all {tokens} tokens</span>
        <span>
          {perPixel > 1
            ? `max-pooled: a pixel is the largest of ${perPixel} × ${perPixel} weights`
            : 'every weight shows'}
        </span>
        <span>box: the part on show; drag it</span>
      </figcaption>
    </figure>
  );
}
