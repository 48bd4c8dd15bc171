import { lineOf } from './tokens';

/** Markdown that is made by {@link markdown}, and so holds nothing of others but as text. */
export class Markdown {
  private constructor(readonly value: string) {}

  /** What stands in the template is Markdown; what is put into it is text, in one line, unless it is Markdown itself. */
  static of(parts: TemplateStringsArray, ...values: readonly (string | number | Markdown)[]): Markdown {
    const put = (value: string | number | Markdown): string =>
      value instanceof Markdown ? value.value : escaped(lineOf(String(value)));
    return new Markdown(parts.map((part, i) => part + (i < values.length ? put(values[i] as string) : '')).join(''));
  }

  /** Several, one after the other, with Markdown of ours between them. */
  static join(parts: readonly Markdown[], between: string): Markdown {
    return new Markdown(parts.map(({ value }) => value).join(between));
  }

  /** Text that looks like code, where a code span can hold it in any place, a cell of a table too; else as text. */
  static code(text: string): Markdown {
    const line = lineOf(text);
    return /^[^`|\\\s](?:[^`|\\]*[^`|\\\s])?$/.test(line) ? new Markdown(`\`${line}\``) : Markdown.of`${text}`;
  }
}

/** ``markdown`**${name}**` ``: whatever the name is, it is in bold, and nothing of it is Markdown. */
export const markdown = Markdown.of.bind(Markdown);

/**
 * Punctuation as references, which Markdown (CommonMark 0.31, 2.5) takes for text wherever they stand: they open no link, image,
 * code or cell of a table, and no address is made a link of. Points within numbers stay as they are.
 */
function escaped(text: string): string {
  return text.replace(/(?<!\d)\.|\.(?!\d)|[!-\-/:-@[-`{-~]/g, (character) => `&#${character.charCodeAt(0)};`);
}
