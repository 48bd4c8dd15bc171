import { randomUUID } from 'node:crypto';
import { assembleTrace } from '../core/trace/assemble';
import type { TraceEvent } from '../core/trace/record';
import type { ServerRunRequest } from '../protocol/runs';
import { Problem } from '../protocol/errors';
import type { Arguments, Options } from './arguments';
import { checkOutput, writeRun, type WrittenRun } from './output';
import { readPrompt } from './prompt';
import { RunTable, runDocument, runSummary } from './runReport';
import type { Session } from './session';
import type { Terminal } from './terminal';

export const SERVER_OPTIONS = {
  server: { type: 'string' },
  'server-model': { type: 'string' },
} as const satisfies Options;

export const SERVER_HELP: readonly string[] = [
  '  --server URL        run on a vLLM server in place of --model; its key is read from VIVARIUM_SERVER_KEY',
  '  --server-model NAME which of its models, where it has more than one',
];

/** Options that a server does not have. */
const LOCAL = ['model', 'dtype', 'file', 'decoder', 'draft', 'attention', 'hidden', 'logits'];
/** What vLLM allows unless it was started otherwise. */
const ALTERNATIVES = 20;

/** `vivarium run --server`. What came before a failure is written and shown, and then the command fails. */
export async function prepareServerRun(
  args: Arguments,
  address: string,
): Promise<(session: Session, terminal: Terminal) => Promise<void>> {
  const local = LOCAL.find((name) => args.has(name));
  if (local !== undefined) throw args.usage(`--${local} cannot be used with --server.`);
  const { prompt, sampling, maxNewTokens } = readPrompt(args, address);
  const out = args.text('out');
  const output = out === undefined ? undefined : await checkOutput(out, false);
  const model = args.text('server-model');
  const request: ServerRunRequest = {
    address,
    ...(model === undefined ? {} : { model }),
    prompt,
    sampling,
    maxNewTokens,
    alternatives: ALTERNATIVES,
    runId: randomUUID(),
  };
  return async ({ engine, signal }, terminal) => {
    const events: TraceEvent[] = [];
    const rows = args.flag('json') ? undefined : new RunTable(terminal);
    await engine.call('runServer', request, {
      signal,
      onEvent: (event) => {
        for (const traced of event.events) {
          events.push(traced);
          rows?.add(traced);
        }
      },
    });
    const trace = assembleTrace(events);
    const written: WrittenRun = output
      ? await writeRun(output, trace, () => Promise.resolve({ tensors: [] }))
      : { trace: null, tensors: null, tensorNames: [] };
    if (trace.summary?.finish === 'failed') {
      const kept = written.trace === null ? '' : ` What came before is in ${written.trace}.`;
      throw new Problem({ code: 'server', message: `${trace.summary.message ?? 'The server failed.'}${kept}` });
    }
    if (args.flag('json')) terminal.json(runDocument(trace, written));
    else for (const line of runSummary(trace, written)) terminal.line(line);
  };
}
