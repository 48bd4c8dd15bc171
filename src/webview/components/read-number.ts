import { count } from './format';

export interface NumberRange {
  readonly min: number;
  readonly max: number;
  readonly whole: boolean;
}

export type ReadNumber =
  | { readonly ok: true; readonly value: number }
  /** `why`: a sentence without its full stop, for a field that says what stays. */
  | { readonly ok: false; readonly why: string };

/** A number as it was typed into a field, with a comma for the point where one is used to it. */
export function readNumber(text: string, range: NumberRange): ReadNumber {
  const typed = text.trim();
  const value = typed === '' ? NaN : Number(typed.replace(',', '.'));
  const { min, max, whole } = range;
  if (value >= min && value <= max && (!whole || Number.isSafeInteger(value))) return { ok: true, value };
  return { ok: false, why: refusal(text, rangeText(range)) };
}

/** `“x” is not a number from 0 to 1` */
export function refusal(text: string, wanted: string): string {
  const typed = text.trim();
  return typed === '' ? `Nothing was typed: ${wanted}` : `“${shortened(typed)}” is not ${wanted}`;
}

function rangeText({ min, max, whole }: NumberRange): string {
  return `a ${whole ? 'whole ' : ''}number from ${figure(min)} to ${figure(max)}`;
}

function figure(value: number): string {
  return Number.isSafeInteger(value) ? count(value) : String(value);
}

function shortened(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}
