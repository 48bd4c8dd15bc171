import { memo } from 'preact/compat';
import { useLayoutEffect, useMemo } from 'preact/hooks';
import { type RampStops, css, inkOn } from '../../components/colour';
import { type WeightScale, rampPosition, weightColour } from '../../components/ramp';
import type { ThemeInfo } from '../../components/theme';
import { useSize } from '../../components/use-size';
import { tokenLabel } from '../../../core/text/tokens';
import type { Reading } from './run-data';
import { weightDetail } from './weight-format';

export interface WeightTextProps {
  readonly texts: readonly string[];
  readonly reading: Reading | null;
  /** The token whose weights these are, and the other one of the selected pair. */
  readonly subject: number;
  readonly other: number;
  /** Row of a query (weights stand before it) or column of a key (after it). */
  readonly looks: boolean;
  readonly scale: WeightScale;
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
  const { texts, reading, subject, other, scale, stops, theme } = props;
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

  const tokens = useMemo(
    () => texts.map((text) => ({ label: tokenLabel(text), breaks: text.endsWith('\n') })),
    [texts],
  );
  return (
    <div
      ref={box}
      class="weight-text"
      tabIndex={0}
      role="group"
      aria-label="The text, shaded by weight"
      onClick={(event) => {
        const index = (event.target as HTMLElement).dataset['index'];
        if (index !== undefined) props.onChoose(Number(index));
      }}
    >
      {tokens.map(({ label, breaks }, index) => {
        const weight = reading?.weights[index - reading.first];
        const filled = weight !== undefined && rampPosition(weight, scale) >= FAINTEST;
        const fill = filled ? weightColour(stops, weight, scale) : null;
        return (
          <Token
            key={index}
            index={index}
            label={label}
            breaks={breaks}
            kind={`${index === subject ? 'subject' : index === other ? 'other' : ''}${weight === undefined ? ' muted' : ''}`}
            fill={fill && css(fill)}
            ink={fill && css(inkOn(fill, theme.colours.foreground))}
            title={weight === undefined ? '' : weightDetail(weight, reading?.exact ?? false)}
          />
        );
      })}
    </div>
  );
}

interface TokenProps {
  readonly index: number;
  readonly label: string;
  readonly breaks: boolean;
  readonly kind: string;
  readonly fill: string | null;
  readonly ink: string | null;
  readonly title: string;
}

const Token = memo(function Token({ index, label, breaks, kind, fill, ink, title }: TokenProps) {
  return (
    <>
      <span
        class={`weight-token ${kind}${fill ? ' filled' : ''}`}
        data-index={index}
        title={title}
        style={fill && ink ? { backgroundColor: fill, color: ink } : undefined}
      >
        {label}
      </span>
      {breaks && <br />}
    </>
  );
});
