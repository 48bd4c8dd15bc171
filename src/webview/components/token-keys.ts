/** Where a key leads from a token, along the sequence; null where the key means nothing here. */
export function tokenForKey(key: string, from: number | null, count: number, page: number): number | null {
  if (count === 0) return null;
  const clamp = (index: number): number => Math.max(0, Math.min(count - 1, index));
  const at = from ?? 0;
  switch (key) {
    case 'ArrowRight':
      return clamp(from === null ? 0 : at + 1);
    case 'ArrowLeft':
      return clamp(at - 1);
    case 'PageDown':
      return clamp(at + page);
    case 'PageUp':
      return clamp(at - page);
    case 'Home':
      return 0;
    case 'End':
      return count - 1;
    default:
      return null;
  }
}
