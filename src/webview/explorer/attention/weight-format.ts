import { codeErrorBound } from '../../../core/numeric/codes';
import { UNKNOWN } from '../../components/format';
import { LOG_FLOOR, type WeightScale } from '../../components/ramp';

/** A weight with 2 decimals; what would read as 0 and is not says so. */
export function weightText(weight: number | null | undefined): string {
  if (weight == null || Number.isNaN(weight)) return UNKNOWN;
  if (weight > 0 && weight < 0.005) return '<0.01';
  return weight.toFixed(2);
}

/** The same where there is room for little: 0 is any weight that rounds to it. */
export function shortWeight(weight: number): string {
  return weight < 0.005 ? '0' : weight.toFixed(2);
}

/** The weight as it is known, with what that is worth. */
export function weightDetail(weight: number, exact: boolean): string {
  return exact
    ? `${Number(weight.toPrecision(6))}, exact`
    : `${weight.toFixed(3)} ± ${codeErrorBound(weight).toFixed(3)}, from an 8-bit code`;
}

/** What an attention weight is. */
export const WEIGHT_DEFINITION =
  'Attention weight A[q,k]: the share of its attention that the query q gives to the key k, softmax over all keys up to q. ' +
  'The weights of one query sum to 1.';

/** What stands on a ramp: the scale, where it begins and ends, and what is left out of the rows. */
export function scaleText(scale: WeightScale, top: number | null, without: string): string {
  const name = { linear: 'linear scale', sqrt: 'square-root scale', log: `log scale from ${LOG_FLOOR}, less as 0` }[
    scale
  ];
  const end = top === null ? '' : ` to the largest on show, ${top.toPrecision(2)}`;
  return `attention weight${without && ` ${without}`}, ${name}${end}`;
}

const POWERS: ReadonlyMap<number, string> = new Map([
  [LOG_FLOOR, '10⁻⁴'],
  [0.001, '10⁻³'],
]);

/** A weight below the ramp; on the logarithmic scale the small ones are short, because they stand close. */
export function tickText(weight: number, scale: WeightScale): string {
  return (scale === 'log' ? POWERS.get(weight) : undefined) ?? `${Number(weight.toPrecision(2))}`;
}

/** Names the keys that are left out, or nothing where none is. */
export function withoutText(without: readonly number[], labels: readonly string[]): string {
  if (without.length === 0) return '';
  const named = without.slice(0, 3).map((key) => `${labels[key] ?? ''} (${key})`);
  const more = without.length - named.length;
  return `without ${named.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
