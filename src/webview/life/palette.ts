import { type Rgb, inkOn, mix } from '../../core/colour/colour';
import type { ThemeInfo } from '../components/theme';

/** Colours of the board, all from the theme. */
export interface Palette {
  readonly background: Rgb;
  /** Beyond the edge of a grid. */
  readonly outside: Rgb;
  readonly cell: Rgb;
  readonly line: Rgb;
  readonly lineOf8: Rgb;
  readonly origin: Rgb;
  /** Where a grid ends, or its sides meet. */
  readonly edge: Rgb;
  readonly muted: Rgb;
  readonly foreground: Rgb;
  readonly selection: Rgb;
  readonly onSelection: Rgb;
}

export function paletteOf({ colours, highContrast, dark }: ThemeInfo): Palette {
  const { background, foreground, muted, focus } = colours;
  const between = (amount: number): Rgb => mix(background, foreground, amount);
  return {
    background,
    outside: highContrast ? between(0.14) : mix(colours.sideBackground, [0, 0, 0], dark ? 0.22 : 0.04),
    cell: highContrast ? foreground : between(0.97),
    line: between(highContrast ? 0.24 : dark ? 0.055 : 0.075),
    lineOf8: between(highContrast ? 0.45 : dark ? 0.12 : 0.15),
    origin: between(highContrast ? 0.9 : 0.34),
    edge: between(highContrast ? 1 : 0.55),
    muted,
    foreground,
    selection: focus,
    onSelection: inkOn(focus, [255, 255, 255]),
  };
}
