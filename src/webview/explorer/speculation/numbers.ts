import { UNKNOWN } from '../../components/format';

/** Milliseconds with three digits that count. */
export function milliseconds(value: number | null): string {
  if (value === null) return UNKNOWN;
  if (value > 0 && value < 0.005) return '<0.01 ms';
  return `${value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2)} ms`;
}

/** How many times faster, two decimals; above 10 one. */
export function times(value: number | null): string {
  if (value === null) return UNKNOWN;
  return `${value >= 10 ? value.toFixed(1) : value.toFixed(2)}×`;
}

/** A number with a fixed count of decimals. */
export function decimals(value: number | null, digits: number): string {
  return value === null ? UNKNOWN : value.toFixed(digits);
}
