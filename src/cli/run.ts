import { randomUUID } from 'node:crypto';
import { DECODERS } from '../core/decode/registry';
import type { Sampling, TraceEvent } from '../core/trace/record';
import { assembleTrace } from '../core/trace/assemble';
import type { CaptureRequest, RunRequest } from '../protocol/engine';
import { cancelled } from '../protocol/rpc';
import type { Arguments, Options } from './arguments';
import { chooseModel, MODEL_HELP, MODEL_OPTIONS } from './modelChoice';
import { checkOutput, writeRun, type Output, type WrittenRun } from './output';
import { RunTable, runDocument, runSummary } from './runReport';
import type { Session } from './session';
import type { Terminal } from './terminal';
import type { Verb } from './verb';

const OPTIONS = {
  ...MODEL_OPTIONS,
  model: { type: 'string' },
  prompt: { type: 'string' },
  ids: { type: 'string' },
  decoder: { type: 'string' },
  'max-new': { type: 'string' },
  temperature: { type: 'string' },
  'top-k': { type: 'string' },
  'top-p': { type: 'string' },
  'min-p': { type: 'string' },
  seed: { type: 'string' },
  attention: { type: 'string' },
  hidden: { type: 'string' },
  logits: { type: 'boolean' },
  out: { type: 'string' },
} as const satisfies Options;

const DEFAULT_NEW_TOKENS = 64;
/** What the engine takes; any context is full before. */
const MOST_NEW_TOKENS = 1_000_000;

/** `vivarium run`: a prompt, its tokens with their probabilities, and on request the trace and the tensors as files. */
export const run: Verb = {
  name: 'run',
  usage: 'run --model MODEL (--prompt TEXT | --ids 1,2,3) [options] [--out FILE.vivtrace]',
  summary: 'Runs a prompt and shows how probable each token was.',
  help: [
    ...MODEL_HELP,
    '  --prompt TEXT       the prompt',
    '  --ids 1,2,3         the prompt as token ids, special tokens included',
    `  --max-new N         most tokens to generate (${DEFAULT_NEW_TOKENS}); 0 scores the prompt alone`,
    `  --decoder NAME      ${DECODERS.map((decoder) => decoder.name).join(', ')}`,
    '  --temperature T     0 = the most probable token (default; 1 where another of these is given)',
    '  --top-k K           keep the K most probable tokens; 0 = off',
    '  --top-p P           keep the most probable tokens up to a mass of P; 1 = off',
    '  --min-p P           keep tokens with at least P times the largest probability; 0 = off',
    '  --seed N            seed of the draws (0)',
    '  --attention LAYERS  save attention: all, or layers such as 0,2',
    '  --hidden BLOCKS     save the residual stream that enters each block (the last: leaves the last block)',
    '  --logits            save the logits of every position',
    '  --out FILE          write the trace (.vivtrace) and beside it the tensors (.safetensors)',
  ],
  options: OPTIONS,
  prepare: async (args) => {
    if (args.positionals.length > 0) throw args.usage(`What is "${args.positionals.join(' ')}"?`);
    const name = args.text('model');
    if (name === undefined) throw args.usage('Which model? Give --model.');
    const request = readRequest(args);
    const output = await readOutput(args, request.capture);
    return async (session, terminal) => {
      const model = await chooseModel(session, name, args);
      await execute({ ...request, model, runId: randomUUID() }, output, args.flag('json'), session, terminal);
    };
  },
};

function readRequest(args: Arguments): Omit<RunRequest, 'model' | 'runId'> {
  const [text, ids] = [args.text('prompt'), args.integers('ids')];
  if (text !== undefined && ids !== undefined) throw args.usage('--prompt and --ids cannot be used together.');
  if (text === undefined && ids === undefined) throw args.usage('What prompt? Give --prompt or --ids.');
  return {
    prompt: ids === undefined ? { text: text as string } : { ids },
    decoder: args.text('decoder') ?? 'autoregressive',
    sampling: readSampling(args),
    maxNewTokens: args.integer('max-new', DEFAULT_NEW_TOKENS, 0, MOST_NEW_TOKENS),
    capture: {
      attention: args.allOrIntegers('attention'),
      hidden: args.allOrIntegers('hidden'),
      logits: args.flag('logits'),
    },
  };
}

/** Greedy unless something asks for draws: a seed or a filter without a temperature would otherwise do nothing. */
function readSampling(args: Arguments): Sampling {
  const draws = ['top-k', 'top-p', 'min-p', 'seed'].some((name) => args.has(name));
  return {
    temperature: args.number('temperature', draws ? 1 : 0, 0),
    topK: args.integer('top-k', 0, 0),
    topP: args.number('top-p', 1, 0, 1),
    minP: args.number('min-p', 0, 0, 1),
    seed: args.integer('seed', 0, 0, 0xffffffff),
  };
}

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
  await engine.call('run', request, {
    signal,
    onEvent: (event) => {
      if (event.type === 'loading') terminal.status(event.message);
      if (event.type !== 'trace') return;
      for (const traced of event.events) {
        events.push(traced);
        rows?.add(traced);
      }
    },
  });
  if (signal.aborted) throw cancelled();
  const trace = assembleTrace(events);
  const written: WrittenRun = output
    ? await writeRun(output, trace, (path) => engine.call('saveTensors', { runId: request.runId, path }, { signal }))
    : { trace: null, tensors: null, tensorNames: [] };
  if (json) terminal.json(runDocument(trace, written));
  else for (const line of runSummary(trace, written)) terminal.line(line);
}
