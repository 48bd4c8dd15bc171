/**
 * Pictures as SVG text, for places that run nothing of ours: a notebook on a web page, a file. They have their own ground and
 * the light colours, for nobody tells them a theme; text is monospaced, so that its width is known without a font.
 */

export type Attributes = Readonly<Record<string, string | number>>;

export const FONT_SIZE = 13;
/** Width of a character of the monospaced font, at {@link FONT_SIZE}. */
export const CHARACTER = 7.8;

export const INK = '#3B3B3B';
export const FAINT_INK = '#6B6B6B';
export const RULE = '#D4D4D4';

/** One element; `content` is SVG already. */
export function element(name: string, attributes: Attributes, content?: string): string {
  const written = Object.entries(attributes)
    .map(([key, value]) => ` ${key}="${escapeXml(typeof value === 'number' ? rounded(value) : value)}"`)
    .join('');
  return content === undefined ? `<${name}${written}/>` : `<${name}${written}>${content}</${name}>`;
}

/** A line of text with its baseline at `y`. */
export function text(x: number, y: number, content: string, attributes: Attributes = {}): string {
  return element('text', { x, y, fill: INK, ...attributes }, escapeXml(content));
}

/** A whole picture with a name for those who do not see it. */
export function picture(width: number, height: number, label: string, content: string): string {
  const style = { 'font-family': 'ui-monospace, Menlo, Consolas, monospace', 'font-size': FONT_SIZE };
  return element(
    'svg',
    {
      xmlns: 'http://www.w3.org/2000/svg',
      width,
      height,
      viewBox: `0 0 ${rounded(width)} ${rounded(height)}`,
      role: 'img',
      ...style,
    },
    element('title', {}, escapeXml(label)) + element('rect', { width, height, fill: '#FFFFFF' }) + content,
  );
}

/** Text that is text in XML 1.0, whatever it holds. */
export function escapeXml(content: string): string {
  return content
    .replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '\uFFFD')
    .replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

function rounded(value: number): string {
  return String(Math.round(value * 100) / 100);
}
