/** Opaque sRGB colour, each channel in [0, 255]. */
export type Rgb = readonly [red: number, green: number, blue: number];

/** Stops of a colour ramp: positions in [0, 1], rising, the first 0 and the last 1. */
export type RampStops = readonly (readonly [position: number, colour: Rgb])[];

/** `#rrggbb` as a colour. */
export function hex(value: string): Rgb {
  const number = Number.parseInt(value.slice(1), 16);
  return [(number >> 16) & 255, (number >> 8) & 255, number & 255];
}

export function css(colour: Rgb, alpha = 1): string {
  const [red, green, blue] = colour.map(Math.round);
  return alpha === 1 ? `rgb(${red}, ${green}, ${blue})` : `rgba(${red}, ${green}, ${blue}, ${alpha})`;
}

/** `amount` 0 gives `from`, 1 gives `to`. */
export function mix(from: Rgb, to: Rgb, amount: number): Rgb {
  return [
    from[0] + (to[0] - from[0]) * amount,
    from[1] + (to[1] - from[1]) * amount,
    from[2] + (to[2] - from[2]) * amount,
  ];
}

/** Colour of a ramp at `position`, clamped to [0, 1]; between stops by linear interpolation in sRGB. */
export function rampAt(stops: RampStops, position: number): Rgb {
  const at = Math.min(1, Math.max(0, Number.isNaN(position) ? 0 : position));
  let [fromAt, from] = stops[0]!;
  for (const [toAt, to] of stops) {
    if (at <= toAt) return toAt === fromAt ? to : mix(from, to, (at - fromAt) / (toAt - fromAt));
    [fromAt, from] = [toAt, to];
  }
  return from;
}

/** Relative luminance, WCAG 2.2. */
export function luminance(colour: Rgb): number {
  const [red, green, blue] = colour.map((channel) => {
    const value = channel / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** Contrast ratio of two colours, WCAG 2.2: 1 to 21. */
export function contrast(one: Rgb, other: Rgb): number {
  const [a, b] = [luminance(one), luminance(other)];
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
}

const WHITE: Rgb = [255, 255, 255];
const BLACK: Rgb = [0, 0, 0];

/** Readable ink on a fill: the theme's foreground where its contrast is at least 7, else the better of white and black. */
export function inkOn(fill: Rgb, foreground: Rgb): Rgb {
  if (contrast(fill, foreground) >= 7) return foreground;
  return contrast(fill, WHITE) >= contrast(fill, BLACK) ? WHITE : BLACK;
}
