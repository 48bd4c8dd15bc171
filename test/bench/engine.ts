import * as crypto from 'node:crypto';
import * as path from 'node:path';
import { EngineClient } from '../../src/client/index';
import type { ModelRef } from '../../src/protocol/models';
import type { CaptureRequest, RunResult } from '../../src/protocol/runs';

export const root = path.resolve(import.meta.dirname, '..', '..');

/** The engine as the editor and the command line start it: the production bundle in a process of its own. */
export function startEngine(): EngineClient {
  return new EngineClient({
    enginePath: path.join(root, 'dist', 'engine.mjs'),
    log: () => undefined,
    idleMilliseconds: Infinity,
    onStatus: () => undefined,
  });
}

export const NOTHING: CaptureRequest = { attention: [], hidden: [], logits: false };

/** One greedy run; its wall time as the caller of the engine sees it, from the call to the reply. */
export async function timedRun(
  engine: EngineClient,
  model: ModelRef,
  ids: readonly number[],
  maxNewTokens: number,
  capture: CaptureRequest,
  options: { readonly keep?: boolean } = {},
): Promise<{ seconds: number; runId: string; result: RunResult }> {
  const runId = crypto.randomUUID();
  const started = performance.now();
  const result = await engine.call('run', {
    runId,
    model,
    prompt: { ids },
    decoder: 'autoregressive',
    sampling: { temperature: 0, topK: 0, topP: 1, minP: 0, seed: 1 },
    maxNewTokens,
    capture,
  });
  const seconds = (performance.now() - started) / 1000;
  if (!options.keep) await engine.call('closeRun', { runId });
  return { seconds, runId, result };
}
