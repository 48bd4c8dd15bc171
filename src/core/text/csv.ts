/** A value of a table: null and undefined stand for "not known" and become an empty field. */
export type CsvValue = string | number | boolean | null | undefined;

/**
 * Comma-separated values after RFC 4180: fields with commas, quotes or line breaks are quoted, quotes doubled, lines end
 * with CRLF. Numbers are written in full. A text that a spreadsheet would take for a formula is given a leading quote mark,
 * for what a model says is anyone's text.
 */
export function csv(columns: readonly string[], rows: Iterable<readonly CsvValue[]>): string {
  let text = csvLine(columns);
  for (const row of rows) text += csvLine(row);
  return text;
}

function csvLine(values: readonly CsvValue[]): string {
  return `${values.map(csvField).join(',')}\r\n`;
}

function csvField(value: CsvValue): string {
  if (value === null || value === undefined) return '';
  if (typeof value !== 'string') return String(value);
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
