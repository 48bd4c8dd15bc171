import type { Judgement } from '../../core/trace/record';
import { type RampStops, type Rgb, mix, rampAt } from '../../core/colour/colour';
import { FULL_BITS, surprisalStops } from '../../core/colour/surprisal';
import { bits, count, probability } from './format';
import type { ThemeInfo } from './theme';

/** What the text can be coloured by. */
export const MEASURES = ['probability', 'rank', 'surprisal', 'entropy'] as const;
export type MeasureName = (typeof MEASURES)[number];

/** One number of a judgement: what it means, how it is written, and where it stands on its ramp. */
export interface Measure {
  readonly name: MeasureName;
  readonly title: string;
  /** With its unit, as a legend says it. */
  readonly legend: string;
  readonly unit: string;
  /** One sentence for a person who does not know the word. */
  readonly definition: string;
  readonly value: (judgement: Judgement) => number;
  readonly format: (value: number) => string;
  /** Place on the ramp, in [0, 1], not yet clamped. */
  readonly position: (value: number) => number;
  /** Values that the legend names. */
  readonly ticks: readonly number[];
  /** There are values beyond the end of the ramp, which look like the end. */
  readonly open: boolean;
}

/** Rank at the end of its ramp, which is logarithmic. */
const FULL_RANK = 1000;

export const MEASURE: Readonly<Record<MeasureName, Measure>> = {
  probability: {
    name: 'probability',
    title: 'Probability',
    legend: 'probability',
    unit: '',
    definition:
      'Probability that the model gave this token before seeing it: softmax of its raw logits, at temperature 1 and without filters.',
    value: (judgement) => judgement.probability,
    format: probability,
    position: (value) => value,
    ticks: [0, 0.25, 0.5, 0.75, 1],
    open: false,
  },
  rank: {
    name: 'rank',
    title: 'Rank',
    legend: 'rank',
    unit: '',
    definition: 'Place of this token among the whole vocabulary, most probable first. Equals share the better place.',
    value: (judgement) => judgement.rank,
    format: count,
    position: (value) => Math.log(value) / Math.log(FULL_RANK),
    ticks: [1, 10, 100, FULL_RANK],
    open: true,
  },
  surprisal: {
    name: 'surprisal',
    title: 'Surprisal',
    legend: 'surprisal, bits',
    unit: 'bits',
    definition: 'Minus the binary logarithm of the probability: 1 bit for a probability of 1/2, 2 bits for 1/4.',
    value: (judgement) => judgement.surprisal,
    format: bits,
    position: (value) => value / FULL_BITS,
    ticks: [0, 2, 4, 6, FULL_BITS],
    open: true,
  },
  entropy: {
    name: 'entropy',
    title: 'Entropy',
    legend: 'entropy, bits',
    unit: 'bits',
    definition:
      'The surprisal that the model expected here: the mean over the whole vocabulary, weighted by probability. 0 bits where it was certain.',
    value: (judgement) => judgement.entropy,
    format: bits,
    position: (value) => value / FULL_BITS,
    ticks: [0, 2, 4, 6, FULL_BITS],
    open: true,
  },
};

/** The number of a judgement; one that only bounds it says so: `≥ 21` for a rank, `≥ 2.31` or `2.31–3.40` for an entropy. */
export function measureText(name: MeasureName, judgement: Judgement): string {
  const measure = MEASURE[name];
  const { partial } = judgement;
  const text = measure.format(measure.value(judgement));
  if (name === 'rank') return partial?.rankKnown === false ? `≥ ${text}` : text;
  if (name !== 'entropy' || !partial) return text;
  const most = partial.entropyAtMost;
  if (most === null) return `≥ ${text}`;
  return measure.format(most) === text ? text : `${text}–${measure.format(most)}`;
}

/** What the number means, and where it is a bound, how it was found. */
export function measureMeaning(name: MeasureName, judgement: Judgement | null): string {
  const { definition } = MEASURE[name];
  const { partial } = judgement ?? {};
  if (!partial) return definition;
  if (name === 'rank' && !partial.rankKnown) {
    return `${definition} The server did not tell it: this is the best that it can be.`;
  }
  if (name !== 'entropy') return definition;
  return (
    `${definition} The server told the most probable tokens only, so this is the least that it can be: ` +
    'Σ −p log2 p over the tokens that were told, with the mass of all others on as few tokens as can hold it, none more ' +
    'probable than the last one told. ' +
    (partial.entropyAtMost === null
      ? 'Nothing bounds it from above: the server does not say how many tokens there are.'
      : 'At most: all others share their mass equally.')
  );
}

/**
 * The ramp of a measure; stop 0 is the ground. Amber is surprisal and blue is probability, as everywhere; rank and
 * entropy have no hue of their own and are shades of the ink.
 */
export function measureStops(name: MeasureName, theme: ThemeInfo): RampStops {
  const { background, foreground, probability: blue } = theme.colours;
  switch (name) {
    case 'surprisal':
      return surprisalStops(background, theme.dark);
    case 'probability':
      return [
        [0, background],
        [1, mix(background, blue, theme.dark ? 0.72 : 0.78)],
      ];
    case 'rank':
    case 'entropy':
      return [
        [0, background],
        [0.35, mix(background, foreground, 0.2)],
        [1, mix(background, foreground, 0.78)],
      ];
  }
}

/** Fill of a token; null for one that nothing predicted, and where the ramp says no more than the ground. */
export function measureFill(measure: Measure, judgement: Judgement | null, stops: RampStops): Rgb | null {
  if (!judgement) return null;
  const position = measure.position(measure.value(judgement));
  return position < 0.02 ? null : rampAt(stops, position);
}
