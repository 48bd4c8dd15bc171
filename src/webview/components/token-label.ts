import { tokenLabel } from '../../core/text/tokens';

export { tokenLabel };

/** A piece of what a token reads as: its characters, or a sign that stands for one that cannot be seen. */
export interface LabelPart {
  readonly text: string;
  readonly sign: boolean;
}

/** The label of a token ({@link tokenLabel}) in pieces, so that signs can be told from characters that look like them. */
export function labelParts(text: string): readonly LabelPart[] {
  const parts: { text: string; sign: boolean }[] = [];
  let leading = true;
  for (const character of text) {
    leading &&= character === ' ';
    const label = character === ' ' && !leading ? character : tokenLabel(character);
    const sign = label !== character;
    const last = parts.at(-1);
    if (last?.sign === sign) last.text += label;
    else parts.push({ text: label, sign });
  }
  return parts;
}
