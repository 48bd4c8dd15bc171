import { useEffect, useState } from 'preact/hooks';
import type { Roller } from './roller';

/** Steps a second; slower where less motion is asked for. */
const SPEED = 6;
const CALM_SPEED = 2;

/** Plays the steps that are there, one after the other, until the last. */
export function usePlayer(
  roller: Roller,
  calm: boolean,
): { readonly playing: boolean; readonly setPlaying: (playing: boolean) => void } {
  const [playing, setPlaying] = useState(false);
  useEffect(() => setPlaying(false), [roller]);
  useEffect(() => {
    if (!playing) return undefined;
    const timer = setInterval(
      () => {
        if (roller.place < roller.made) roller.show(roller.place + 1);
        else if (!roller.rolling) setPlaying(false);
      },
      1000 / (calm ? CALM_SPEED : SPEED),
    );
    return () => clearInterval(timer);
  }, [playing, roller, calm]);
  return {
    playing,
    setPlaying: (wanted) => {
      // At the end there is nothing to play but all of it again.
      if (wanted && roller.place >= roller.made && !roller.rolling) roller.show(1);
      setPlaying(wanted);
    },
  };
}
