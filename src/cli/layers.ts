import { randomUUID } from 'node:crypto';
import { lineOf, tokenLabel } from '../core/text/tokens';
import { assembleTrace } from '../core/trace/assemble';
import type { Trace, TraceEvent } from '../core/trace/record';
import type { LogitLens } from '../protocol/lens';
import type { RunRequest } from '../protocol/runs';
import { cancelled } from '../protocol/rpc';
import type { Options } from './arguments';
import { chooseModel, MODEL_HELP, MODEL_OPTIONS } from './modelChoice';
import { PROMPT_HELP, PROMPT_OPTIONS, readPrompt } from './prompt';
import type { Session } from './session';
import { table } from './terminal';
import type { Verb } from './verb';

const OPTIONS = {
  ...MODEL_OPTIONS,
  ...PROMPT_OPTIONS,
  at: { type: 'string' },
  top: { type: 'string' },
} satisfies Options;

const DEFAULT_TOP = 5;
/** Tokens of one request. */
const WINDOW = 128;

/** `vivarium layers`: the logit lens. */
export const layers: Verb = {
  name: 'layers',
  usage: 'layers --model MODEL (--prompt TEXT | --ids 1,2,3) [--at TOKEN] [--top N] [options]',
  summary: 'Shows what each layer of a model would say next, and how often it is what the last layer says.',
  help: [
    ...MODEL_HELP,
    ...PROMPT_HELP,
    '  --at TOKEN          after which token, by its number from 0 (the last)',
    `  --top N             most probable tokens of each layer, 1 to 20 (${DEFAULT_TOP})`,
  ],
  options: OPTIONS,
  prepare: (args) => {
    if (args.positionals.length > 0) throw args.usage(`What is "${args.positionals.join(' ')}"?`);
    const { model: name, ...prompt } = readPrompt(args);
    const maxNewTokens = args.has('max-new') ? prompt.maxNewTokens : 0;
    const at = args.has('at') ? args.integer('at', 0, 0) : null;
    const top = args.integer('top', DEFAULT_TOP, 1, 20);
    return Promise.resolve(async (session, terminal) => {
      const model = await chooseModel(session, name, args);
      const request: RunRequest = {
        ...prompt,
        maxNewTokens,
        model,
        decoder: 'autoregressive',
        capture: { attention: [], hidden: 'all', logits: false },
        runId: randomUUID(),
      };
      const trace = await runOnce(session, request);
      const count = trace.tokens.length;
      if (at !== null && at >= count) throw args.usage(`There is no token ${at}: there are ${count}, from 0.`);
      const windows = await readLayers(session, request.runId, count, top);
      const read = statesOf(windows);
      if (args.flag('json')) terminal.json(layersDocument(trace, read, top));
      else for (const line of layersTable(trace, read, at ?? count - 1)) terminal.line(line);
    });
  },
};

async function runOnce({ engine, signal }: Session, request: RunRequest): Promise<Trace> {
  const events: TraceEvent[] = [];
  await engine.call('run', request, {
    signal,
    onEvent: (event) => {
      if (event.type === 'trace') events.push(...event.events);
    },
  });
  if (signal.aborted) throw cancelled();
  return assembleTrace(events);
}

async function readLayers(
  { engine, signal }: Session,
  runId: string,
  count: number,
  top: number,
): Promise<LogitLens[]> {
  const windows: LogitLens[] = [];
  for (let start = 0; start < count; start += WINDOW) {
    const size = Math.min(WINDOW, count - start);
    windows.push(await engine.call('logitLens', { runId, start, count: size, top }, { signal }));
  }
  return windows;
}

/** What a state would say after one token. */
interface Place {
  readonly index: number;
  readonly top: readonly { readonly id: number; readonly text: string; readonly probability: number }[];
  readonly entropy: number;
  readonly divergence: number;
  /** How the next layer moves it; null for the last state. */
  readonly velocity: number | null;
  readonly turn: number | null;
}

interface State {
  readonly layer: number;
  /** Share of the tokens after which its most probable token is the last state's. */
  readonly agreement: number;
  readonly places: readonly Place[];
}

function statesOf(windows: readonly LogitLens[]): State[] {
  const [first] = windows;
  const layersRead = (first?.states ?? []).map((layer, s) => ({
    layer,
    places: windows.flatMap((window) => Array.from({ length: window.count }, (_, i) => placeOf(window, s, i))),
  }));
  const last = layersRead.at(-1)?.places ?? [];
  return layersRead.map(({ layer, places }) => {
    const same = places.filter(({ top }, i) => top[0]?.id === last[i]?.top[0]?.id).length;
    return { layer, agreement: same / places.length, places };
  });
}

function placeOf(window: LogitLens, state: number, i: number): Place {
  const { count, top, start, states } = window;
  const at = state * count + i;
  const texts = new Map(window.tokens.map(({ id, text }) => [id, text]));
  const moves = state < states.length - 1;
  return {
    index: start + i,
    top: Array.from({ length: top }, (_, k) => {
      const id = window.ids[at * top + k] as number;
      return { id, text: texts.get(id) ?? '', probability: window.probabilities[at * top + k] as number };
    }),
    entropy: window.entropy[at] as number,
    divergence: window.divergence[at] as number,
    velocity: moves ? (window.velocity[at] as number) : null,
    turn: moves ? (window.turn[at] as number) : null,
  };
}

/** What `layers --json` prints; the fields are documented in docs/cli.md. */
function layersDocument({ header, tokens }: Trace, states: readonly State[], top: number): object {
  return {
    model: header.model,
    promptLength: header.promptLength,
    top,
    tokens: tokens.map(({ index, id, text }) => ({ index, id, text })),
    states,
    software: header.software,
  };
}

function layersTable({ header, tokens }: Trace, states: readonly State[], at: number): string[] {
  const last = states.length - 1;
  const rows = states.map(({ layer, agreement, places }) => {
    const { top, entropy, divergence } = places[at] as Place;
    const said = top.map(({ text, probability }) => `${tokenLabel(text)} ${(100 * probability).toFixed(1)} %`);
    return [
      layer === 0 ? 'embeddings' : `layer ${layer}`,
      `${(100 * agreement).toFixed(1)} %`,
      divergence.toFixed(2),
      entropy.toFixed(2),
      said.join('   '),
    ];
  });
  return [
    lineOf(`${header.model.name} · ${header.model.dtype} · ${tokens.length} tokens`),
    `After token ${at}, ${tokenLabel(tokens[at]?.text ?? '')}, each layer would say (bits):`,
    '',
    ...table(
      [['after', 'agreement', 'KL', 'entropy', 'most probable'], ...rows],
      ['left', 'right', 'right', 'right', 'left'],
    ),
    '',
    `agreement: of ${tokens.length} tokens, after how many a layer’s most probable token is that of layer ${states[last]?.layer ?? 0}`,
  ];
}
