import { axisTo } from '../../components/axis';

/** An axis of seconds from 0: where it ends, and its labels. */
export interface SecondsAxis {
  readonly end: number;
  readonly ticks: readonly { readonly seconds: number; readonly text: string }[];
}

/** Three to six round steps that reach the largest value. */
export function axisOf(most: number): SecondsAxis {
  if (!(most > 0)) return { end: 1, ticks: [] };
  const { end, ticks, digits } = axisTo(most);
  const textOf = (seconds: number, place: number): string =>
    place === ticks.length - 1 ? `${seconds.toFixed(digits)} s` : seconds.toFixed(place === 0 ? 0 : digits);
  return { end, ticks: ticks.map((seconds, place) => ({ seconds, text: textOf(seconds, place) })) };
}
