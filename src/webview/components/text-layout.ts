/** Tokens `start` to `end` (exclusive) on one line. */
export interface TextLine {
  start: number;
  end: number;
}

/** What the layout needs to know of a token. */
export interface LayoutToken {
  /** Width of its chip in pixels. */
  readonly width: number;
  /** Whether a line may break before it without cutting a word. */
  readonly opensWord: boolean;
  /** Whether it ends its line. */
  readonly endsLine: boolean;
}

/** How far back a break looks for the start of a word, in tokens. */
const LOOK_BACK = 12;

/**
 * Breaks a run of chips into lines that fit a width, before a word where one starts near, and can go on as tokens
 * stream in: adding a token costs the same however long the run is.
 */
export class TextLayout {
  readonly lines: TextLine[] = [];
  /** Left edge of each token on its line. */
  readonly lefts: number[] = [];
  readonly widths: number[] = [];
  private readonly lineOfToken: number[] = [];
  private readonly words: boolean[] = [];
  private right = 0;
  private closed = true;

  constructor(readonly width: number) {}

  get count(): number {
    return this.widths.length;
  }

  lineOf(index: number): number {
    return this.lineOfToken[index] ?? 0;
  }

  add(token: LayoutToken): void {
    const width = Math.min(token.width, this.width);
    const index = this.count;
    this.widths.push(width);
    this.words.push(token.opensWord);
    if (this.closed) this.open(index);
    else if (this.right + width > this.width) this.wrap(index);
    this.place(index);
    this.closed = token.endsLine;
  }

  private open(index: number): void {
    this.lines.push({ start: index, end: index });
    this.right = 0;
  }

  /** Starts a line at the last word near the end of this one, or at the token that does not fit. */
  private wrap(index: number): void {
    const line = this.lines.at(-1)!;
    let start = index;
    while (start > line.start && index - start < LOOK_BACK && !this.words[start]) start--;
    if (start === line.start || !this.words[start]) start = index;
    line.end = start;
    this.open(start);
    for (let moved = start; moved < index; moved++) this.place(moved);
    // A word longer than a line is cut after all.
    if (this.right + this.widths[index]! > this.width) this.open(index);
  }

  private place(index: number): void {
    const line = this.lines.at(-1)!;
    this.lefts[index] = this.right;
    this.right += this.widths[index]!;
    this.lineOfToken[index] = this.lines.length - 1;
    line.end = index + 1;
  }
}

/** The token of `line` whose middle is nearest to `x`: where the up and down keys go. */
export function nearestInLine(layout: TextLayout, line: number, x: number): number | null {
  const range = layout.lines[line];
  if (!range) return null;
  let best = range.start;
  let distance = Infinity;
  for (let index = range.start; index < range.end; index++) {
    const away = Math.abs(layout.lefts[index]! + layout.widths[index]! / 2 - x);
    if (away < distance) [best, distance] = [index, away];
  }
  return best;
}
