/** `1.4 MB`: decimal units, as file managers show them. */
export function formatBytes(bytes: number): string {
  return scaled(bytes, 1000, ['B', 'kB', 'MB', 'GB', 'TB'], ' ');
}

/** `135M`: counts of parameters, as model names give them. */
export function formatCount(count: number): string {
  return scaled(count, 1000, ['', 'K', 'M', 'B', 'T'], '');
}

function scaled(value: number, base: number, units: readonly string[], gap: string): string {
  let unit = 0;
  let shown = value;
  while (shown >= base && unit < units.length - 1) {
    shown /= base;
    unit++;
  }
  const digits = unit === 0 || shown >= 100 ? 0 : 1;
  return `${shown.toFixed(digits).replace(/\.0$/, '')}${gap}${units[unit] ?? ''}`;
}
