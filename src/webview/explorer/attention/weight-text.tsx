import { Fragment } from 'preact';
import { memo } from '../../components/memo';
import { useLayoutEffect, useMemo } from 'preact/hooks';
import { type RampStops, css, inkOn } from '../../../core/colour/colour';
import { type WeightScale, rampPosition, weightColour } from '../../components/ramp';
import type { ThemeInfo } from '../../components/theme';
import { useSize } from '../../components/use-size';
import { tokenLabel } from '../../../core/text/tokens';
import type { Reading } from './run-data';
import { weightDetail } from './weight-format';
import './weight-text.css';

export interface WeightTextProps {
  readonly texts: readonly string[];
  readonly reading: Reading | null;
  /** The token whose weights these are, and the other one of the selected pair. */
  readonly subject: number;
  readonly other: number;
  /** Row of a query (weights stand before it) or column of a key (after it). */
  readonly looks: boolean;
  readonly scale: WeightScale;
  /** Weight at the ramp's end. */
  readonly top?: number;
  readonly stops: RampStops;
  readonly theme: ThemeInfo;
  readonly onChoose: (index: number) => void;
}

/** CSS pixels of a line: see `attention.css`. */
const LINE = 26;

/** Below this place on the ramp a fill cannot be told from the ground. */
const FAINTEST = 0.09;

/** The sequence as text, each token shaded by its weight; tokens that can have none are muted. */
export function WeightText(props: WeightTextProps) {
  const { texts, reading, subject, other } = props;
  const [box, size] = useSize<HTMLDivElement>();

  useLayoutEffect(() => {
    const chosen = box.current?.querySelector<HTMLElement>('.subject');
    if (!box.current || !chosen) return;
    const { scrollTop, clientHeight } = box.current;
    const top = chosen.offsetTop - box.current.offsetTop;
    const margin = chosen.offsetHeight;
    const line = Math.floor(top / LINE);
    if (top < scrollTop || top + margin > scrollTop + clientHeight) {
      box.current.scrollTop = (line - Math.floor(clientHeight / LINE / 2)) * LINE;
    }
  }, [subject, size.width]);

  const tokens = useMemo(() => {
    const all = texts.map((text) => ({ label: tokenLabel(text), breaks: text.endsWith('\n') }));
    return Array.from({ length: Math.ceil(all.length / CHUNK) }, (_, at) => all.slice(at * CHUNK, (at + 1) * CHUNK));
  }, [texts]);
  return (
    <div
      ref={box}
      class="weight-text"
      tabIndex={0}
      role="group"
      aria-label="The text, shaded by weight"
      onClick={(event) => {
        const index = indexOf(event);
        if (index !== null) props.onChoose(index);
      }}
      onPointerOver={(event) => {
        // Thousands of tokens, one pointer: the number is written out when it is asked for.
        const weight = reading?.weights[(indexOf(event) ?? -1) - (reading?.first ?? 0)];
        const title = weight === undefined ? '' : weightDetail(weight, reading?.exact ?? false);
        if (indexOf(event) !== null) (event.target as HTMLElement).title = title;
      }}
    >
      {tokens.map((chunk, at) => {
        const start = at * CHUNK;
        const place = (index: number): number => Math.max(-1, Math.min(CHUNK, index - start));
        return (
          <Chunk
            key={start}
            tokens={chunk}
            start={start}
            fills={fillsOf(chunk.length, start, props)}
            // Tokens of the chunk that have a weight, and those that are marked: a chunk where none changes stays.
            from={place(reading?.first ?? Infinity)}
            to={place(reading ? reading.first + reading.weights.length : 0)}
            subject={place(subject)}
            other={place(other)}
          />
        );
      })}
    </div>
  );
}

/** Tokens that are compared and drawn as one. */
const CHUNK = 64;

/** Fill and ink of each token of a chunk that has a fill, as one string that says whether anything changed. */
function fillsOf(length: number, start: number, { reading, scale, top = 1, stops, theme }: WeightTextProps): string {
  let fills = '';
  for (let at = 0; at < length; at++) {
    const weight = reading?.weights[start + at - reading.first];
    if (weight === undefined || rampPosition(weight, scale, top) < FAINTEST) continue;
    const fill = weightColour(stops, weight, scale, top);
    fills += `${at}|${css(fill)}|${css(inkOn(fill, theme.colours.foreground))};`;
  }
  return fills;
}

interface ChunkProps {
  readonly tokens: readonly { readonly label: string; readonly breaks: boolean }[];
  readonly start: number;
  readonly fills: string;
  readonly from: number;
  readonly to: number;
  readonly subject: number;
  readonly other: number;
}

const Chunk = memo(function Chunk({ tokens, start, fills, from, to, subject, other }: ChunkProps) {
  const styles = new Map(
    fills
      .split(';')
      .map((each) => each.split('|'))
      .map(([at, backgroundColor = '', color = '']) => [Number(at || NaN), { backgroundColor, color }]),
  );
  return (
    <>
      {tokens.map(({ label, breaks }, at) => {
        const style = styles.get(at);
        const kinds = [
          'weight-token',
          at === subject ? 'subject' : at === other ? 'other' : '',
          at < from || at >= to ? 'muted' : '',
          style ? 'filled' : '',
        ];
        return (
          <Fragment key={at}>
            <span class={kinds.filter(Boolean).join(' ')} data-index={start + at} style={style}>
              {label}
            </span>
            {breaks && <br />}
          </Fragment>
        );
      })}
    </>
  );
});

/** The token under the pointer. */
function indexOf(event: Event): number | null {
  const index = (event.target as HTMLElement).dataset['index'];
  return index === undefined ? null : Number(index);
}
