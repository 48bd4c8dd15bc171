import type { OtherForm } from './other';

/** A Fourier transform over the tokens, as FNet has it. https://arxiv.org/abs/2105.03824 */
export const fourier: OtherForm = { mixing: 'unknown', matches: ({ op }) => op === 'DFT' };
