import { CODES, WEIGHT_OF_CODE } from '../../core/numeric/codes';
import { type RampStops, type Rgb, css, hex, rampAt } from '../../core/colour/colour';

/** How a weight becomes a place on the ramp: as it is, or as its square root, which shows small weights. */
export type WeightScale = 'linear' | 'sqrt';

const DARK = [
  [0.12, '#1D2F45'],
  [0.32, '#1F5379'],
  [0.54, '#268091'],
  [0.74, '#5DB08C'],
  [0.9, '#B8D682'],
  [1, '#F5F0A3'],
] as const;

const LIGHT = [
  [0.12, '#E4F1DA'],
  [0.32, '#ACDAC0'],
  [0.54, '#5DB2B9'],
  [0.74, '#2C7CA7'],
  [0.9, '#264A85'],
  [1, '#1B2459'],
] as const;

/** The ramp of attention weights on a ground: weight 0 is the ground itself. */
export function weightStops(ground: Rgb, dark: boolean): RampStops {
  return [[0, ground], ...(dark ? DARK : LIGHT).map(([at, colour]) => [at, hex(colour)] as const)];
}

/** Place of a weight on the ramp, in [0, 1]. */
export function rampPosition(weight: number, scale: WeightScale): number {
  return scale === 'sqrt' ? Math.sqrt(Math.max(0, weight)) : weight;
}

export function weightColour(stops: RampStops, weight: number, scale: WeightScale): Rgb {
  return rampAt(stops, rampPosition(weight, scale));
}

/** [256] pixels of the 8-bit codes, as a little-endian ImageData holds them (0xAABBGGRR). */
export function pixelsOfCodes(stops: RampStops, scale: WeightScale): Uint32Array {
  const pixels = new Uint32Array(CODES);
  for (let code = 0; code < CODES; code++) {
    pixels[code] = pixelOf(weightColour(stops, WEIGHT_OF_CODE[code] as number, scale));
  }
  return pixels;
}

/** An opaque colour as one pixel of a little-endian ImageData. */
export function pixelOf(colour: Rgb): number {
  const [red, green, blue] = colour.map(Math.round) as [number, number, number];
  return ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0;
}

/** The ramp from left to right, as a CSS gradient: exact, since CSS interpolates sRGB as `rampAt` does. */
export function rampGradient(stops: RampStops): string {
  return `linear-gradient(to right, ${stops.map(([at, colour]) => `${css(colour)} ${at * 100}%`).join(', ')})`;
}

/** Weights that a legend of the scale names: spread over its length. */
export function legendWeights(scale: WeightScale): readonly number[] {
  return scale === 'sqrt' ? [0, 0.05, 0.2, 0.5, 1] : [0, 0.25, 0.5, 0.75, 1];
}
