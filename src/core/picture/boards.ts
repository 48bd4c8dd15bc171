import type { LifeReading, LifeResult } from '../notebook/life-result';
import { lifeSentence } from '../notebook/life-result';
import { decodingSentence } from '../notebook/life-decoding';
import { errorOf } from '../life/prediction';
import { element, FAINT_INK, picture, RULE, text } from './svg';

const WIDTH = 900;
const MARGIN = 12;
const GAP = 20;
const BOARD = 160;
/** Boards that are drawn: the first, and the last ones beside it. */
const MOST_BOARDS = 5;

const LIVE = '#3B3B3B';
const ERROR = '#C8460F';

/** What a model made of a board as one SVG: the start and the last predictions, wrong cells marked by shape. */
export function lifePicture(result: LifeResult, reading: LifeReading): string {
  const steps = reading.predicted.length;
  const shown = [
    0,
    ...Array.from({ length: Math.min(steps, MOST_BOARDS) - 1 }, (_, i) => steps - Math.min(steps, MOST_BOARDS) + 1 + i),
  ];
  const boards = shown.map((at, place) => {
    const x = MARGIN + place * (BOARD + GAP);
    return (
      element('g', { transform: `translate(${x} 40)` }, boardOf(reading, at)) +
      text(x, 36, at === 0 ? 'start' : `step ${at}`, { fill: FAINT_INK, 'font-size': 11 })
    );
  });
  const sentence = lifeSentence(result, reading);
  const legend =
    reading.report.own > 0
      ? text(MARGIN, 40 + BOARD + 20, '+ false birth   o false death', { fill: ERROR, 'font-size': 11 })
      : '';
  const decoded = result.decoding ? decodingSentence(result.decoding) : '';
  const below = decoded ? text(MARGIN, 40 + BOARD + 36, decoded, { fill: FAINT_INK, 'font-size': 12 }) : '';
  return picture(
    WIDTH,
    40 + BOARD + (decoded ? 46 : 30),
    [sentence, decoded].filter((part) => part !== '').join('; '),
    text(MARGIN, 18, sentence, { fill: FAINT_INK, 'font-size': 12 }) + boards.join('') + legend + below,
  );
}

function boardOf({ size, predicted, exact }: LifeReading, at: number): string {
  const cell = BOARD / Math.max(size.width, size.height);
  const cells: string[] = [];
  predicted[at]?.forEach((alive, place) => {
    const [x, y] = [(place % size.width) * cell, Math.floor(place / size.width) * cell];
    if (alive)
      cells.push(
        element('rect', { x: x + cell * 0.1, y: y + cell * 0.1, width: cell * 0.8, height: cell * 0.8, fill: LIVE }),
      );
    const error = errorOf(alive, exact[at]?.[place] ?? alive);
    if (error) cells.push(markOf(error === 'false-birth', x, y, cell));
  });
  const frame = element('rect', { width: size.width * cell, height: size.height * cell, fill: 'none', stroke: RULE });
  return frame + cells.join('');
}

function markOf(birth: boolean, x: number, y: number, cell: number): string {
  const [middle, centre] = [x + cell / 2, y + cell / 2];
  const arm = cell * 0.4;
  const stroke = { stroke: ERROR, 'stroke-width': Math.max(1, cell * 0.18), fill: 'none' };
  return birth
    ? element('path', { d: `M${middle - arm} ${centre}h${2 * arm}M${middle} ${centre - arm}v${2 * arm}`, ...stroke })
    : element('circle', { cx: middle, cy: centre, r: arm, ...stroke });
}
