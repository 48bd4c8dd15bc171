import { useEffect, useState } from 'preact/hooks';
import type { Caller } from '../../../protocol/call';
import { Problem, type ProblemData } from '../../../protocol/errors';
import type { ExplorerApi } from '../../../protocol/explorer';

export type PositionLogitsState =
  | { readonly state: 'waiting' }
  | { readonly state: 'ready'; readonly logits: Float32Array; readonly recomputed: boolean }
  | { readonly state: 'unavailable'; readonly problem: ProblemData };

const WAITING: PositionLogitsState = { state: 'waiting' };

/** Positions kept in the page: enough to go back and forth without asking again. */
const KEPT = 32;

/** A pointer that passes over tokens asks for none of them. */
const SETTLE_MS = 60;

/**
 * The logits that predicted a token, asked of the host once a position. While `paused` (a run is under way, and its
 * logits are not complete) nothing is asked.
 */
export function usePositionLogits(
  api: Caller<ExplorerApi>,
  runId: string | null,
  index: number | null,
  paused: boolean,
): PositionLogitsState {
  const [cache, setCache] = useState<{ runId: string | null; answers: Map<number, PositionLogitsState> }>(() => ({
    runId,
    answers: new Map(),
  }));
  const known = cache.runId === runId && index !== null ? cache.answers.get(index) : undefined;

  useEffect(() => {
    if (runId === null || index === null || paused || known) return;
    const abort = new AbortController();
    const keep = (answer: PositionLogitsState): void => {
      if (abort.signal.aborted) return;
      setCache((old) => {
        const answers = new Map(old.runId === runId ? old.answers : []);
        answers.set(index, answer);
        for (const oldest of answers.keys()) {
          if (answers.size <= KEPT) break;
          answers.delete(oldest);
        }
        return { runId, answers };
      });
    };
    const timer = setTimeout(() => {
      api.call('positionLogits', { runId, index }, { signal: abort.signal }).then(
        ({ logits, recomputed }) => keep({ state: 'ready', logits, recomputed }),
        (error: unknown) => keep({ state: 'unavailable', problem: Problem.from(error).toData() }),
      );
    }, SETTLE_MS);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [api, runId, index, paused, known]);

  return known ?? WAITING;
}

/** Texts of tokens that the trace does not carry, asked of the host in one request for all that are missing. */
export function useTokenTexts(
  api: Caller<ExplorerApi>,
  runId: string | null,
  known: ReadonlyMap<number, string>,
  wanted: readonly number[],
): (id: number) => string | null {
  const [fetched, setFetched] = useState<{ runId: string | null; texts: ReadonlyMap<number, string | null> }>(() => ({
    runId,
    texts: new Map(),
  }));
  const texts = fetched.runId === runId ? fetched.texts : new Map<number, string | null>();
  const missing = wanted.filter((id) => !known.has(id) && !texts.has(id));
  const key = missing.join();

  useEffect(() => {
    if (runId === null || key === '') return;
    const abort = new AbortController();
    const ids = key.split(',').map(Number);
    const add = (entries: readonly (readonly [number, string | null])[]): void => {
      if (abort.signal.aborted) return;
      setFetched((old) => ({ runId, texts: new Map([...(old.runId === runId ? old.texts : []), ...entries]) }));
    };
    api.call('describeTokens', { runId, ids }, { signal: abort.signal }).then(
      ({ tokens }) => add(tokens.map((token) => [token.id, token.text] as const)),
      // Ids are shown in place of texts that nobody knows.
      () => add(ids.map((id) => [id, null] as const)),
    );
    return () => abort.abort();
  }, [api, runId, key]);

  return (id) => known.get(id) ?? texts.get(id) ?? null;
}
