import type { TraceEvent, TraceHeader } from '../../core/trace/record';
import { ServerTrace, type ServerRunEnd } from '../../core/server/trace';
import { Problem } from '../../protocol/errors';
import type { RequestSignal } from '../../protocol/call';
import type { RunEvent, RunResult } from '../../protocol/runs';
import type { ServerRunRequest } from '../../protocol/servers';
import { EventStream } from '../run/eventStream';
import { withAbortSignal } from './asking';
import { ServerHttp } from './http';
import { chooseServerModel, identify } from './identify';
import { SPEAKERS } from './speakers';

/**
 * Runs a prompt on a server: the trace is streamed as it comes. Stopped, it gives what there is up to there, finish
 * `cancelled`; before the trace has begun it throws `cancelled`.
 * @throws Problem where it cannot begin, or where the server fails in the middle: the trace then ends with a summary `failed`.
 */
export function runServer(
  request: ServerRunRequest,
  software: TraceHeader['software'],
  { signal, emit }: { readonly signal: RequestSignal; readonly emit: (event: RunEvent) => void },
): Promise<RunResult> {
  return withAbortSignal(signal, (signal) => runOn(request, software, signal, emit));
}

async function runOn(
  request: ServerRunRequest,
  software: TraceHeader['software'],
  signal: AbortSignal,
  emit: (event: RunEvent) => void,
): Promise<RunResult> {
  const started = performance.now();
  const createdAt = new Date().toISOString();
  const since = (from: number): number => (performance.now() - from) / 1000;
  const { server: ref, runId, sampling, maxNewTokens } = request;
  const http = new ServerHttp(ref.address, request.access);
  emit({ type: 'loading', message: `Asking ${http.address}` });
  const server = await identify(http, signal, request.kind);
  const model = chooseServerModel(http, server, ref.model);
  emit({ type: 'loading', message: `${model.name} reads the prompt` });
  const begun = await SPEAKERS[server.kind].begin({ http, server, model, signal }, request);
  const read = since(started);

  const stream = new EventStream(emit);
  const push = (events: readonly TraceEvent[]): void => events.forEach((event) => stream.push(event));
  const trace = new ServerTrace({
    id: runId,
    createdAt,
    software,
    server: {
      kind: server.kind,
      address: http.address,
      version: server.version,
      ...(begun.namesOnly ? { namesOnly: true } : {}),
    },
    model: model.name,
    contextLength: model.contextLength,
    vocabularySize: model.vocabularySize,
    alternatives: request.alternatives,
    ...(begun.promptText === undefined ? {} : { promptText: begun.promptText }),
    sampling,
    maxNewTokens,
    prompt: begun.prompt,
  });
  push([trace.header(), ...trace.promptTokens()]);
  stream.flush();

  const total = begun.prompt.length + maxNewTokens;
  let finish: ServerRunEnd['finish'] = 'length';
  let speculation: ServerRunEnd['speculation'];
  let first: number | undefined;
  const speed = (): number | null => {
    const generated = trace.tokenCount - begun.prompt.length;
    return first === undefined || generated < 2 ? null : (generated - 1) / (since(started) - first);
  };
  const end = (how: Pick<ServerRunEnd, 'finish' | 'message'>): RunResult => {
    const summary = trace.summary({
      ...how,
      ...(speculation === undefined ? {} : { speculation }),
      seconds: since(started),
      prefillSeconds: first ?? read,
      notes: begun.notes,
    });
    stream.push(summary);
    stream.flush();
    return { runId, summary };
  };
  try {
    for await (const part of begun.parts) {
      if (part.tokens.length > 0) first ??= since(started);
      push(trace.piece(part.tokens));
      if (trace.tokenCount > total) throw http.problem(`The server at ${http.address} gives more than was asked for.`);
      stream.endOfPass();
      stream.progress(trace.tokenCount, total, speed());
      if (part.finish !== null) finish = part.finish === 'length' ? 'length' : 'end-of-text';
      speculation = part.speculation ?? speculation;
    }
    const isFull = trace.tokenCount < total && trace.tokenCount >= (model.contextLength ?? Infinity);
    return end({ finish: finish === 'length' && isFull ? 'context-full' : finish });
  } catch (error) {
    const problem = Problem.from(error);
    if (problem.code === 'cancelled') return end({ finish: 'cancelled' });
    end({ finish: 'failed', message: problem.message });
    throw problem;
  }
}
