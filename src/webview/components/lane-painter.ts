import type { TraceToken } from '../../core/trace/record';
import { hatch } from './canvas';
import { css, mix } from '../../core/colour/colour';
import { bits } from './format';
import { type LaneColumns, barOf, middleOf } from './lane-geometry';
import type { ThemeInfo } from './theme';
import { measureText } from './token-measure';

/** What both lanes are drawn from. */
export interface LaneScene {
  readonly tokens: readonly TraceToken[];
  /** null for a text that no run made: nothing is said of prompt and generated. */
  readonly promptLength: number | null;
  /** Token that the cursor of an editor stands before; null where it is elsewhere. */
  readonly cursor: number | null;
  readonly columns: LaneColumns;
  /** Token whose numbers are on show: the one under the pointer, or else the selected one. */
  readonly active: number | null;
  readonly selected: number | null;
  readonly theme: ThemeInfo;
  /** How a token reads on an axis. */
  readonly label: (token: TraceToken) => string;
}

/** Alternatives that the mass lane draws one by one; the rest of the vocabulary is hatched. */
export const STACKED = 12;

const AXIS_FONT = 11;

/** Vertical places of the lane of surprisal and entropy. */
export interface BitsLane {
  readonly height: number;
  readonly top: number;
  readonly step: number;
  /** The most surprising token of the run, where it is worth a word. */
  readonly peak: number | null;
}

/** Room above the plots: for the unit, and for half the label of the uppermost line. */
const BITS_HEAD = 20;
const HEAD = 8;
const FOOT = 6;

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
    context.fillText(`${value}`, columns.left - 8, y);
  }
  context.textAlign = 'left';
  context.fillText('bits', columns.left, 7);
}

/** Marks the columns of the selected token and of the one under the pointer. */
function selection(
  context: CanvasRenderingContext2D,
  pixel: number,
  scene: LaneScene,
  y: number,
  height: number,
): void {
  const { columns, active, selected, theme } = scene;
  for (const index of new Set([selected, active])) {
    if (index === null || index < columns.from || index >= columns.to) continue;
    const x = Math.round((columns.left + (index - columns.from) * columns.column) / pixel) * pixel - pixel;
    const width = Math.round(columns.column / pixel) * pixel + 2 * pixel;
    context.fillStyle = css(theme.colours.focus, index === selected ? (theme.dark ? 0.22 : 0.1) : 0.1);
    context.fillRect(x, y, width, height);
    if (index !== selected && !theme.highContrast) continue;
    context.strokeStyle = css(theme.colours.focus);
    context.lineWidth = 1.5;
    context.setLineDash(index === selected ? [] : [3, 2]);
    context.beginPath();
    context.roundRect(x, y, width, height, 2);
    context.stroke();
    context.setLineDash([]);
  }
}

/** Where the cursor of the editor stands: between two columns. */
function cursorLine(
  context: CanvasRenderingContext2D,
  pixel: number,
  { columns, cursor, theme }: LaneScene,
  y: number,
  height: number,
  name: string,
): void {
  if (cursor === null || cursor < columns.from || cursor > columns.to) return;
  const x = Math.round((columns.left + (cursor - columns.from) * columns.column) / pixel) * pixel;
  context.fillStyle = css(theme.colours.foreground);
  context.fillRect(x - pixel, y, Math.max(2 * pixel, 1.5), height - y);
  if (name === '') return;
  context.font = `${AXIS_FONT}px ${theme.fontFamily}`;
  context.textBaseline = 'middle';
  const left = x - columns.left > context.measureText(name).width + 40;
  context.textAlign = left ? 'right' : 'left';
  context.fillText(name, left ? x - 5 : x + 5, 7);
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

function outline(
  context: CanvasRenderingContext2D,
  pixel: number,
  x: number,
  y: number,
  width: number,
  height: number,
  colour: string,
): void {
  context.strokeStyle = colour;
  context.lineWidth = pixel;
  context.strokeRect(x + pixel / 2, y + pixel / 2, Math.max(0, width - pixel), Math.max(0, height - pixel));
}

/** Vertical places of the lane of probability mass: the plot, the labels, and the rule under the prompt. */
export interface MassLane {
  readonly plot: number;
  readonly labels: number;
}

export function paintMass(context: CanvasRenderingContext2D, pixel: number, scene: LaneScene, lane: MassLane): void {
  const { columns, theme, tokens } = scene;
  const { colours } = theme;
  const top = HEAD;
  const bottom = top + lane.plot;
  context.font = `${AXIS_FONT}px ${theme.fontFamily}`;
  context.textAlign = 'right';
  context.textBaseline = 'middle';
  for (const value of [0, 0.5, 1]) {
    const y = Math.round((bottom - value * lane.plot) / pixel) * pixel;
    context.fillStyle = css(colours.grid);
    context.fillRect(columns.left, y, columns.width - columns.left, Math.round(1 / pixel) * pixel || pixel);
    context.fillStyle = css(colours.muted);
    context.fillText(`${value}`, columns.left - 8, y);
  }

  selection(context, pixel, scene, 1, bottom + lane.labels - 1);
  const rest = hatch(context, mix(colours.background, colours.foreground, theme.highContrast ? 0.7 : 0.36), pixel);
  for (let index = columns.from; index < columns.to; index++) {
    const token = tokens[index];
    if (token?.judgement) stack(context, pixel, scene, token, top, bottom, rest);
  }
  cursorLine(context, pixel, scene, 0, bottom + lane.labels, '');
  axisLabels(context, scene, bottom);
  if (scene.promptLength !== null) promptRule(context, scene, scene.promptLength, bottom + lane.labels + 5);
}

/** One column of mass: alternatives from the most probable up, the chosen one in blue, the rest hatched. */
function stack(
  context: CanvasRenderingContext2D,
  pixel: number,
  { columns, theme }: LaneScene,
  token: TraceToken,
  top: number,
  bottom: number,
  rest: CanvasPattern,
): void {
  const { colours } = theme;
  const judgement = token.judgement!;
  const [x, width] = barOf(columns, token.index, pixel);
  const yOf = (mass: number): number => bottom - Math.min(1, mass) * (bottom - top);
  const grey = [
    mix(colours.background, colours.foreground, 0.3),
    mix(colours.background, colours.foreground, 0.22),
  ] as const;
  // A wall of columns: a little calmer than the single bars of the panel.
  const blue = css(theme.highContrast ? colours.probability : mix(colours.background, colours.probability, 0.78));
  let mass = 0;
  const segment = (probability: number, colour: string | CanvasPattern): void => {
    const y = yOf(mass + probability);
    const height = yOf(mass) - y;
    mass += probability;
    // A line of ground between two parts, where they are high enough to spare it.
    const seam = height >= 3 ? Math.max(pixel, 0.75) : 0;
    context.fillStyle = colour;
    context.fillRect(x, y + seam, width, Math.max(0, height - seam));
    if (colours.contrastBorder && height >= 2) {
      outline(context, pixel, x, y + seam, width, height - seam, css(colours.contrastBorder));
    }
  };
  const shown = judgement.top.slice(0, STACKED);
  shown.forEach((alternative, place) => {
    const chosen = alternative.id === token.id;
    segment(alternative.probability, chosen ? blue : css(grey[place % 2 === 0 ? 0 : 1]));
  });
  if (!shown.some((alternative) => alternative.id === token.id)) {
    segment(Math.max(judgement.probability, pixel / (bottom - top)), blue);
  }
  if (mass < 1) segment(1 - mass, rest);
}

function axisLabels(context: CanvasRenderingContext2D, scene: LaneScene, bottom: number): void {
  const { columns, theme, tokens, selected, active } = scene;
  const size = columns.column >= 11 ? AXIS_FONT : 9.5;
  context.textAlign = 'right';
  context.textBaseline = 'middle';
  for (let index = columns.from; index < columns.to; index++) {
    const token = tokens[index];
    if (!token) continue;
    const strong = index === selected || index === active;
    context.save();
    context.translate(middleOf(columns, index), bottom + 6);
    context.rotate(-Math.PI / 2);
    context.font = `${strong ? '600 ' : ''}${size}px ${theme.fontFamily}`;
    context.fillStyle = css(strong ? theme.colours.foreground : theme.colours.muted);
    context.fillText(fit(context, scene.label(token), LABEL_LENGTH), 0, 0.5);
    context.restore();
  }
}

/** Pixels that a label may take on an axis. */
export const LABEL_LENGTH = 50;

function fit(context: CanvasRenderingContext2D, text: string, width: number): string {
  if (context.measureText(text).width <= width) return text;
  const characters = [...text];
  while (characters.length > 1 && context.measureText(`${characters.join('')}…`).width > width) characters.pop();
  return `${characters.join('')}…`;
}

/** The grey rule that means prompt, everywhere, and how many tokens stand on either side of its end. */
function promptRule(context: CanvasRenderingContext2D, scene: LaneScene, promptLength: number, y: number): void {
  const { columns, theme, tokens } = scene;
  const end = Math.min(promptLength, columns.to);
  context.font = `${AXIS_FONT}px ${theme.fontFamily}`;
  context.textAlign = 'left';
  context.textBaseline = 'top';
  const { background, foreground, muted } = theme.colours;
  let free = columns.left;
  if (end > columns.from) {
    context.fillStyle = css(theme.highContrast ? foreground : mix(background, foreground, 0.52));
    context.fillRect(columns.left, y, (end - columns.from) * columns.column - 1, 2);
    context.fillStyle = css(muted);
    const text = `prompt ${promptLength}`;
    context.fillText(text, columns.left, y + 7);
    free += context.measureText(text).width + 16;
  }
  const generated = tokens.length - promptLength;
  if (generated > 0 && columns.to > promptLength) {
    context.fillStyle = css(muted);
    const start = columns.left + Math.max(0, promptLength - columns.from) * columns.column + 2;
    context.fillText(`generated ${generated}`, Math.max(start, free), y + 7);
  }
}
