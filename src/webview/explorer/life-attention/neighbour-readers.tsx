import { css, inkOn, type RampStops } from '../../../core/colour/colour';
import { type WeightScale, weightColour } from '../../components/ramp';
import type { ThemeInfo } from '../../components/theme';
import type { LifeSequence } from '../../../core/life/sequence';
import type { HeadRow } from './data';
import { type SingleHead, sameSingle } from './state';
import { headName, signed } from './words';

export interface NeighbourReadersProps {
  readonly sequence: LifeSequence;
  readonly rows: readonly HeadRow[] | null;
  readonly cell: number;
  readonly head: SingleHead;
  readonly onHead: (head: SingleHead) => void;
  readonly stops: RampStops;
  readonly scale: WeightScale;
  readonly theme: ThemeInfo;
}

/** Weight from which a head is named at a neighbour, and names that have room there. */
const NAMED = 0.05;
const ROOM = 3;

/** The 3 × 3 cells around the chosen one, unwrapped: which heads look at which of them. */
export function NeighbourReaders(props: NeighbourReadersProps) {
  const { sequence, rows, cell, head, onHead, stops, scale, theme } = props;
  const { width, height, topology } = sequence.grid;
  const [row, column] = [Math.floor(cell / width), cell % width];
  const crossesColumns = topology === 'torus' && (column === 0 || column === width - 1);
  return (
    <section class="neighbour-readers" aria-label="Who reads which neighbour">
      <header class="section-header">
        <h2>Who reads which neighbour</h2>
        <span class="muted">every head, this cell</span>
      </header>
      <div class="readers-grid" role="list">
        {[-1, 0, 1].flatMap((dy) =>
          [-1, 0, 1].map((dx) => {
            const [y, x] = [row + dy, column + dx];
            const outside = topology === 'plane' && (y < 0 || x < 0 || y >= height || x >= width);
            const at = ((y + height) % height) * width + ((x + width) % width);
            const readers = outside
              ? []
              : (rows ?? [])
                  .filter(({ weights }) => (weights[at] ?? 0) >= NAMED)
                  .sort((one, other) => (other.weights[at] ?? 0) - (one.weights[at] ?? 0));
            const itself = dy === 0 && dx === 0;
            const seamLeft = crossesColumns && ((dx === 0 && column === 0) || (dx === 1 && column === width - 1));
            const seamAbove = topology === 'torus' && ((dy === 0 && row === 0) || (dy === 1 && row === height - 1));
            const classes = [
              'reader-cell',
              itself ? 'itself' : '',
              seamLeft ? 'seam-left' : '',
              seamAbove ? 'seam-above' : '',
            ];
            return (
              <div key={`${dy}${dx}`} class={classes.filter(Boolean).join(' ')} role="listitem">
                <span class="reader-offset">
                  <span>{itself ? <b>itself</b> : `(${signed(dy)}, ${signed(dx)})`}</span>
                  {!outside && sequence.before[at] === 1 && <i class="alive-key" title="alive" />}
                </span>
                {outside && <span class="muted">beyond the edge</span>}
                {!outside && rows && readers.length === 0 && <span class="muted">no head</span>}
                {readers.slice(0, readers.length > ROOM ? ROOM - 1 : ROOM).map((each) => {
                  const weight = each.weights[at] ?? 0;
                  const fill = weightColour(stops, weight, scale);
                  return (
                    <button
                      key={headName(each)}
                      type="button"
                      class={sameSingle(each, head) ? 'reader chosen' : 'reader'}
                      style={{ backgroundColor: css(fill), color: css(inkOn(fill, theme.colours.foreground)) }}
                      onClick={() => onHead({ layer: each.layer, head: each.head })}
                    >
                      <span>{headName(each)}</span>
                      <span>{weight.toFixed(2)}</span>
                    </button>
                  );
                })}
                {readers.length > ROOM && (
                  <span
                    class="muted reader-more"
                    title={readers
                      .slice(ROOM - 1)
                      .map((each) => `${headName(each)} ${(each.weights[at] ?? 0).toFixed(2)}`)
                      .join(', ')}
                  >
                    and {readers.length - ROOM + 1} more
                  </span>
                )}
              </div>
            );
          }),
        )}
      </div>
    </section>
  );
}
