import { useMemo, useState } from 'preact/hooks';
import { WEIGHT_OF_CODE } from '../../core/numeric/codes';
import { packedIndex } from '../../core/lens/packed';
import type { ResultAttention } from '../../core/notebook/result';
import { tokenLabel } from '../../core/text/tokens';
import type { Trace } from '../../core/trace/record';
import { type Cell, HeatMap } from '../components/heat-map';
import { pixelsOfCodes, weightStops } from '../components/ramp';
import type { ThemeInfo } from '../components/theme';
import { usePixelRatio } from '../components/use-size';

/** Keys that are left out of the map. */
const NONE: readonly number[] = [];

export interface AttentionResultProps {
  readonly trace: Trace;
  readonly attention: ResultAttention;
  readonly selected: number | null;
  readonly onSelect: (index: number) => void;
  readonly theme: ThemeInfo;
}

/** CSS pixels of the map's side. */
const SIDE = 160;

/** One head of those that the notebook keeps, with arrows to the others: 8-bit weights, the square root of each as colour. */
export function AttentionResult({ trace, attention, selected, onSelect, theme }: AttentionResultProps) {
  const { tokens, heads } = attention;
  const [place, setPlace] = useState(0);
  const [hovered, setHovered] = useState<Cell | null>(null);
  const [key, setKey] = useState(0);
  const ratio = usePixelRatio();
  const head = heads[place] ?? heads[0]!;
  const map = useMemo(() => ({ tokens, codes: bytesOf(head.codes) }), [tokens, head]);
  const stops = useMemo(() => weightStops(theme.colours.background, theme.dark), [theme]);
  const pixelOfCode = useMemo(() => pixelsOfCodes(stops, 'sqrt'), [stops]);

  const cell = Math.max(1, Math.floor((SIDE * ratio) / tokens));
  const count = Math.min(tokens, Math.floor((SIDE * ratio) / cell));
  const query = Math.min(tokens - 1, selected ?? tokens - 1);
  const selection: Cell = { query, key: Math.min(key, query) };
  // A run of more tokens than fit is shown around the selection.
  const from = (at: number): number => Math.max(0, Math.min(tokens - count, at - (count >> 1)));
  const window = { query: from(query), key: Math.min(from(selection.key), from(query)), count };

  const move = (step: number): void => setPlace((place + step + heads.length) % heads.length);
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const clamp = (at: number, most: number): number => Math.max(0, Math.min(most, at));
    if (event.key === '[' || event.key === ']') move(event.key === '[' ? -1 : 1);
    else if (event.key === 'ArrowUp' || event.key === 'ArrowDown')
      onSelect(clamp(query + (event.key === 'ArrowUp' ? -1 : 1), tokens - 1));
    else if (event.key === 'ArrowLeft' || event.key === 'ArrowRight')
      setKey(clamp(selection.key + (event.key === 'ArrowLeft' ? -1 : 1), query));
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const shown = hovered ?? selection;
  const weight = WEIGHT_OF_CODE[map.codes[packedIndex(shown.query, shown.key)] ?? 0] ?? 0;
  const label = (at: number): string => tokenLabel(trace.tokens[at]?.text ?? '');
  const reading = `“${label(shown.query)}” looks at “${label(shown.key)}” with ${weight.toFixed(2)}`;
  return (
    <div class="result-attention" onKeyDown={onKeyDown}>
      <p class="result-legend">
        <b>
          Layer {head.layer}, head {head.head}
        </b>
        <span class="spring" />
        <button
          type="button"
          class="step"
          aria-label="Previous head"
          disabled={heads.length < 2}
          onClick={() => move(-1)}
        >
          ‹
        </button>
        <button type="button" class="step" aria-label="Next head" disabled={heads.length < 2} onClick={() => move(1)}>
          ›
        </button>
      </p>
      <HeatMap
        map={map}
        window={window}
        cell={cell}
        ratio={ratio}
        pixelOfCode={pixelOfCode}
        without={NONE}
        selected={selection}
        hovered={hovered}
        cellText={null}
        theme={theme}
        label={`Attention of layer ${head.layer}, head ${head.head}: ${reading}. Up and down move the query, left and right the key, brackets the head.`}
        describedBy=""
        onHover={setHovered}
        onSelect={({ query: to, key: at }) => {
          onSelect(to);
          setKey(at);
        }}
      />
      <p class="result-readout" aria-live="polite">
        {reading}
      </p>
    </div>
  );
}

function bytesOf(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}
