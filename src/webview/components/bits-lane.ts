import { css, mix } from '../../core/colour/colour';
import { endWithoutOutliers } from '../../core/numeric/outliers';
import type { TraceToken } from '../../core/trace/record';
import { bits } from './format';
import { type LaneColumns, axisOfBits, barOf, middleOf } from './lane-geometry';
import { AXIS_FONT, type LaneScene, cursorLine, outline, selection } from './lane-scene';
import type { ThemeInfo } from './theme';
import { measureText } from './token-measure';

/** Vertical places of the lane of surprisal and entropy. */
export interface BitsLane {
  readonly height: number;
  readonly top: number;
  readonly step: number;
  /** Some token of the run has more bits than the axis holds. */
  readonly clips: boolean;
  /** The most surprising token of the run, where it is worth a word. */
  readonly peak: number | null;
}

/** Room above the plot, for the unit and for half the label of the uppermost line, and below it. */
const BITS_HEAD = 20;
const FOOT = 6;

/** Bits that no axis ends below. */
const LEAST_BITS = 4;

/** The axis of bits holds every entropy, and of the surprisals all but a few that would flatten the rest. */
export function bitsAxis(tokens: readonly TraceToken[]): Pick<BitsLane, 'top' | 'step' | 'clips'> {
  const judged = tokens.flatMap(({ judgement }) => judgement ?? []);
  const surprisals = judged.map(({ surprisal }) => surprisal);
  const most = judged.reduce((end, { entropy }) => Math.max(end, entropy), endWithoutOutliers(surprisals, LEAST_BITS));
  const axis = axisOfBits(most);
  return { ...axis, clips: surprisals.some((surprisal) => surprisal > axis.top) };
}

export function paintBits(context: CanvasRenderingContext2D, pixel: number, scene: LaneScene, lane: BitsLane): void {
  const { columns, theme, tokens } = scene;
  const { colours } = theme;
  const plot = lane.height - BITS_HEAD - FOOT;
  const yOf = (value: number): number => BITS_HEAD + plot * (1 - Math.min(value, lane.top) / lane.top);

  grid(context, pixel, scene, lane, yOf);
  selection(context, pixel, scene, 1, lane.height - 2);

  for (let index = columns.from; index < columns.to; index++) {
    const judgement = tokens[index]?.judgement;
    if (!judgement) continue;
    const [x, width] = barOf(columns, index, pixel);
    const y = Math.min(yOf(judgement.surprisal), yOf(0) - pixel);
    context.fillStyle = css(colours.surprisal);
    context.fillRect(x, y, width, yOf(0) - y);
    if (colours.contrastBorder) outline(context, pixel, x, y, width, yOf(0) - y, css(colours.contrastBorder));
  }
  beyond(context, scene, lane);
  cursorLine(context, pixel, scene, 2, lane.height, 'cursor');
  entropyLine(context, scene, yOf);
  peak(context, scene, lane, yOf);
  readout(context, scene, yOf);
}

/** Value lines of the axis, and its unit above them. */
function grid(
  context: CanvasRenderingContext2D,
  pixel: number,
  { columns, theme }: LaneScene,
  lane: BitsLane,
  yOf: (value: number) => number,
): void {
  const { colours } = theme;
  context.font = `${AXIS_FONT}px ${theme.fontFamily}`;
  context.textAlign = 'right';
  context.textBaseline = 'middle';
  for (let value = 0; value <= lane.top + 1e-9; value += lane.step) {
    const y = Math.round(yOf(value) / pixel) * pixel;
    context.fillStyle = css(value === 0 ? mix(colours.grid, colours.muted, 0.5) : colours.grid);
    context.fillRect(columns.left, y, columns.width - columns.left, Math.max(pixel, Math.round(1 / pixel) * pixel));
    context.fillStyle = css(colours.muted);
    const open = lane.clips && value + lane.step > lane.top + 1e-9;
    context.fillText(open ? `${value}+` : `${value}`, columns.left - 8, y);
  }
  context.textAlign = 'left';
  context.fillText('bits', columns.left, 7);
}

/** A bar that goes on beyond the axis: broken, with a point, and with its bits above it where there is room. */
function beyond(context: CanvasRenderingContext2D, { columns, tokens, theme }: LaneScene, { top }: BitsLane): void {
  context.font = `${AXIS_FONT}px ${theme.fontFamily}`;
  context.textAlign = 'left';
  context.textBaseline = 'middle';
  // The unit of the axis stands at the left.
  let free = columns.left + context.measureText('bits').width + 8;
  for (let index = columns.from; index < columns.to; index++) {
    const surprisal = tokens[index]?.judgement?.surprisal ?? 0;
    if (surprisal <= top) continue;
    const [x, width] = barOf(columns, index, 1);
    context.fillStyle = css(theme.colours.background);
    context.beginPath();
    context.moveTo(x - 1, BITS_HEAD + 10);
    context.lineTo(x + width + 1, BITS_HEAD + 5);
    context.lineTo(x + width + 1, BITS_HEAD + 8);
    context.lineTo(x - 1, BITS_HEAD + 13);
    context.fill();
    const middle = x + width / 2;
    context.fillStyle = css(theme.colours.surprisal);
    context.beginPath();
    context.moveTo(middle - 4, BITS_HEAD);
    context.lineTo(middle, BITS_HEAD - 5);
    context.lineTo(middle + 4, BITS_HEAD);
    context.fill();
    const text = bits(surprisal);
    const wide = context.measureText(text).width;
    const left = Math.max(columns.left, Math.min(middle - wide / 2, columns.width - wide));
    if (left < free) continue;
    free = left + wide + 6;
    context.fillStyle = css(theme.colours.muted);
    context.fillText(text, left, 7);
  }
}

function entropyLine(context: CanvasRenderingContext2D, scene: LaneScene, yOf: (value: number) => number): void {
  const { columns, tokens, theme, active } = scene;
  const ink = css(theme.colours.foreground);
  context.strokeStyle = ink;
  context.fillStyle = ink;
  context.lineWidth = 1.25;
  context.lineJoin = 'round';
  context.beginPath();
  let drawing = false;
  const dots: [number, number][] = [];
  for (let index = columns.from; index < columns.to; index++) {
    const judgement = tokens[index]?.judgement;
    if (!judgement) {
      drawing = false;
      continue;
    }
    const [x, y] = [middleOf(columns, index), yOf(judgement.entropy)];
    if (drawing) context.lineTo(x, y);
    else context.moveTo(x, y);
    drawing = true;
    dots.push([x, y]);
  }
  context.stroke();
  if (columns.column >= 7) {
    context.beginPath();
    for (const [x, y] of dots) {
      context.moveTo(x + 1.8, y);
      context.arc(x, y, 1.8, 0, 2 * Math.PI);
    }
    context.fill();
  }
  const judgement = active === null ? null : tokens[active]?.judgement;
  if (active === null || !judgement || active < columns.from || active >= columns.to) return;
  context.beginPath();
  context.arc(middleOf(columns, active), yOf(judgement.entropy), 3.2, 0, 2 * Math.PI);
  context.fillStyle = css(theme.colours.background);
  context.fill();
  context.lineWidth = 1.5;
  context.stroke();
}

/** Names the most surprising token, beside its bar. */
function peak(
  context: CanvasRenderingContext2D,
  scene: LaneScene,
  lane: BitsLane,
  yOf: (value: number) => number,
): void {
  const { columns, tokens, theme } = scene;
  const index = lane.peak;
  const judgement = index === null ? null : tokens[index]?.judgement;
  if (index === null || !judgement || index < columns.from || index >= columns.to || index === scene.active) return;
  const text = `most surprising, ${bits(judgement.surprisal)} bits`;
  context.font = `${AXIS_FONT}px ${theme.fontFamily}`;
  const width = context.measureText(text).width;
  const [x, barWidth] = barOf(columns, index, 1);
  const y = Math.max(BITS_HEAD + AXIS_FONT, yOf(judgement.surprisal) + AXIS_FONT / 2 + 2);
  const left = [x + barWidth + 8, x - 8 - width].find(
    (place) =>
      place >= columns.left &&
      place + width <= columns.width &&
      clearAbove(scene, place, width, yOf) > y + AXIS_FONT &&
      ![scene.selected, scene.active].some((marked) => marked !== null && covers(columns, marked, place, width)),
  );
  if (left === undefined) return;
  plate(context, theme, left, y - 8, width, 16);
  context.textAlign = 'left';
  context.textBaseline = 'middle';
  context.fillStyle = css(theme.colours.muted);
  context.fillText(text, left, y);
}

/** The numbers of the active token, beside its column where they cover least. */
function readout(context: CanvasRenderingContext2D, scene: LaneScene, yOf: (value: number) => number): void {
  const { columns, tokens, theme, active } = scene;
  const judgement = active === null ? null : tokens[active]?.judgement;
  if (active === null || !judgement || active < columns.from || active >= columns.to) return;
  const lines = [`entropy ${measureText('entropy', judgement)}`, `surprisal ${bits(judgement.surprisal)}`];
  context.font = `${AXIS_FONT}px ${theme.fontFamily}`;
  const width = Math.max(...lines.map((line) => context.measureText(line).width));
  const height = 2 * 15;
  const x = columns.left + (active - columns.from) * columns.column;
  const places = [x + columns.column + 9, x - 9 - width].filter(
    (left) => left >= columns.left + 2 && left + width <= columns.width - 2,
  );
  // Higher on the page is freer: bars and line grow from below.
  const best = places
    .map((left) => ({ left, clear: clearAbove(scene, left, width, yOf) }))
    .reduce<{ left: number; clear: number } | null>((a, b) => (a && a.clear >= b.clear ? a : b), null);
  if (!best) return;
  const wanted = yOf(Math.max(judgement.entropy, judgement.surprisal)) - height / 2;
  const y = Math.max(4, Math.min(wanted, best.clear - height - 8));
  plate(context, theme, best.left, y - 2, width, height + 2);
  context.textAlign = 'left';
  context.textBaseline = 'middle';
  context.fillStyle = css(theme.colours.foreground);
  lines.forEach((line, row) => context.fillText(line, best.left, y + 7 + 15 * row));
}

/** Whether a text from `left` lies over the column of a token. */
function covers(columns: LaneColumns, index: number, left: number, width: number): boolean {
  const x = columns.left + (index - columns.from) * columns.column;
  return x < left + width + 4 && x + columns.column > left - 4;
}

/** Highest ink of bars and line between two places, in pixels from the top. */
function clearAbove(scene: LaneScene, left: number, width: number, yOf: (value: number) => number): number {
  const { columns, tokens } = scene;
  let clear = Infinity;
  const first = Math.floor((left - columns.left) / columns.column) + columns.from;
  const last = Math.ceil((left + width - columns.left) / columns.column) + columns.from;
  for (let index = Math.max(first, columns.from); index < Math.min(last + 1, columns.to); index++) {
    const judgement = tokens[index]?.judgement;
    if (judgement) clear = Math.min(clear, yOf(Math.max(judgement.surprisal, judgement.entropy)));
  }
  return clear;
}

function plate(
  context: CanvasRenderingContext2D,
  theme: ThemeInfo,
  x: number,
  y: number,
  width: number,
  height: number,
): void {
  context.fillStyle = css(theme.colours.background, 0.88);
  context.beginPath();
  context.roundRect(x - 3, y, width + 6, height, 3);
  context.fill();
}
