import { autoregressive } from './autoregressive';
import type { Decoder } from './decoder';

/** Every decoder, in the order in which lists show them. A new one is one file beside this and one entry here. */
export const DECODERS: readonly Decoder[] = [autoregressive];

/** The decoder of that name, or undefined. */
export function findDecoder(name: string): Decoder | undefined {
  return DECODERS.find((decoder) => decoder.name === name);
}
