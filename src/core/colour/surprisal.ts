import { hex, type RampStops, type Rgb } from './colour';

/** Bits at the end of the ramps of surprisal and entropy; more is drawn the same. */
export const FULL_BITS = 8;

const DARK = [
  [0.15, '#3A2E1A'],
  [0.4, '#6E4A12'],
  [0.65, '#A86C10'],
  [0.85, '#DD9A2B'],
  [1, '#FFD68C'],
] as const;

const LIGHT = [
  [0.15, '#FDF0D8'],
  [0.4, '#F8D292'],
  [0.65, '#EBA53F'],
  [0.85, '#C57411'],
  [1, '#8A4A06'],
] as const;

/** The ramp of surprisal on a ground, from 0 to {@link FULL_BITS}: 0 bits is the ground itself. */
export function surprisalStops(ground: Rgb, dark: boolean): RampStops {
  return [[0, ground], ...(dark ? DARK : LIGHT).map(([at, colour]) => [at, hex(colour)] as const)];
}
