/** CSS pixels beside and above the map for token labels, and where there is little room. */
const LABELS = { left: 64, top: 66 } as const;
const SHORT_LABELS = { left: 52, top: 50 } as const;
const LITTLE_ROOM = 360;
/** The notes below it, in two lines at most; beside the map they stand with the readout. */
const FOOT = 60;
const KEY_HINTS = 24;
const NO_FOOT = 12;
/** The readout with the legend, and its distance from the map and from its edges. */
const READOUT_WIDTH = 272;
const READOUT_HEIGHT = 196;
const READOUT_MARGIN = 12;
/** Beside the map the readout may be narrower. */
const NARROW_READOUT = 160;
const ASIDE_GAP = 16;
/** CSS pixels of the overview's side above the map, where it is as high as the readout, and of all else beside the map. */
const OVERVIEW_ABOVE = 96;
const BESIDE_OVERVIEW = 360;
/** Above a map of the whole sequence the readout is a bar: cell and legend side by side, or one under the other. */
const BAR = { wide: 74, narrow: 120, from: 430 } as const;
const BAND = OVERVIEW_ABOVE + 16;

/** CSS pixels of a cell, at least: of a window, and where the whole sequence is to be in sight. */
const SMALLEST_PITCH = 8;
const SMALLEST_WHOLE_PITCH = 4;
const LARGEST_PITCH = 64;
/** Tokens of a window where the sequence does not fit, where there is room for them. */
const WINDOW = 60;
const MOST = 96;
/** The map is never smaller than this; the column scrolls instead. */
const SMALLEST_MAP = 200;
const SMALLEST_BESIDE = 160;

export interface MapRoom {
  /** CSS pixels of the column's inside, without its padding. */
  readonly width: number;
  /** Infinity where the page scrolls. */
  readonly height: number;
  /** Device pixels of one CSS pixel. */
  readonly ratio: number;
  readonly tokens: number;
  /** Whether the keys are explained among the notes. */
  readonly hints?: boolean;
}

export interface MapLayout {
  /** Tokens on show. */
  readonly count: number;
  /** Device pixels of a cell's side. */
  readonly cell: number;
  /** CSS pixels of a cell's side, and of the map's. */
  readonly pitch: number;
  readonly side: number;
  /** Whether the whole sequence is on show; else a window of it, with an overview. */
  readonly whole: boolean;
  /** Where the readout stands: in the causal triangle, which is large enough and always there, or beside or above the map. */
  readonly readout: 'triangle' | 'beside' | 'above';
  /** CSS pixels of the width of what stands beside the map, and of the overview's side. */
  readonly aside: number;
  readonly overview: number;
  /** CSS pixels of the token labels' room. */
  readonly labels: { readonly left: number; readonly top: number };
}

type Squares = Pick<MapLayout, 'count' | 'cell' | 'pitch' | 'side' | 'whole'>;

/** How a causal map of `tokens` tokens is laid out: cells of whole device pixels, as large as the room allows. */
export function mapLayout({ width, height, ratio, tokens, hints = false }: MapRoom): MapLayout {
  const labels = Math.min(width, height) < LITTLE_ROOM ? SHORT_LABELS : LABELS;
  const across = Math.max(SMALLEST_MAP, width - labels.left);
  const down = Math.max(SMALLEST_MAP, height - labels.top - FOOT - (hints ? KEY_HINTS : 0));
  const above = { aside: READOUT_WIDTH, overview: OVERVIEW_ABOVE, labels };
  const triangle = squares(Math.min(across, down), ratio, tokens);
  if (triangle.whole && triangle.side >= TRIANGLE_HOLDS_READOUT) return { ...triangle, readout: 'triangle', ...above };
  const under = (band: number): Squares =>
    squares(Math.min(across, Math.max(SMALLEST_MAP, down - band)), ratio, tokens);
  const withBar = under(width >= BAR.from ? BAR.wide : BAR.narrow);
  const upright = withBar.whole ? withBar : under(BAND);
  const beside = Math.min(across - NARROW_READOUT - ASIDE_GAP, height - labels.top - NO_FOOT);
  const sideways = squares(Math.max(beside, 0), ratio, tokens);
  const overflows = upright.side > down - (upright.whole ? BAR.wide : BAND);
  const better = overflows || (sideways.whole === upright.whole ? sideways.side >= upright.side : sideways.whole);
  if (beside < SMALLEST_BESIDE || !better) return { ...upright, readout: 'above', ...above };
  const aside = Math.min(READOUT_WIDTH, across - sideways.side - ASIDE_GAP);
  const overview = Math.min(aside, Math.max(OVERVIEW_ABOVE, height - BESIDE_OVERVIEW));
  return { ...sideways, readout: 'beside', aside, overview, labels };
}

/** CSS pixels of a cell from which it shows its number. */
export const NUMBERS_FROM = 40;

/** A box in the upper right corner, a margin from both edges, must end above the diagonal. */
const TRIANGLE_HOLDS_READOUT = READOUT_WIDTH + READOUT_HEIGHT + 3 * READOUT_MARGIN;

function squares(room: number, ratio: number, tokens: number): Squares {
  const fitting = Math.min(MOST, Math.floor(room / SMALLEST_PITCH));
  const whole = tokens <= Math.min(MOST, Math.floor(room / SMALLEST_WHOLE_PITCH));
  const comfortable = Math.max(Math.min(WINDOW, Math.floor(room / 9)), Math.floor(room / 11));
  const count = Math.max(1, whole ? tokens : Math.min(fitting, comfortable));
  const cell = Math.max(1, Math.floor(Math.min(room / count, LARGEST_PITCH) * ratio));
  return { count, cell, pitch: cell / ratio, side: (count * cell) / ratio, whole };
}

/**
 * First token of a window of `count` that holds `index`: centred where the window at `from` does not hold it, else moved
 * no more than a margin around it needs.
 */
export function windowAround(index: number, from: number, count: number, tokens: number): number {
  const margin = Math.min(4, Math.floor((count - 1) / 2));
  let start = from;
  if (index < from || index >= from + count) start = index - Math.floor(count / 2);
  else if (index - margin < from) start = index - margin;
  else if (index + margin >= from + count) start = index + margin - count + 1;
  return Math.max(0, Math.min(start, tokens - count));
}
