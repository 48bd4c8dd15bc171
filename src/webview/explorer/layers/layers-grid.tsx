import { useLayoutEffect, useRef } from 'preact/hooks';
import { css, inkOn, type RampStops } from '../../../core/colour/colour';
import type { TraceToken } from '../../../core/trace/record';
import { probability, smallBits } from '../../components/format';
import { memo } from '../../components/memo';
import { weightColour } from '../../components/ramp';
import type { ThemeInfo } from '../../components/theme';
import { TokenLabel } from '../../components/token-chip';
import type { Cell } from './keys';
import { layerName, type LensPage, type LensRow } from './lens-page';

export interface LayersGridProps {
  readonly page: LensPage;
  /** Of the whole run. */
  readonly tokens: readonly TraceToken[];
  readonly chosen: Cell;
  readonly stops: RampStops;
  readonly theme: ThemeInfo;
  readonly onChoose: (row: number, token: number) => void;
  readonly onKeyDown: (event: KeyboardEvent) => void;
}

/** Probabilities below this round to 0 and get no fill. */
const SHOWN = 0.005;

const cellId = (row: number, token: number): string => `layers-${row}-${token}`;

/** Layers down from the last to the embeddings, tokens to the right: the most probable token in each cell. */
export function LayersGrid({ page, tokens, chosen, stops, theme, onChoose, onKeyDown }: LayersGridProps) {
  const box = useRef<HTMLDivElement>(null);
  const choose = useRef(onChoose);
  choose.current = onChoose;
  useLayoutEffect(() => {
    box.current?.querySelector('.layers-chosen')?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [chosen.row, chosen.token, page]);
  const places = Array.from({ length: page.count }, (_, i) => page.start + i);
  return (
    <div class="layers-scroll" ref={box}>
      <table
        role="grid"
        tabIndex={0}
        aria-label="Most probable token of each layer after each token"
        aria-activedescendant={cellId(chosen.row, chosen.token)}
        onKeyDown={onKeyDown}
      >
        <thead>
          <tr>
            <th scope="col">after</th>
            {places.map((token) => (
              <th key={token} scope="col" class={token === chosen.token ? 'current' : ''}>
                <span class="layers-token">
                  <TokenLabel text={tokens[token]?.text ?? ''} />
                </span>
                <small class="number">{token}</small>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {page.rows.map((row, at) => (
            <Row
              key={row.layer}
              row={row}
              at={at}
              start={page.start}
              tokens={tokens}
              chosen={at === chosen.row ? chosen.token : -1}
              stops={stops}
              theme={theme}
              choose={choose}
            />
          ))}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row">came next</th>
            {places.map((token) => (
              <td key={token}>
                <TokenLabel text={tokens[token + 1]?.text ?? '–'} />
              </td>
            ))}
          </tr>
        </tfoot>
      </table>
    </div>
  );
}

interface RowProps {
  readonly row: LensRow;
  /** Place of the row, from the top. */
  readonly at: number;
  readonly start: number;
  readonly tokens: readonly TraceToken[];
  /** The chosen token, where it is in this row; -1 elsewhere. */
  readonly chosen: number;
  readonly stops: RampStops;
  readonly theme: ThemeInfo;
  readonly choose: { readonly current: (row: number, token: number) => void };
}

const Row = memo(({ row, at, start, tokens, chosen, stops, theme, choose }: RowProps) => (
  <tr>
    <th scope="row" class={chosen >= 0 ? 'current' : ''}>
      {layerName(row.layer)}
      <small class="number" title="Share of these tokens after which it says what the last layer says.">
        {Math.round(100 * row.agreement)} %
      </small>
    </th>
    {row.readings.map((reading, i) => {
      const token = start + i;
      const best = reading.top[0];
      const p = best?.probability ?? 0;
      const fill = p >= SHOWN ? weightColour(stops, p, 'linear') : null;
      const came = tokens[token + 1]?.id === best?.id;
      const classes = [
        ...(token === chosen ? ['layers-chosen'] : []),
        ...(reading.agrees ? ['layers-same'] : []),
        ...(came ? ['layers-came'] : []),
      ];
      return (
        <td
          key={token}
          id={cellId(at, token)}
          class={classes.join(' ')}
          aria-selected={token === chosen}
          style={fill ? { backgroundColor: css(fill), color: css(inkOn(fill, theme.colours.foreground)) } : undefined}
          title={`${layerName(reading.layer)}: probability ${probability(p)}, KL ${smallBits(reading.divergence)} bits, entropy ${smallBits(reading.entropy)} bits`}
          onClick={() => choose.current(at, token)}
        >
          <TokenLabel text={best?.text ?? ''} />
        </td>
      );
    })}
  </tr>
));
