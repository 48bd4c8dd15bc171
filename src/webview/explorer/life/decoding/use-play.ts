import { useEffect, useRef, useState } from 'preact/hooks';

/** Passes a second; fewer where less motion is asked for. */
const SPEED = 4;
const CALM_SPEED = 1;

/**
 * Plays passes one after the other, until the last.
 * @param run another one stops it.
 */
export function usePlay(
  run: unknown,
  { at, last, calm, onPlace }: { at: number; last: number; calm: boolean; onPlace: (place: number) => void },
): { readonly playing: boolean; readonly toggle: () => void; readonly pause: () => void } {
  const [playing, setPlaying] = useState(false);
  const latest = useRef({ at, last, onPlace });
  latest.current = { at, last, onPlace };
  useEffect(() => setPlaying(false), [run]);
  useEffect(() => {
    if (!playing) return undefined;
    const timer = setInterval(
      () => {
        const now = latest.current;
        if (now.at < now.last) now.onPlace(now.at + 1);
        else setPlaying(false);
      },
      1000 / (calm ? CALM_SPEED : SPEED),
    );
    return () => clearInterval(timer);
  }, [playing, calm]);
  return {
    playing,
    pause: () => setPlaying(false),
    toggle: () => {
      // At the end there is nothing to play but all of it again.
      if (!playing && at >= last) onPlace(0);
      setPlaying(!playing);
    },
  };
}
