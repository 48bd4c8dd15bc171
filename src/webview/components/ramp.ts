import { CODES, WEIGHT_OF_CODE } from '../../core/numeric/codes';
import { type RampStops, type Rgb, css, hex, rampAt } from '../../core/colour/colour';

/**
 * How a weight becomes a place on the ramp: as it is; as its square root, which shows small weights; or as its logarithm
 * from a floor up, which shows the smallest.
 */
export const WEIGHT_SCALES = ['linear', 'sqrt', 'log'] as const;
export type WeightScale = (typeof WEIGHT_SCALES)[number];

/**
 * Where the logarithmic scale begins: attention in float32 has exact zeros, and an 8-bit code tells weights under 1e-4
 * hardly apart. What is smaller has the colour of 0.
 */
export const LOG_FLOOR = 1e-4;
/** The logarithmic scale spans a decade at least. */
const LOG_LEAST = 10 * LOG_FLOOR;

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

/**
 * Place of a weight on the ramp, in [0, 1].
 * @param top weight at the ramp's end; larger ones stay there.
 */
export function rampPosition(weight: number, scale: WeightScale, top = 1): number {
  if (!(weight > 0)) return 0;
  if (scale !== 'log') {
    const part = Math.min(1, weight / top);
    return scale === 'sqrt' ? Math.sqrt(part) : part;
  }
  const decades = Math.log(Math.max(top, LOG_LEAST) / LOG_FLOOR);
  return Math.max(0, Math.min(1, Math.log(weight / LOG_FLOOR) / decades));
}

export function weightColour(stops: RampStops, weight: number, scale: WeightScale, top = 1): Rgb {
  return rampAt(stops, rampPosition(weight, scale, top));
}

/** [256] pixels of the 8-bit codes, as a little-endian ImageData holds them (0xAABBGGRR). */
export function pixelsOfCodes(stops: RampStops, scale: WeightScale, top = 1): Uint32Array {
  const pixels = new Uint32Array(CODES);
  for (let code = 0; code < CODES; code++) {
    pixels[code] = pixelOf(weightColour(stops, WEIGHT_OF_CODE[code] as number, scale, top));
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

/** Weights that a legend of the scale names, spread over its length: the first at its beginning, the last at its end. */
export function legendWeights(scale: WeightScale, top = 1): readonly number[] {
  if (scale === 'log') {
    const decades = [LOG_FLOOR, 0.001, 0.01, 0.1].filter((weight) => weight < 0.2 * top || weight === LOG_FLOOR);
    return [...decades, Math.max(top, LOG_LEAST)];
  }
  const parts = scale === 'sqrt' ? [0, 0.05, 0.2, 0.5, 1] : [0, 0.25, 0.5, 0.75, 1];
  return parts.map((part) => (part === 1 ? top : Number((part * top).toPrecision(2))));
}
