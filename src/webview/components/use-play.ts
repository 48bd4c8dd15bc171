import { useEffect, useRef, useState } from 'preact/hooks';

/** Steps a second; fewer where less motion is asked for. */
const SPEED = 6;
const CALM_SPEED = 2;

export interface Playable {
  readonly calm: boolean;
  /** Shows the step after the one on show. @returns whether there may be more */
  readonly next: () => boolean;
  /** Before it plays: at the end there is nothing to play but all of it again. */
  readonly begin: () => void;
}

/**
 * Plays steps one after the other, until the last.
 * @param of what is played: another one stops it.
 */
export function usePlay(
  of: unknown,
  playable: Playable,
): { readonly playing: boolean; readonly setPlaying: (playing: boolean) => void } {
  const [playing, setPlaying] = useState(false);
  const latest = useRef(playable);
  latest.current = playable;
  const { calm } = playable;
  useEffect(() => setPlaying(false), [of]);
  useEffect(() => {
    if (!playing) return undefined;
    const timer = setInterval(
      () => {
        if (!latest.current.next()) setPlaying(false);
      },
      1000 / (calm ? CALM_SPEED : SPEED),
    );
    return () => clearInterval(timer);
  }, [playing, of, calm]);
  return {
    playing,
    setPlaying: (wanted) => {
      if (wanted) latest.current.begin();
      setPlaying(wanted);
    },
  };
}
