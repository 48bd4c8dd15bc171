import { type Rgb, inkOn, mix, rampAt } from '../../core/colour/colour';
import { weightStops } from '../components/ramp';
import type { ThemeInfo } from '../components/theme';

/** Colours of the board, all from the theme. */
export interface Palette {
  readonly background: Rgb;
  /** Beyond the edge of a grid. */
  readonly outside: Rgb;
  readonly cell: Rgb;
  /** Of a state from 1 on, of so many with state 0: alive as {@link cell}, from there along the ramp the older the fainter. */
  readonly state: (state: number, states: number) => Rgb;
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

/** Places on the ramp of the first and of the last of the states in which cells grow old. */
const FRESHEST = 0.8;
const OLDEST = 0.3;

export function paletteOf({ colours, highContrast, dark }: ThemeInfo): Palette {
  const { background, foreground, muted, focus } = colours;
  const between = (amount: number): Rgb => mix(background, foreground, amount);
  const stops = weightStops(background, dark);
  const cell = highContrast ? foreground : between(0.97);
  return {
    background,
    outside: highContrast ? between(0.14) : mix(colours.sideBackground, [0, 0, 0], dark ? 0.22 : 0.04),
    cell,
    state: (state, states) =>
      state < 2 ? cell : rampAt(stops, FRESHEST - ((FRESHEST - OLDEST) * (state - 2)) / Math.max(1, states - 3)),
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
