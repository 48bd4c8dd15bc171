/** JSON to be read by people as well: indented, lists of numbers on one line. */
export function jsonText(document: unknown): string {
  // Text in JSON holds no line break, so what begins with one is never inside a text.
  return JSON.stringify(document, null, 2).replace(/\[\n[\s\d.,eE+-]+\]/g, (list) =>
    list.replace(/\s+/g, ' ').replace('[ ', '[').replace(' ]', ']'),
  );
}
