import { randomUUID } from 'node:crypto';
import { DECODERS } from '../core/decode/registry';
import type { TraceEvent } from '../core/trace/record';
import { assembleTrace } from '../core/trace/assemble';
import type { CaptureRequest, RunRequest } from '../protocol/runs';
import { Problem } from '../protocol/errors';
import { cancelled } from '../protocol/rpc';
import type { Arguments, Options } from './arguments';
import { DECODER_HELP, DECODER_OPTIONS, decoderNamed, optionsOf, refuseUnused } from './decoderChoice';
import { chooseDraft, chooseModel, MODEL_HELP, MODEL_OPTIONS } from './modelChoice';
import { checkOutput, TraceFile, type Output } from './output';
import { PROMPT_HELP, PROMPT_OPTIONS, readPrompt } from './prompt';
import { RunTable, runDocument, runSummary } from './runReport';
import { prepareServerRun, SERVER_HELP, SERVER_RUN_OPTIONS } from './serverRun';
import type { Session } from './session';
import type { Terminal } from './terminal';
import type { Verb } from './verb';

const OPTIONS = {
  ...MODEL_OPTIONS,
  ...PROMPT_OPTIONS,
  ...DECODER_OPTIONS,
  decoder: { type: 'string' },
  attention: { type: 'string' },
  hidden: { type: 'string' },
  logits: { type: 'boolean' },
  out: { type: 'string' },
  ...SERVER_RUN_OPTIONS,
} satisfies Options;

/** `vivarium run`: a prompt, its tokens with their probabilities, and on request the trace and the tensors as files. */
export const run: Verb = {
  name: 'run',
  usage: 'run --model MODEL (--prompt TEXT | --ids 1,2,3) [options] [--out FILE.vivtrace]',
  summary: 'Runs a prompt and shows how probable each token was.',
  help: [
    ...MODEL_HELP,
    ...SERVER_HELP,
    ...PROMPT_HELP,
    `  --decoder NAME      ${DECODERS.map((decoder) => decoder.name).join(', ')}`,
    '                      (autoregressive; speculative where --draft is given)',
    ...DECODER_HELP,
    '  --attention LAYERS  save attention: all, or layers such as 0,2',
    '  --hidden BLOCKS     save the residual stream that enters each block (the last: leaves the last block)',
    '  --logits            save the logits of every position',
    '  --out FILE          write the trace (.vivtrace) and beside it the tensors (.safetensors)',
  ],
  options: OPTIONS,
  prepare: async (args) => {
    if (args.positionals.length > 0) throw args.usage(`What is "${args.positionals.join(' ')}"?`);
    const server = args.text('server');
    if (server !== undefined) return prepareServerRun(args, server);
    const remote = ['server-model', 'chat', 'alternatives'].find((name) => args.has(name));
    if (remote !== undefined) throw args.usage(`--${remote} is for --server.`);
    const { model: name, ...prompt } = readPrompt(args);
    const decoder = decoderNamed(args, args.text('decoder') ?? (args.has('draft') ? 'speculative' : 'autoregressive'));
    refuseUnused([decoder], args);
    const decoderOptions = optionsOf(decoder, args);
    const capture: CaptureRequest = {
      attention: args.allOrIntegers('attention'),
      hidden: args.allOrIntegers('hidden'),
      logits: args.flag('logits'),
    };
    const output = await readOutput(args, capture);
    return async (session, terminal) => {
      const model = await chooseModel(session, name, args);
      const draft = await chooseDraft(args);
      const request: RunRequest = {
        ...prompt,
        model,
        decoder: decoder.name,
        decoderOptions,
        ...(draft ? { draft } : {}),
        capture,
        runId: randomUUID(),
      };
      await execute(request, output, args.flag('json'), session, terminal);
    };
  },
};

async function readOutput(args: Arguments, capture: CaptureRequest): Promise<Output | undefined> {
  const path = args.text('out');
  const tensors = capture.logits || capture.attention.length > 0 || capture.hidden.length > 0;
  if (path === undefined) {
    if (tensors) throw args.usage('--attention, --hidden and --logits go to a file: give --out.');
    return undefined;
  }
  return checkOutput(path, tensors);
}

async function execute(
  request: RunRequest,
  output: Output | undefined,
  json: boolean,
  { engine, signal }: Session,
  terminal: Terminal,
): Promise<void> {
  const events: TraceEvent[] = [];
  const rows = json ? undefined : new RunTable(terminal);
  const file = new TraceFile(output);
  try {
    await engine.call('run', request, {
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
    throw file.withKept(Problem.from(error));
  }
  if (signal.aborted) throw cancelled();
  const trace = assembleTrace(events);
  const written = await file
    .end((path) => engine.call('saveTensors', { runId: request.runId, path }, { signal }))
    .catch((error: unknown) => {
      throw file.withKept(Problem.from(error));
    });
  if (json) terminal.json(runDocument(trace, written));
  else for (const line of runSummary(trace, written)) terminal.line(line);
}
