/** An axis from 0 in three to six round steps. */
export interface Axis {
  readonly end: number;
  readonly ticks: readonly number[];
  /** Decimals that tell the ticks apart. */
  readonly digits: number;
}

/** @param most the largest value that it must hold; 0 or less: up to 1. */
export function axisTo(most: number): Axis {
  const top = most > 0 ? most : 1;
  const rough = top / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const factor = [1, 2, 2.5, 5, 10].find((each) => each * power >= rough * 0.999) ?? 10;
  const step = factor * power;
  const count = Math.ceil(top / step - 1e-9);
  const digits = Math.max(0, -Math.floor(Math.log10(step) + 1e-9)) + (factor === 2.5 ? 1 : 0);
  return { end: count * step, ticks: Array.from({ length: count + 1 }, (_, place) => place * step), digits };
}
