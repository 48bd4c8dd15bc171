import { useEffect, useRef, useState } from 'preact/hooks';

const EVERY_MS = 100;

/** A value that changes with every frame while something is under way, for what need not: then a tenth of a second apart. */
export function useCalm<T>(value: T, busy: boolean): T {
  const latest = useRef(value);
  const held = useRef(value);
  const [, tick] = useState(0);
  latest.current = value;
  if (!busy) held.current = value;
  useEffect(() => {
    if (!busy) return;
    const timer = setInterval(() => {
      held.current = latest.current;
      tick((times) => times + 1);
    }, EVERY_MS);
    return () => clearInterval(timer);
  }, [busy]);
  return held.current;
}
