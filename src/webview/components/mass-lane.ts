import type { TraceToken } from '../../core/trace/record';
import { css, mix } from '../../core/colour/colour';
import { hatch } from './canvas';
import { barOf, middleOf } from './lane-geometry';
import { AXIS_FONT, type LaneScene, cursorLine, outline, selection } from './lane-scene';

/** Alternatives that the mass lane draws one by one; the rest of the vocabulary is hatched. */
export const STACKED = 12;

/** Vertical places of the lane of probability mass: the plot, the labels, and the rule under the prompt. */
export interface MassLane {
  readonly plot: number;
  readonly labels: number;
}

/** Room above the plot, for half the label of the uppermost line. */
const HEAD = 8;

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
