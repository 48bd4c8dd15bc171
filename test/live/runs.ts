import { fileURLToPath } from 'node:url';
import { EngineClient } from '../../src/client/index';
import { assembleTrace } from '../../src/core/trace/assemble';
import type { Trace, TraceEvent } from '../../src/core/trace/record';
import type { Sampling } from '../../src/core/decode/sampling';
import type { RunEvent } from '../../src/protocol/runs';
import type { ServerRunRequest } from '../../src/protocol/servers';

/** A prompt that a model of this size goes on with as it began: much is drafted and accepted. */
export const CODE =
  'def fibonacci(n):\n    if n < 2:\n        return n\n    return fibonacci(n - 1) + fibonacci(n - 2)\n\ndef fib2(n):\n    if n < 2:\n        return n\n    return';
export const GREEDY: Sampling = { temperature: 0, topK: 0, topP: 1, minP: 0, seed: 0 };

/** The built engine. */
export function liveEngine(): EngineClient {
  return new EngineClient({
    enginePath: fileURLToPath(new URL('../../dist/engine.mjs', import.meta.url)),
    idleMilliseconds: Infinity,
    log: () => undefined,
    onStatus: () => undefined,
  });
}

/** A greedy run on a server. @param stop stops it with the first token that is generated. */
export async function remoteRun(
  engine: EngineClient,
  request: Pick<ServerRunRequest, 'server' | 'prompt'> & Partial<ServerRunRequest>,
  stop?: AbortController,
): Promise<Trace> {
  const whole = { access: {}, sampling: GREEDY, maxNewTokens: 48, alternatives: 20, runId: 'remote', ...request };
  const { events, onEvent } = gather((event) => {
    if (event.type === 'token' && event.origin !== 'prompt') stop?.abort();
  });
  await engine.call('runServer', whole, { ...(stop ? { signal: stop.signal } : {}), onEvent });
  return assembleTrace(events);
}

/** The same on the ONNX model of a folder. */
export async function localRun(
  engine: EngineClient,
  folder: string,
  ids: readonly number[],
  maxNewTokens: number,
): Promise<Trace> {
  const { events, onEvent } = gather();
  await engine.call(
    'run',
    {
      model: { folder, file: 'onnx/model.onnx' },
      prompt: { ids },
      decoder: 'autoregressive',
      sampling: GREEDY,
      maxNewTokens,
      capture: { attention: [], hidden: [], logits: false },
      runId: 'local',
    },
    { onEvent },
  );
  return assembleTrace(events);
}

function gather(watch: (event: TraceEvent) => void = () => undefined): {
  events: TraceEvent[];
  onEvent: (event: RunEvent) => void;
} {
  const events: TraceEvent[] = [];
  return {
    events,
    onEvent: (event) => {
      if (event.type !== 'trace') return;
      events.push(...event.events);
      event.events.forEach(watch);
    },
  };
}
