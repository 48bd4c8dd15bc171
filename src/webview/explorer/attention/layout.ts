/** CSS pixels beside and above the map for token labels. */
export const LABELS_LEFT = 64;
export const LABELS_TOP = 66;
/** The notes below it, in two lines at most. */
const FOOT = 48;
/** The readout with the legend, and its distance from the map and from its edges. */
const READOUT_WIDTH = 272;
const READOUT_HEIGHT = 168;
const READOUT_MARGIN = 12;
/** CSS pixels of the overview's side: above the map it is as high as the readout, which leaves the hatch to the notes. */
export const OVERVIEW_SIDE = { above: 124, beside: READOUT_WIDTH } as const;
/** Readout, overview and its caption side by side. */
const BAND_WIDTH = READOUT_WIDTH + OVERVIEW_SIDE.above + 140;

const SMALLEST_PITCH = 8;
const LARGEST_PITCH = 64;
/** Tokens of a window where the sequence does not fit, where there is room for them. */
const WINDOW = 60;
const MOST = 96;
/** The map is never smaller than this; the column scrolls instead. */
const SMALLEST_MAP = 232;

export interface MapRoom {
  /** CSS pixels of the column's inside, without its padding. */
  readonly width: number;
  /** Infinity where the page scrolls. */
  readonly height: number;
  /** Device pixels of one CSS pixel. */
  readonly ratio: number;
  readonly tokens: number;
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
}

/** How a causal map of `tokens` tokens is laid out: cells of whole device pixels, as large as the room allows. */
export function mapLayout({ width, height, ratio, tokens }: MapRoom): MapLayout {
  const across = Math.max(SMALLEST_MAP, width - LABELS_LEFT);
  const down = Math.max(SMALLEST_MAP, height - LABELS_TOP - FOOT);
  const triangle = squares(Math.min(across, down), ratio, tokens);
  if (triangle.whole && triangle.side >= TRIANGLE_HOLDS_READOUT) return { ...triangle, readout: 'triangle' };
  const beside = across - READOUT_WIDTH - 2 * READOUT_MARGIN;
  const band = (width >= BAND_WIDTH ? 1 : 2) * (OVERVIEW_SIDE.above + READOUT_MARGIN);
  const above = Math.max(SMALLEST_MAP, down - band);
  const sideways = squares(Math.min(Math.max(beside, 0), down), ratio, tokens);
  const upright = squares(Math.min(across, above), ratio, tokens);
  if (beside >= SMALLEST_MAP && sideways.side >= upright.side) return { ...sideways, readout: 'beside' };
  return { ...upright, readout: 'above' };
}

/** CSS pixels of a cell from which it shows its number. */
export const NUMBERS_FROM = 40;

/** A box in the upper right corner, a margin from both edges, must end above the diagonal. */
const TRIANGLE_HOLDS_READOUT = READOUT_WIDTH + READOUT_HEIGHT + 3 * READOUT_MARGIN;

function squares(room: number, ratio: number, tokens: number): Omit<MapLayout, 'readout'> {
  const fitting = Math.min(MOST, Math.floor(room / SMALLEST_PITCH));
  const whole = tokens <= fitting;
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
