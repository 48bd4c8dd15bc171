import { type Rgb, css, inkOn } from '../../core/colour/colour';
import { labelParts } from './token-label';
import type { ThemeInfo } from './theme';

/** What a token reads as, its blanks and breaks as muted signs. */
export function TokenLabel({ text }: { readonly text: string }) {
  return (
    <>
      {labelParts(text).map((part, place) =>
        part.sign ? (
          <i key={place} class="chip-sign">
            {part.text}
          </i>
        ) : (
          part.text
        ),
      )}
    </>
  );
}

export interface TokenChipProps {
  readonly text: string;
  readonly fill: Rgb | null;
  readonly theme: ThemeInfo;
}

/** A token by itself, such as in a heading. */
export function TokenChip({ text, fill, theme }: TokenChipProps) {
  const style = fill ? { backgroundColor: css(fill), color: css(inkOn(fill, theme.colours.foreground)) } : {};
  return (
    <span class={fill ? 'lone-chip chip-filled' : 'lone-chip'} style={style}>
      <TokenLabel text={text} />
    </span>
  );
}
