import { mooreChance } from '../../../core/life/attention';
import type { LifeSequence } from '../../../core/life/sequence';
import type { GridAttention } from '../../../protocol/attention';
import type { RampStops } from '../../../core/colour/colour';
import type { ThemeInfo } from '../../components/theme';
import { Dropdown } from '../../ui/dropdown';
import { StandingStrip } from '../attention/standing-strip';
import { type HeadRow, headsInOrder, indexOfHead } from './data';
import { GridThumbnails } from './grid-thumbnails';
import { ModeSwitch } from './mode-switch';
import { GRID_SORTS, type GridSort, type GridState, type SingleHead } from './state';
import { ENTROPY_DEFINITION, MOORE_DEFINITION, OUTSIDE_DEFINITION } from './words';

export interface HeadsPanelProps {
  readonly sequence: LifeSequence;
  readonly heads: GridAttention;
  readonly rows: readonly HeadRow[] | null;
  readonly cell: number;
  readonly head: SingleHead;
  readonly state: GridState;
  readonly setState: (partial: Partial<GridState>) => void;
  readonly onTokens: () => void;
  readonly stops: RampStops;
  readonly theme: ThemeInfo;
}

const SORT_TEXT: Readonly<Record<GridSort, string>> = {
  place: 'layer, head',
  moore: 'Moore score',
  entropy: 'entropy',
};

/** Pictures that stand side by side in the column. */
const ACROSS = 3;

/** All heads as pictures on the board, and where the chosen one stands among them. */
export function HeadsPanel(props: HeadsPanelProps) {
  const { sequence, heads, rows, head, state, setState } = props;
  const { statistics } = heads;
  // Up to three layers stand as columns, heads down; more of them in one list.
  const byLayer = state.gridSort === 'place' && heads.layers.length <= ACROSS;
  const order = byLayer
    ? Array.from({ length: heads.heads }, (_, row) => heads.layers.map((layer) => ({ layer, head: row }))).flat()
    : headsInOrder(heads, state.gridSort);
  const index = indexOfHead(heads, head);
  const chance = mooreChance(sequence.grid);
  return (
    <section class="grid-heads" aria-label="Heads">
      <header class="section-header">
        <h2>Heads</h2>
        <ModeSwitch mode="grid" onMode={props.onTokens} />
        <span class="spring" />
        <span class="heads-sort">
          <span class="control-label">Sort</span>
          <Dropdown
            label="Sort heads"
            title="By Moore score: the largest first. By entropy: the most pointed first."
            value={state.gridSort}
            options={GRID_SORTS.map((value) => ({ value, text: SORT_TEXT[value] }))}
            onChange={(value) => setState({ gridSort: value as GridSort })}
          />
        </span>
      </header>
      <GridThumbnails
        size={sequence.grid}
        heads={order}
        rows={order.map((each) => rows?.[indexOfHead(heads, each)] ?? null)}
        scores={order.map((each) => statistics[indexOfHead(heads, each)]?.neighbourhood ?? 0)}
        chance={chance}
        columns={byLayer ? heads.layers.length : ACROSS}
        cell={props.cell}
        head={head}
        onHead={(next) => setState({ head: next })}
        stops={props.stops}
        scale={state.scale}
        theme={props.theme}
      />
      <section class="head-standing" aria-label="The chosen head among all heads">
        <header>
          <h3>
            Layer {head.layer}, head {head.head}
          </h3>
          <span>against all {statistics.length} heads</span>
        </header>
        <StandingStrip
          title="Moore score"
          unit=""
          decimals={2}
          definition={MOORE_DEFINITION}
          values={statistics.map(({ neighbourhood }) => neighbourhood)}
          index={index}
          reference={{ text: `chance ${chance.toFixed(3)}`, value: chance }}
        />
        <StandingStrip
          title="Entropy"
          unit="bits"
          decimals={2}
          definition={ENTROPY_DEFINITION}
          values={statistics.map(({ entropy }) => entropy)}
          index={index}
        />
        <StandingStrip
          title="Mass outside the board"
          unit=""
          decimals={2}
          definition={OUTSIDE_DEFINITION}
          values={statistics.map(({ outside }) => outside)}
          index={index}
        />
      </section>
    </section>
  );
}
