import { assembleTrace } from '../../src/core/trace/assemble';
import type { Trace, TraceEvent } from '../../src/core/trace/record';
import { runServer } from '../../src/engine/server/run';
import type { RequestSignal } from '../../src/protocol/call';
import type { ServerRunRequest } from '../../src/protocol/servers';

/** The signal of a request that nobody stops, or that `stop` stops. */
export function requestSignal({ signal } = new AbortController()): RequestSignal {
  return {
    get aborted() {
      return signal.aborted;
    },
    priority: 'interactive',
    addEventListener: (type, listener, options) => signal.addEventListener(type, listener, options),
    removeEventListener: (type, listener) => signal.removeEventListener(type, listener),
  };
}

export interface Ran {
  readonly trace: Trace;
  /** Messages with events of the trace. */
  readonly messages: number;
  /** What the run failed with, undefined where it did not. */
  readonly failure: unknown;
}

/** Runs a prompt on a server, greedily. @throws what it failed with where it did before its trace began. */
export async function runOnServer(
  address: string,
  request: Partial<ServerRunRequest>,
  { signal = requestSignal(), onEvents = () => undefined }: { signal?: RequestSignal; onEvents?: () => void } = {},
): Promise<Ran> {
  const events: TraceEvent[] = [];
  let messages = 0;
  let failure: unknown;
  await runServer(
    {
      runId: 'run',
      server: { address },
      access: {},
      prompt: { text: 'a' },
      sampling: { temperature: 0, topK: 0, topP: 1, minP: 0, seed: 0 },
      maxNewTokens: 32,
      alternatives: 3,
      ...request,
    },
    { vivarium: '0', onnxruntime: '0', node: '0', platform: 'linux-x64' },
    {
      signal,
      emit: (event) => {
        if (event.type !== 'trace') return;
        messages++;
        events.push(...event.events);
        onEvents();
      },
    },
  ).catch((error: unknown) => (failure = error));
  if (events.length === 0) throw failure;
  return { trace: assembleTrace(events), messages, failure };
}
