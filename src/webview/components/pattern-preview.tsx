import { forEachCell } from '../../core/life/edit/runs';
import { PATTERNS, type NamedPattern } from '../../core/life/patterns';
import { Canvas } from './canvas';
import { memo } from './memo';

const FIRST = [
  'glider',
  'blinker',
  'block',
  'beehive',
  'r-pentomino',
  'lightweight spaceship',
  'pulsar',
  'gosper glider gun',
];

/** The patterns of a gallery, the best-known first. */
export const GALLERY_PATTERNS: readonly NamedPattern[] = [
  ...FIRST.flatMap((name) => PATTERNS.find((pattern) => pattern.name === name) ?? []),
  ...PATTERNS.filter(({ name }) => !FIRST.includes(name)),
];

/** `Glider` */
export function patternTitle({ name }: NamedPattern): string {
  return `${name[0]?.toUpperCase()}${name.slice(1)}`;
}

const SHORT: Readonly<Record<string, string>> = {
  'lightweight spaceship': 'LWSS',
  'middleweight spaceship': 'MWSS',
  'heavyweight spaceship': 'HWSS',
  'gosper glider gun': 'Gosper gun',
};

/** The title in brief, where there is little room: `LWSS`. */
export function patternLabel(named: NamedPattern): string {
  return SHORT[named.name] ?? patternTitle(named);
}

/** What it is: `oscillator, period 2`. */
export function patternKind({ kind, period }: NamedPattern): string {
  return period === null ? kind : `${kind}, period ${period}`;
}

interface Margin {
  readonly x: number;
  readonly y: number;
}

const NO_MARGIN: Margin = { x: 0, y: 0 };

export interface PatternPreviewProps {
  readonly named: NamedPattern;
  /** CSS colour of live cells. */
  readonly colour: string;
  /** Pixels of the picture, and of what is left free at its sides and above and below. */
  readonly width: number;
  readonly height: number;
  readonly margin?: Margin;
  /** Most pixels a cell. */
  readonly mostZoom: number;
  readonly class?: string;
}

/** The live cells of a pattern, as large as they fit: in whole pixels a cell, with gaps between them where there is room. */
export const PatternPreview = memo(
  ({ named, colour, width, height, margin = NO_MARGIN, mostZoom, ...rest }: PatternPreviewProps) => {
    const { pattern } = named;
    return (
      <Canvas
        {...rest}
        width={width}
        height={height}
        draw={(context) => {
          const fits = Math.min((width - margin.x) / pattern.width, (height - margin.y) / pattern.height);
          // A pattern that is wider than the picture has less than a pixel a cell.
          const zoom = fits < 1 ? fits : Math.floor(Math.min(mostZoom, fits));
          const gap = zoom >= 4 ? 1 : 0;
          const left = Math.round((width - pattern.width * zoom) / 2);
          const top = Math.round((height - pattern.height * zoom) / 2);
          context.fillStyle = colour;
          forEachCell(pattern.cells, (x, y) =>
            context.fillRect(left + x * zoom, top + y * zoom, zoom - gap, zoom - gap),
          );
        }}
      />
    );
  },
);
