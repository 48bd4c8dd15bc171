/** An axis of seconds from 0: where it ends, and its labels. */
export interface SecondsAxis {
  readonly end: number;
  readonly ticks: readonly { readonly seconds: number; readonly text: string }[];
}

/** Three to six round steps that reach the largest value. */
export function axisOf(most: number): SecondsAxis {
  if (!(most > 0)) return { end: 1, ticks: [] };
  const rough = most / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 2.5, 5, 10].find((factor) => factor * power >= rough * 0.999) ?? 10);
  const count = Math.ceil(most / step - 1e-9);
  const digits = Math.max(0, -Math.floor(Math.log10(step) + 1e-9)) + (/^2\.5/.test((step / power).toFixed(1)) ? 1 : 0);
  const ticks = Array.from({ length: count + 1 }, (_, place) => {
    const seconds = place * step;
    return {
      seconds,
      text: place === count ? `${seconds.toFixed(digits)} s` : seconds.toFixed(place === 0 ? 0 : digits),
    };
  });
  return { end: count * step, ticks };
}
