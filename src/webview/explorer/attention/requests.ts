import { useEffect, useRef, useState } from 'preact/hooks';
import type { Progress } from '../../../protocol/call';
import { Problem, type ProblemData } from '../../../protocol/errors';

/** Least recently used values go first once their sizes exceed a bound. */
export class RecentCache<T> {
  private readonly entries = new Map<string, T>();
  private total = 0;

  /** @param sizeOf in the unit of `bound`. */
  constructor(
    private readonly bound: number,
    private readonly sizeOf: (value: T) => number,
  ) {}

  get(key: string): T | undefined {
    const value = this.entries.get(key);
    if (value !== undefined) {
      this.entries.delete(key);
      this.entries.set(key, value);
    }
    return value;
  }

  set(key: string, value: T): void {
    const old = this.entries.get(key);
    if (old !== undefined) this.total -= this.sizeOf(old);
    this.entries.delete(key);
    this.entries.set(key, value);
    this.total += this.sizeOf(value);
    for (const [oldest, entry] of this.entries) {
      if (this.total <= this.bound || oldest === key) break;
      this.entries.delete(oldest);
      this.total -= this.sizeOf(entry);
    }
  }
}

export interface Request<T> {
  /** The answer to what is asked now; null while it is under way or has failed. */
  readonly value: T | null;
  readonly problem: ProblemData | null;
  /** How far what is under way has come, where it says so. */
  readonly progress: Progress | null;
  readonly retry: () => void;
}

interface Settled<T> {
  readonly key: string;
  readonly value: T | null;
  readonly problem: ProblemData | null;
}

/**
 * One answer at a time: another key cancels the request that is under way. Answers are kept in `cache`.
 * @param key what is asked; null asks nothing.
 */
export function useRequest<T>(
  key: string | null,
  cache: RecentCache<T>,
  ask: (signal: AbortSignal, onProgress: (progress: Progress) => void) => Promise<T>,
): Request<T> {
  const [settled, setSettled] = useState<Settled<T> | null>(null);
  const [reached, setReached] = useState<{ readonly key: string; readonly progress: Progress } | null>(null);
  const [attempt, setAttempt] = useState(0);
  const latest = useRef(ask);
  latest.current = ask;
  const kept = key === null ? undefined : cache.get(key);

  useEffect(() => {
    if (key === null || cache.get(key) !== undefined) return;
    const controller = new AbortController();
    const onProgress = (progress: Progress): void => {
      if (!controller.signal.aborted) setReached({ key, progress });
    };
    latest.current(controller.signal, onProgress).then(
      (value) => {
        if (controller.signal.aborted) return;
        cache.set(key, value);
        setSettled({ key, value, problem: null });
      },
      (error: unknown) => {
        if (!controller.signal.aborted) setSettled({ key, value: null, problem: Problem.from(error).toData() });
      },
    );
    return () => {
      controller.abort();
      setReached(null);
    };
  }, [key, cache, attempt]);

  const retry = (): void => {
    setSettled(null);
    setReached(null);
    setAttempt((count) => count + 1);
  };
  if (kept !== undefined) return { value: kept, problem: null, progress: null, retry };
  const current = settled?.key === key ? settled : null;
  const progress = !current && reached?.key === key ? reached.progress : null;
  return { value: current?.value ?? null, problem: current?.problem ?? null, progress, retry };
}
