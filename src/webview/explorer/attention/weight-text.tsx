import { Fragment } from 'preact';
import { memo } from '../../components/memo';
import { useLayoutEffect, useMemo, useRef } from 'preact/hooks';
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

/** Tokens of a text that is higher than any room it gets: its box takes what there is, whatever stands in it. */
const LONG = 600;

/** A line that ends, as a token by itself. */
const BREAK = tokenLabel('\n');

/** Below this place on the ramp a fill cannot be told from the ground. */
const FAINTEST = 0.09;

/** The sequence as text, each token shaded by its weight; tokens that can have none are muted. */
export function WeightText(props: WeightTextProps) {
  const { texts, reading, subject, other } = props;
  const [box, size] = useSize<HTMLDivElement>();

  const tokens = useMemo(
    () => texts.map((text) => ({ label: tokenLabel(text), breaks: text.endsWith('\n') })),
    [texts],
  );

  const spans = useRef<readonly HTMLElement[]>([]);
  const painted = useRef(new WeakMap<HTMLElement, string>());
  useLayoutEffect(() => {
    spans.current = Array.from(box.current?.querySelectorAll<HTMLElement>('.weight-token') ?? []);
  }, [tokens]);

  // Every step of a query changes a hundred fills of thousands of tokens: they are painted, not rendered.
  useLayoutEffect(() => {
    spans.current.forEach((span, index) => {
      const { kinds, fill, ink } = lookOf(index, props);
      const look = `${kinds}|${fill}|${ink}`;
      if (painted.current.get(span) === look) return;
      painted.current.set(span, look);
      if (span.className !== kinds) span.className = kinds;
      span.style.backgroundColor = fill;
      span.style.color = ink;
    });
  }, [tokens, reading, subject, other, props.scale, props.top, props.stops, props.theme.version]);

  useLayoutEffect(() => {
    const chosen = spans.current[subject];
    if (!box.current || !chosen) return;
    const { scrollTop, clientHeight } = box.current;
    const top = chosen.offsetTop - box.current.offsetTop;
    const margin = chosen.offsetHeight;
    const line = Math.floor(top / LINE);
    if (top < scrollTop || top + margin > scrollTop + clientHeight) {
      box.current.scrollTop = (line - Math.floor(clientHeight / LINE / 2)) * LINE;
    }
  }, [subject, size.width]);

  return (
    <div
      ref={box}
      class={texts.length > LONG ? 'weight-text long' : 'weight-text'}
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
      <Tokens tokens={tokens} />
    </div>
  );
}

/** Classes, fill and ink of a token. */
function lookOf(
  index: number,
  { reading, subject, other, scale, top = 1, stops, theme }: WeightTextProps,
): { readonly kinds: string; readonly fill: string; readonly ink: string } {
  const weight = reading?.weights[index - reading.first];
  const kinds = ['weight-token'];
  if (index === subject) kinds.push('subject');
  else if (index === other) kinds.push('other');
  if (weight === undefined) kinds.push('muted');
  if (weight === undefined || !(rampPosition(weight, scale, top) >= FAINTEST)) {
    return { kinds: kinds.join(' '), fill: '', ink: '' };
  }
  const fill = weightColour(stops, weight, scale, top);
  return { kinds: [...kinds, 'filled'].join(' '), fill: css(fill), ink: css(inkOn(fill, theme.colours.foreground)) };
}

interface TokensProps {
  readonly tokens: readonly { readonly label: string; readonly breaks: boolean }[];
}

const Tokens = memo(function Tokens({ tokens }: TokensProps) {
  return (
    <>
      {tokens.map(({ label, breaks }, index) => (
        <Fragment key={index}>
          <span class="weight-token" data-index={index} data-break={label === BREAK || undefined}>
            {label}
          </span>
          {breaks && <br />}
        </Fragment>
      ))}
    </>
  );
});

/** The token under the pointer. */
function indexOf(event: Event): number | null {
  const index = (event.target as HTMLElement).dataset['index'];
  return index === undefined ? null : Number(index);
}
