/** What is shown where nothing is known. */
export const UNKNOWN = '–';

/** Probability with 3 decimals; what would read as 0 or 1 and is not says so. */
export function probability(value: number | null | undefined): string {
  if (value == null || Number.isNaN(value)) return UNKNOWN;
  if (value > 0 && value < 0.0005) return '<0.001';
  if (value < 1 && value >= 0.9995) return '>0.999';
  return value.toFixed(3);
}

/** Bits with 2 decimals. */
export function bits(value: number | null | undefined): string {
  return value == null || Number.isNaN(value) ? UNKNOWN : value.toFixed(2);
}

/** Bits with 2 decimals, or 2 digits where that would read as 0 and is not. */
export function smallBits(value: number | null | undefined): string {
  return value != null && value > 0 && value < 0.005 ? value.toExponential(1).replace('-', '−') : bits(value);
}

const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });

/** A whole number with separators. */
export function count(value: number | null | undefined): string {
  return value == null ? UNKNOWN : whole.format(value);
}

/** `1 token`, `2 tokens`. */
export function counted(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}

/** Tokens per second: whole from 10 on, one decimal below. */
export function rate(value: number | null | undefined): string {
  if (value == null) return UNKNOWN;
  return value >= 10 ? count(Math.round(value)) : value.toFixed(1);
}

/** A probability that is known, or the range that holds it. */
export function probabilityRange({ low, high }: { readonly low: number; readonly high: number }): string {
  const [from, to] = [probability(low), probability(high)];
  if (from === to) return from;
  const [short, other] = [low.toFixed(2), high.toFixed(2)];
  return short === other ? `≈${short}` : `${short}–${other}`;
}
