import { randomUUID } from 'node:crypto';
import type { Decoder } from '../core/decode/decoder';
import type { OptionValues } from '../core/decode/options';
import { assembleTrace } from '../core/trace/assemble';
import type { Trace, TraceEvent } from '../core/trace/record';
import type { RunRequest } from '../protocol/engine';
import { cancelled } from '../protocol/rpc';
import type { Options } from './arguments';
import { DECODER_HELP, DECODER_OPTIONS, decoderNamed, optionsOf, refuseUnused } from './decoderChoice';
import { chooseDraft, chooseModel, MODEL_HELP, MODEL_OPTIONS } from './modelChoice';
import { PROMPT_HELP, PROMPT_OPTIONS, readPrompt } from './prompt';
import { samplingText, textOf } from './runReport';
import type { Session } from './session';
import { table } from './terminal';
import type { Verb } from './verb';

const OPTIONS = {
  ...MODEL_OPTIONS,
  ...PROMPT_OPTIONS,
  ...DECODER_OPTIONS,
  decoders: { type: 'string' },
} satisfies Options;

/** Tokens of the run before the first that counts: a session is slower when it is new. */
const WARM_UP_TOKENS = 4;

/** `vivarium compare`: one prompt, one seed, several decoders. */
export const compare: Verb = {
  name: 'compare',
  usage: 'compare --model MODEL (--prompt TEXT | --ids 1,2,3) --decoders a,b,c [--draft MODEL] [options]',
  summary: 'Runs one prompt under several decoders: passes, time, acceptance, and whether they say the same.',
  help: [
    ...MODEL_HELP,
    '  --decoders a,b,c    which decoders; the others are compared with the first',
    ...PROMPT_HELP,
    ...DECODER_HELP,
    '  An option is given to every decoder that has it, the draft model to those that need one.',
  ],
  options: OPTIONS,
  prepare: async (args) => {
    if (args.positionals.length > 0) throw args.usage(`What is "${args.positionals.join(' ')}"?`);
    const { model: name, ...prompt } = readPrompt(args);
    const names = (args.text('decoders') ?? '').split(/[\s,]+/).filter((each) => each !== '');
    if (names.length === 0)
      throw args.usage('Which decoders? Give --decoders, for example autoregressive,prompt-lookup.');
    const twice = names.find((each, i) => names.indexOf(each) !== i);
    if (twice !== undefined) throw args.usage(`The decoder ${twice} is named twice.`);
    const decoders = names.map((each) => decoderNamed(args, each));
    refuseUnused(decoders, args);
    const chosen = decoders.map((decoder) => ({ decoder, options: optionsOf(decoder, args) }));
    return async (session, terminal) => {
      const model = await chooseModel(session, name, args);
      const draft = await chooseDraft(args);
      const requestOf = ({ decoder, options }: Chosen): RunRequest => ({
        ...prompt,
        model,
        decoder: decoder.name,
        decoderOptions: options,
        ...(draft && decoder.needs.includes('draft') ? { draft } : {}),
        capture: { attention: [], hidden: [], logits: false },
        runId: randomUUID(),
      });
      const traces: Trace[] = [];
      for (const each of chosen) {
        terminal.status(each.decoder.name);
        const request = requestOf(each);
        const warmUp = Math.min(WARM_UP_TOKENS, prompt.maxNewTokens);
        await runOnce(session, { ...request, runId: randomUUID(), maxNewTokens: warmUp });
        traces.push(await runOnce(session, request));
      }
      const compared = compareTraces(traces);
      if (args.flag('json')) terminal.json(comparisonDocument(traces, compared));
      else for (const line of comparisonTable(traces, compared)) terminal.line(line);
    };
  },
};

interface Chosen {
  readonly decoder: Decoder;
  readonly options: OptionValues;
}

async function runOnce({ engine, signal }: Session, request: RunRequest): Promise<Trace> {
  const events: TraceEvent[] = [];
  await engine.call('run', request, {
    signal,
    onEvent: (event) => {
      if (event.type === 'trace') events.push(...event.events);
    },
  });
  if (signal.aborted) throw cancelled();
  await engine.call('closeRun', { runId: request.runId });
  return assembleTrace(events);
}

/** How a run compares with the first. */
interface Compared {
  readonly identical: boolean;
  /** Index of the first token that differs, or that one of them lacks. */
  readonly firstDifference: number | null;
  /** Wall time of the first over this one's. */
  readonly speedUp: number | null;
}

function compareTraces(traces: readonly Trace[]): Compared[] {
  const [first] = traces as [Trace];
  const ids = first.tokens.map(({ id }) => id);
  return traces.map(({ tokens, summary }) => {
    const length = Math.max(ids.length, tokens.length);
    const difference = Array.from({ length }, (_, i) => i).find((i) => ids[i] !== tokens[i]?.id);
    const seconds = summary?.seconds ?? 0;
    return {
      identical: difference === undefined,
      firstDifference: difference ?? null,
      speedUp: seconds > 0 && first.summary ? first.summary.seconds / seconds : null,
    };
  });
}

/** What `compare --json` prints; the fields are documented in docs/cli.md. */
function comparisonDocument(traces: readonly Trace[], compared: readonly Compared[]): object {
  const [{ header }] = traces as [Trace];
  return {
    model: header.model,
    draft: traces.find((trace) => trace.header.decoder.draft)?.header.decoder.draft ?? null,
    promptLength: header.promptLength,
    sampling: header.sampling,
    maxNewTokens: header.maxNewTokens,
    results: traces.map(({ header: { decoder, promptLength }, tokens, passes, summary }, i) => ({
      decoder: decoder.name,
      exact: decoder.exact,
      options: decoder.options ?? {},
      passes: passes.length,
      generatedTokens: tokens.length - promptLength,
      seconds: summary?.seconds ?? null,
      prefillSeconds: summary?.prefillSeconds ?? null,
      tokensPerSecond: summary?.tokensPerSecond ?? null,
      finish: summary?.finish ?? null,
      speculation: summary?.speculation ?? null,
      ...(compared[i] as Compared),
      ids: tokens.map(({ id }) => id),
      generatedText: textOf(traces[i] as Trace, promptLength),
    })),
    software: header.software,
  };
}

function comparisonTable(traces: readonly Trace[], compared: readonly Compared[]): string[] {
  const [{ header }] = traces as [Trace];
  const rows = traces.map(({ header: { decoder, promptLength }, tokens, passes, summary }, i) => {
    const { identical, firstDifference, speedUp } = compared[i] as Compared;
    const { acceptanceRate, meanAcceptanceLength } = summary?.speculation ?? {};
    return [
      decoder.name,
      decoder.exact ? 'exact' : 'lossy',
      String(passes.length),
      String(tokens.length - promptLength),
      summary ? summary.seconds.toFixed(3) : '–',
      speedUp === null ? '–' : `${speedUp.toFixed(2)}x`,
      acceptanceRate == null ? '–' : `${(acceptanceRate * 100).toFixed(1)} %`,
      meanAcceptanceLength == null ? '–' : meanAcceptanceLength.toFixed(2),
      i === 0 ? 'the first' : identical ? 'identical' : `differs from token ${firstDifference} on`,
    ];
  });
  const head = ['decoder', '', 'passes', 'tokens', 'seconds', 'speed', 'accepted', 'length', 'output'];
  return [
    `${header.model.name} · ${header.model.dtype} · ${samplingText(header.sampling)}`,
    '',
    ...table([head, ...rows], ['left', 'left', 'right', 'right', 'right', 'right', 'right', 'right', 'left']),
  ];
}
