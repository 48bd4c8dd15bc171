import { codeErrorBound } from '../../../core/numeric/codes';
import { UNKNOWN } from '../../components/format';

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
