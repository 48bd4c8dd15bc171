import { boolean, number, record, string, union } from '../core/check/check';

/** Shapes of what runs are made with, wherever it comes from: a page, a request to the engine, a file. */

export const decoderName = string({ min: 1, max: 100 });

export const optionValues = record(union(number(), boolean(), string({ max: 100 })), { max: 100 });
