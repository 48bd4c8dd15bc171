import { traceEvents } from '../../core/trace/assemble';
import type { TraceEvent, TraceHeader } from '../../core/trace/record';
import type { RequestSignal } from '../../protocol/call';
import type { ServerRunRequest } from '../../protocol/runs';
import { ServerHttp } from './http';
import { runOnVllm } from './vllm';

/** Events of one message: about 1 kB each. */
const EVENTS_A_MESSAGE = 2_000;

/**
 * Runs a prompt on a server. The key comes from `VIVARIUM_SERVER_KEY`, so that no message, setting or file has it.
 * @throws Problem `server` or `cancelled`.
 */
export async function runServer(
  { address, ...request }: ServerRunRequest,
  software: TraceHeader['software'],
  signal: RequestSignal,
  emit: (events: readonly TraceEvent[]) => void,
): Promise<null> {
  const http = new ServerHttp(address, { key: process.env['VIVARIUM_SERVER_KEY'] });
  const stop = new AbortController();
  const abort = (): void => stop.abort();
  if (signal.aborted) abort();
  signal.addEventListener('abort', abort, { once: true });
  try {
    const events = [...traceEvents(await runOnVllm(http, request, software, stop.signal))];
    for (let at = 0; at < events.length; at += EVENTS_A_MESSAGE) emit(events.slice(at, at + EVENTS_A_MESSAGE));
    return null;
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
