import type { FilterSettings } from '../../core/decode/filters';

/** The settings that cut or reshape a distribution, in the order in which they work. */
export const FILTER_KEYS = ['temperature', 'topK', 'topP', 'minP'] as const;
export type FilterKey = (typeof FILTER_KEYS)[number];

/** One setting as a slider: places from 0 to `last`, each with a value. */
export interface FilterScale {
  readonly title: string;
  /** One sentence: what it does. */
  readonly definition: string;
  readonly last: number;
  /** The value that changes nothing. */
  readonly off: number;
  readonly valueAt: (place: number) => number;
  /** Nearest place, which need not be whole: marks stand between places. */
  readonly placeOf: (value: number) => number;
  readonly format: (value: number) => string;
  /** A typed value, or null where it is none. */
  readonly parse: (text: string) => number | null;
  /** What counts as one, such as `a number from 0 to 1`. */
  readonly accepts: string;
}

const MOST_TEMPERATURE = 2;
const MOST_MIN_P = 0.5;

export function filterScale(key: FilterKey, vocabularySize: number | null): FilterScale {
  switch (key) {
    case 'temperature':
      return {
        title: 'Temperature',
        definition: 'Divides the logits: below 1 sharper, above 1 flatter, 0 always takes the most probable token.',
        last: MOST_TEMPERATURE * 20,
        off: 1,
        valueAt: (place) => place / 20,
        placeOf: (value) => Math.min(MOST_TEMPERATURE, value) * 20,
        format: (value) => trimmed(value),
        parse: (text) => decimal(text, 100),
        accepts: 'a number from 0 to 100',
      };
    case 'topK': {
      const stops = topKStops(vocabularySize ?? 50_000);
      return {
        title: 'Top-k',
        definition: 'Keeps the k most probable tokens.',
        last: stops.length,
        off: 0,
        valueAt: (place) => stops[place] ?? 0,
        placeOf: (value) => (value === 0 ? stops.length : placeAmong(stops, value)),
        format: (value) => (value === 0 ? 'off' : `${value}`),
        parse: (text) => {
          const value = isOff(text) ? 0 : decimal(text, 2 ** 31 - 1);
          return value === null ? null : Math.round(value);
        },
        accepts: 'a number of tokens, or off',
      };
    }
    case 'topP':
      return {
        title: 'Top-p',
        definition: 'Keeps the smallest set of most probable tokens whose mass reaches p.',
        last: 100,
        off: 1,
        valueAt: (place) => place / 100,
        placeOf: (value) => value * 100,
        format: (value) => (value >= 1 ? 'off' : trimmed(value)),
        parse: (text) => (isOff(text) ? 1 : decimal(text, 1)),
        accepts: 'a number from 0 to 1, or off',
      };
    case 'minP':
      return {
        title: 'Min-p',
        definition: 'Keeps tokens with at least this fraction of the largest probability.',
        last: 50,
        off: 0,
        valueAt: (place) => (place / 50) * MOST_MIN_P,
        placeOf: (value) => (Math.min(MOST_MIN_P, value) / MOST_MIN_P) * 50,
        format: (value) => (value === 0 ? 'off' : trimmed(value)),
        parse: (text) => (isOff(text) ? 0 : decimal(text, 1)),
        accepts: 'a number from 0 to 1, or off',
      };
  }
}

/** The chip's text: `temperature 0.7`, `top-k off`. */
export function filterChip(key: FilterKey, settings: FilterSettings): readonly [name: string, value: string] {
  const scale = filterScale(key, null);
  return [scale.title.toLowerCase(), scale.format(settings[key])];
}

/** Values of k: every one up to 20, then steps of about a tenth up to the vocabulary. */
function topKStops(vocabularySize: number): readonly number[] {
  const stops: number[] = [];
  for (let k = 1; k < vocabularySize; k = Math.max(k + 1, Math.round(k * 1.1))) stops.push(k);
  return stops;
}

function placeAmong(stops: readonly number[], value: number): number {
  const above = stops.findIndex((stop) => stop >= value);
  if (above <= 0) return above < 0 ? stops.length - 1 : 0;
  const [low, high] = [stops[above - 1]!, stops[above]!];
  return above - (high - value) / (high - low);
}

/** Two decimals, and more only where they are needed. */
function trimmed(value: number): string {
  const short = value.toFixed(2);
  return Number(short) === value ? short : String(Number(value.toPrecision(4)));
}

function isOff(text: string): boolean {
  return ['off', 'none', ''].includes(text.trim().toLowerCase());
}

function decimal(text: string, most: number): number | null {
  const value = Number(text.trim().replace(',', '.'));
  return text.trim() !== '' && Number.isFinite(value) && value >= 0 && value <= most ? value : null;
}
