import { useEffect, useState } from 'preact/hooks';

/** A value for what may be drawn later: as it was, until everything else that shows its change has been painted. */
export function useAfterPaint<T>(value: T): T {
  const [painted, setPainted] = useState(value);
  useEffect(() => {
    if (painted === value) return;
    const timer = setTimeout(() => setPainted(() => value));
    return () => clearTimeout(timer);
  }, [value]);
  return painted;
}
