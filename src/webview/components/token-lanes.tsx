import { useCallback, useMemo, useRef, useState } from 'preact/hooks';
import { FULL_BITS } from '../../core/colour/surprisal';
import { tokenLabel } from '../../core/text/tokens';
import type { Judgement, TraceToken } from '../../core/trace/record';
import { Canvas } from './canvas';
import { bits, count, probability } from './format';
import { laneColumns, tokenAt, windowSize, windowStart } from './lane-geometry';
import { bitsAxis, paintBits } from './bits-lane';
import type { LaneScene } from './lane-scene';
import { LABEL_LENGTH, STACKED, paintMass } from './mass-lane';
import { MINIMAP_HEIGHT, Minimap } from './minimap';
import type { ThemeInfo } from './theme';
import { type MeasureName, measureText } from './token-measure';
import { useSize } from './use-size';
import './hatched.css';
import './token-lanes.css';

export interface TokenLanesProps {
  readonly tokens: readonly TraceToken[];
  /** null for a text that no run made. */
  readonly promptLength: number | null;
  /** Token that the cursor of an editor stands before. */
  readonly cursor?: number | null;
  /** Room is scarce, as in the editor's panel: the plots may be low. */
  readonly low?: boolean;
  readonly selected: number | null;
  readonly hovered: number | null;
  readonly onSelect: (index: number) => void;
  readonly onHover: (index: number | null) => void;
  readonly theme: ThemeInfo;
  /** Shows the end of the run while it grows. */
  readonly follow: boolean;
  readonly onKeyDown: (event: KeyboardEvent) => void;
}

/** Pixels of the axis at the left, of the rule below the labels, and of each plot at least and at most. */
const AXIS = 34;
const PROMPT_RULE = 26;
const LANE = { least: 112, most: 236 };
const MASS = { least: 64, most: 116 };
const LOW_LANE = { least: 64, most: 236 };
const LOW_MASS = { least: 32, most: 116 };

/**
 * One column a token: a bar of its surprisal under the line of entropy, and below it the probability mass, most
 * probable at the bottom. A run longer than the window has a map of the whole.
 */
export function TokenLanes(props: TokenLanesProps) {
  const { tokens, promptLength, selected, hovered, theme, follow, cursor = null, low = false } = props;
  const [pane, size] = useSize<HTMLDivElement>();
  const [caption, { height: captionHeight }] = useSize<HTMLDivElement>();
  const { width, height } = size;

  const room = windowSize(Math.max(1, width - AXIS));
  const long = tokens.length > room;
  const [start, setStart] = useWindow(tokens.length, room, selected);
  const from = long ? (follow ? windowStart(tokens.length, room, null, tokens.length) : start) : 0;

  const columns = laneColumns(tokens.length, from, width, AXIS);
  const { axis, peak } = useMemo(() => ({ axis: bitsAxis(tokens), peak: peakOf(tokens) }), [tokens, tokens.length]);
  const active = hovered ?? selected;
  const label = useCallback((token: TraceToken) => tokenLabel(token.text), []);
  const scene: LaneScene = { tokens, promptLength, cursor, columns, active, selected, theme, label };

  // What the height leaves beside captions and labels goes to the two plots.
  const labels = LABEL_LENGTH + 12;
  const rule = promptLength === null ? 4 : PROMPT_RULE;
  const free = height - (captionHeight + 8 + labels + rule) - (long ? 26 + MINIMAP_HEIGHT : 0);
  const mass = Math.round(between(low ? LOW_MASS : MASS, free * 0.34));
  const lane = Math.round(between(low ? LOW_LANE : LANE, free - mass));
  const massHeight = 8 + mass + labels + rule;

  const at = (event: PointerEvent | MouseEvent): number | null =>
    tokenAt(columns, event.clientX - (event.currentTarget as HTMLElement).getBoundingClientRect().left);
  const pointer = {
    onPointerMove: (event: PointerEvent) => props.onHover(at(event)),
    onPointerLeave: () => props.onHover(null),
    onClick: (event: MouseEvent) => {
      const index = at(event);
      if (index !== null) props.onSelect(index);
    },
  };
  const onWheel = (event: WheelEvent): void => {
    const delta = Math.abs(event.deltaX) > Math.abs(event.deltaY) ? event.deltaX : event.shiftKey ? event.deltaY : 0;
    if (!long || delta === 0) return;
    event.preventDefault();
    setStart(from + Math.round(delta / columns.column));
  };
  const spoken = useMemo(() => (selected === null ? '' : describe(tokens[selected])), [tokens, selected]);

  return (
    <div class="lanes" ref={pane}>
      <div
        class="lanes-slider"
        role="slider"
        tabIndex={0}
        aria-label="Selected token, with its surprisal and entropy"
        aria-orientation="horizontal"
        aria-valuemin={0}
        aria-valuemax={Math.max(0, tokens.length - 1)}
        aria-valuenow={selected ?? 0}
        aria-valuetext={spoken}
        onKeyDown={props.onKeyDown}
        onWheel={onWheel}
      >
        <div class="lane" {...pointer}>
          <Canvas
            width={width}
            height={lane}
            draw={(context, pixel) => paintBits(context, pixel, scene, { height: lane, peak, ...axis })}
          />
        </div>
        <div class="lane-caption" ref={caption}>
          <span class="lane-title">
            <strong>Probability mass</strong>, rank 1 at the bottom
          </span>
          <span class="key">
            <i class="swatch swatch-chosen" />
            chosen token
          </span>
          <span class="key">
            <i class="swatch swatch-other" />
            other top {STACKED}
          </span>
          <span class="key">
            <i class="swatch swatch-rest" />
            rest of the vocabulary
          </span>
        </div>
        <div class="lane" {...pointer}>
          <Canvas
            width={width}
            height={massHeight}
            draw={(context, pixel) => paintMass(context, pixel, scene, { plot: mass, labels })}
          />
        </div>
        {long && (
          <>
            <div class="lane-caption">
              <span class="lane-title">
                Tokens {count(columns.from)} to {count(columns.to - 1)} of {count(tokens.length)}
              </span>
              <span>below: the highest surprisal of the whole run, to {FULL_BITS}+ bits</span>
            </div>
            <Minimap
              tokens={tokens}
              promptLength={promptLength}
              from={columns.from}
              to={columns.to}
              selected={selected}
              theme={theme}
              left={AXIS}
              width={width}
              onMove={(index) => setStart(index - Math.floor(room / 2))}
            />
          </>
        )}
      </div>
    </div>
  );
}

/**
 * First token of the window. It follows the selection in the same frame; what the user scrolled to stays until the
 * selection moves.
 */
function useWindow(count: number, room: number, selected: number | null): readonly [number, (start: number) => void] {
  const kept = useRef({ start: 0, room, selected });
  const [, redraw] = useState(0);
  const { current } = kept;
  if (current.selected !== selected || current.room !== room) {
    kept.current = { start: windowStart(count, room, selected, current.start), room, selected };
  }
  const move = (start: number): void => {
    kept.current = { ...kept.current, start: windowStart(count, room, null, start) };
    redraw((times) => times + 1);
  };
  return [Math.min(kept.current.start, Math.max(0, count - room)), move];
}

function between(limits: { readonly least: number; readonly most: number }, value: number): number {
  return Math.min(limits.most, Math.max(limits.least, value));
}

/** The most surprising token, where it is worth a word. */
function peakOf(tokens: readonly TraceToken[]): number | null {
  let [peak, most] = [null as number | null, 2];
  tokens.forEach(({ judgement }, index) => {
    if (judgement && judgement.surprisal > most) [peak, most] = [index, judgement.surprisal];
  });
  return peak;
}

/** A token in words, for those who hear the page. */
export function describe(token: TraceToken | undefined): string {
  if (!token) return '';
  const place = `position ${token.index}, ${tokenLabel(token.text)}`;
  const { judgement } = token;
  if (!judgement) {
    return `${place}, ${token.index === 0 ? 'first token: nothing predicted it' : 'no probability was told'}`;
  }
  return (
    `${place}, probability ${probability(judgement.probability)}, rank ${inWords('rank', judgement)}, ` +
    `surprisal ${bits(judgement.surprisal)} bits, entropy ${inWords('entropy', judgement)} bits`
  );
}

function inWords(name: MeasureName, judgement: Judgement): string {
  return measureText(name, judgement).replace('≥', 'at least').replace('–', ' to ');
}

/** The line of entropy, as a legend shows it. */
export function EntropyKey() {
  return (
    <svg class="entropy-key" width="22" height="12" viewBox="0 0 22 12" aria-hidden="true">
      <path d="M1 9 8 3 14 8 21 3" fill="none" stroke="currentColor" stroke-width="1.25" />
      <circle cx="8" cy="3" r="1.8" fill="currentColor" />
      <circle cx="14" cy="8" r="1.8" fill="currentColor" />
    </svg>
  );
}
