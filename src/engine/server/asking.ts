import type { RequestSignal } from '../../protocol/call';
import { Problem } from '../../protocol/errors';
import type { TokenInfo } from '../../protocol/models';
import type { ServerMetrics, ServerPrompt, ServerReport, ServerRequest } from '../../protocol/servers';
import { readServerCounters } from '../../core/server/counters';
import { ServerHttp } from './http';
import { chooseServerModel, identify } from './identify';
import { SPEAKERS } from './speakers';

/** Milliseconds without a byte after which a question that generates nothing counts as unanswered. */
const PATIENCE = 20_000;

/** A request's signal as the standard one, while `work` goes on. */
export async function withAbortSignal<T>(signal: RequestSignal, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const stop = new AbortController();
  const abort = (): void => stop.abort();
  if (signal.aborted) abort();
  signal.addEventListener('abort', abort, { once: true });
  try {
    return await work(stop.signal);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

const httpOf = ({ server, access }: ServerRequest): ServerHttp =>
  new ServerHttp(server.address, { ...access, silence: PATIENCE });

/** What is at an address. @throws Problem `server` or `cancelled`. */
export function inspectServer(request: ServerRequest, signal: RequestSignal): Promise<ServerReport> {
  return withAbortSignal(signal, async (signal) => {
    const http = httpOf(request);
    const server = await identify(http, signal);
    const wanted = request.server.model ?? server.models[0]?.name;
    const model = chooseServerModel(http, server, wanted);
    const { can, notes } = await SPEAKERS[server.kind].abilities({ http, server, model, signal });
    return {
      address: http.address,
      kind: server.kind,
      name: server.name,
      version: server.version,
      models: server.models.map(({ name, contextLength }) => ({ name, contextLength })),
      can,
      notes,
    };
  });
}

/** @throws Problem `not-available` where the server does not tell tokens; `server` or `cancelled`. */
export function tokenizeOnServer(
  { prompt, ...request }: ServerRequest & { readonly prompt: ServerPrompt },
  signal: RequestSignal,
): Promise<{ readonly tokens: readonly TokenInfo[] }> {
  return withAbortSignal(signal, async (signal) => {
    const http = httpOf(request);
    const server = await identify(http, signal);
    const model = chooseServerModel(http, server, request.server.model);
    const tokens = await SPEAKERS[server.kind].tokenize({ http, server, model, signal }, prompt);
    if (tokens === null)
      throw notAvailable(`The server at ${http.address} does not say what the tokens of a prompt are.`);
    return { tokens };
  });
}

/** @throws Problem `not-available` where the server has no counters; `server` or `cancelled`. */
export function serverMetrics(request: ServerRequest, signal: RequestSignal): Promise<ServerMetrics> {
  return withAbortSignal(signal, async (signal) => {
    const http = httpOf(request);
    const text = await http.textIfAny('/metrics', signal);
    const counters = text === null ? null : readServerCounters(text);
    if (counters === null) throw notAvailable(`The server at ${http.address} shows no counters at /metrics.`);
    return { readAt: new Date().toISOString(), ...counters };
  });
}

function notAvailable(message: string): Problem {
  return new Problem({ code: 'not-available', message });
}
