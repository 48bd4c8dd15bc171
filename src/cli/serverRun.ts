import { randomUUID } from 'node:crypto';
import { assembleTrace } from '../core/trace/assemble';
import type { TraceEvent } from '../core/trace/record';
import { Problem } from '../protocol/errors';
import { cancelled } from '../protocol/rpc';
import type { ServerRef, ServerRunRequest } from '../protocol/servers';
import type { Arguments, Options } from './arguments';
import { checkOutput, TraceFile } from './output';
import { readPrompt } from './prompt';
import { RunTable, runDocument, runSummary } from './runReport';
import { serverAccess } from './serverAccess';
import type { Session } from './session';
import type { Terminal } from './terminal';

/** What servers allow unless they were started otherwise. */
const ALTERNATIVES = 20;
/** More than any vocabulary has. */
const MOST_ALTERNATIVES = 1_000_000;

export const SERVER_OPTIONS = {
  server: { type: 'string' },
  'server-model': { type: 'string' },
} as const satisfies Options;

export const SERVER_RUN_OPTIONS = {
  ...SERVER_OPTIONS,
  chat: { type: 'boolean' },
  alternatives: { type: 'string' },
} as const satisfies Options;

export const SERVER_HELP: readonly string[] = [
  '  --server URL        run on a server in place of --model; its key is read from VIVARIUM_SERVER_KEY',
  '  --server-model NAME which of its models, where it has more than one',
  "  --chat              the prompt is a user's message: the server puts it into the model's chat template",
  `  --alternatives N    most probable tokens to ask for at each place (${ALTERNATIVES}), or whole: the distribution`,
];

/** Options that a server does not have. */
const LOCAL = ['model', 'dtype', 'file', 'decoder', 'draft', 'attention', 'hidden', 'logits'];
/** The server and the model that the options name. */
export function serverRef(args: Arguments, address: string): ServerRef {
  const model = args.text('server-model');
  return { address, ...(model === undefined ? {} : { model }) };
}

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
  if (args.flag('chat') && 'ids' in prompt) throw args.usage('--chat is for --prompt, not for --ids.');
  const request: ServerRunRequest = {
    server: serverRef(args, address),
    access: serverAccess(address),
    prompt: args.flag('chat') && 'text' in prompt ? { messages: [{ role: 'user', content: prompt.text }] } : prompt,
    sampling,
    maxNewTokens,
    alternatives:
      args.text('alternatives') === 'whole'
        ? 'whole'
        : args.integer('alternatives', ALTERNATIVES, 1, MOST_ALTERNATIVES),
    runId: randomUUID(),
  };
  return async ({ engine, signal }, terminal) => {
    const events: TraceEvent[] = [];
    const rows = args.flag('json') ? undefined : new RunTable(terminal);
    const file = new TraceFile(output);
    let failure: Problem | undefined;
    try {
      await engine.call('runServer', request, {
        signal,
        onEvent: (event) => {
          if (event.type === 'loading') terminal.status(event.message);
          if (event.type !== 'trace') return;
          file.add(event.events);
          for (const traced of event.events) {
            events.push(traced);
            rows?.add(traced);
          }
        },
      });
    } catch (error) {
      failure = Problem.from(error);
      if (events.length === 0) throw failure;
    }
    const trace = assembleTrace(events);
    if (failure !== undefined) throw file.withKept(failure);
    const written = await file.end(() => Promise.resolve({ tensors: [] }));
    if (signal.aborted) throw cancelled();
    if (args.flag('json')) terminal.json(runDocument(trace, written));
    else for (const line of runSummary(trace, written)) terminal.line(line);
  };
}
