import * as path from 'node:path';
import { serialize } from 'node:v8';
import type { DecodeRequest } from '../../src/core/decode/decoder';
import type { OptionValues } from '../../src/core/decode/options';
import { findDecoder } from '../../src/core/decode/registry';
import { lifePrompt } from '../../src/core/life/prompt';
import { Random } from '../../src/core/numeric/random';
import { TraceRecorder } from '../../src/core/trace/recorder';
import { ModelStore, type LoadedModel } from '../../src/engine/model';
import { KeptStates, openAids } from '../../src/engine/run/decoding';
import { EventStream } from '../../src/engine/run/eventStream';
import { packedMessage } from '../../src/protocol/packedTrace';
import { root } from './engine';
import { median } from './worker';

/** A decoder with its options, and whether it drafts with the small model. */
interface Contestant {
  readonly decoder: string;
  readonly options?: OptionValues;
  readonly draft?: boolean;
}

export interface DecoderRow {
  readonly label: string;
  /** Over all prompts. */
  readonly passes: number;
  readonly tokens: number;
  /** Passes and wall time of autoregressive decoding over this decoder's: sum of passes, median of the prompts' ratios. */
  readonly fewerPasses: number;
  readonly speedUp: number;
  /** Prompts with the very tokens of autoregressive decoding. */
  readonly identical: number;
  /** What the engine's process does for the trace, judging the tokens and sending its events, over the rest of the run. */
  readonly traceCost: number;
  /** The same in microseconds, of each token (those of the prompt are judged too) and of each pass. */
  readonly traceOfToken: number;
  readonly traceOfPass: number;
}

export interface DecodersResult {
  readonly model: string;
  readonly prompts: number;
  readonly rows: readonly DecoderRow[];
}

const LIFE: readonly Contestant[] = [
  { decoder: 'autoregressive' },
  { decoder: 'speculative-jacobi' },
  { decoder: 'speculative-jacobi', options: { window: 64 } },
  { decoder: 'speculative-jacobi', options: { window: 16 } },
  { decoder: 'jacobi' },
  { decoder: 'copy-previous' },
  { decoder: 'speculative', options: { gamma: 8 }, draft: true },
];

const TEXT: readonly Contestant[] = [
  { decoder: 'autoregressive' },
  { decoder: 'speculative', options: { gamma: 2 }, draft: true },
  { decoder: 'speculative', options: { gamma: 4 }, draft: true },
  { decoder: 'prompt-lookup' },
  { decoder: 'lookahead' },
  { decoder: 'speculative-jacobi' },
  { decoder: 'jacobi' },
];

/** The same prompts under several decoders, greedily, with the bundled models. */
export async function measureDecoders(rounds: number): Promise<DecodersResult[]> {
  const store = new ModelStore();
  const open = (name: string): Promise<LoadedModel> => store.open({ folder: path.join(root, 'models', name) });
  const [life, lifeDraft, text, textDraft] = [
    await open('lifegpt-16'),
    await open('lifegpt-16-draft'),
    await open('almanac'),
    await open('almanac-draft'),
  ];
  return [
    await race(life, lifeDraft, boards(life), LIFE, rounds),
    await race(text, textDraft, texts(text), TEXT, rounds),
  ];
}

interface Once {
  readonly ids: string;
  readonly passes: number;
  readonly tokens: number;
  /** Those of the prompt included. */
  readonly judged: number;
  readonly milliseconds: number;
  readonly traceMilliseconds: number;
}

async function race(
  model: LoadedModel,
  draft: LoadedModel,
  prompts: readonly (readonly number[])[],
  contestants: readonly Contestant[],
  rounds: number,
): Promise<DecodersResult> {
  const runs: Once[][] = contestants.map(() => []);
  for (let round = -1; round < rounds; round++) {
    for (const prompt of round < 0 ? prompts.slice(0, 1) : prompts) {
      for (const [i, contestant] of contestants.entries()) {
        const once = await decode(model, contestant.draft ? draft : null, prompt, contestant);
        // A session is slower when it is new: the first round does not count.
        if (round >= 0) runs[i]!.push(once);
      }
    }
  }
  const plain = runs[0]!;
  const sum = (of: readonly Once[], field: Exclude<keyof Once, 'ids'>): number =>
    of.reduce((total, each) => total + each[field], 0);
  const rows = contestants.map(({ decoder, options = {} }, i): DecoderRow => {
    const own = runs[i]!;
    const trace = sum(own, 'traceMilliseconds');
    const values = Object.entries(options).map(([name, value]) => ` ${name} ${String(value)}`);
    return {
      label: decoder + values.join(''),
      passes: sum(own, 'passes') / rounds,
      tokens: sum(own, 'tokens') / rounds,
      fewerPasses: sum(plain, 'passes') / sum(own, 'passes'),
      speedUp: median(own.map(({ milliseconds }, at) => plain[at]!.milliseconds / milliseconds)),
      identical: own.slice(0, prompts.length).filter(({ ids }, at) => ids === plain[at]!.ids).length,
      traceCost: trace / (sum(own, 'milliseconds') - trace),
      traceOfToken: (trace * 1000) / sum(own, 'judged'),
      traceOfPass: (trace * 1000) / sum(own, 'passes'),
    };
  });
  return { model: model.identity.name, prompts: prompts.length, rows };
}

/**
 * One run as the engine makes it, in this process: the trace is judged, batched, packed and serialised as for the channel to the
 * extension. What reads it there, and writes it as JSON to the history, is another process.
 */
async function decode(
  model: LoadedModel,
  draft: LoadedModel | null,
  prompt: readonly number[],
  { decoder: name, options = {} }: Contestant,
): Promise<Once> {
  const decoder = findDecoder(name);
  if (!decoder) throw new Error(`There is no decoder named ${name}.`);
  const clock = (): number => performance.now();
  const started = clock();
  const target = model.openSequence({ attention: [], hidden: [] });
  const opened = openAids(decoder, model, draft, prompt, new KeptStates());
  const request: DecodeRequest = {
    prompt,
    maxNewTokens: model.identity.life ? 300 : 96,
    endIds: model.endIds,
    sampling: { temperature: 0, topK: 0, topP: 1, minP: 0, seed: 1 },
    signal: { aborted: false },
    clock,
    options,
    aids: opened.aids,
  };
  const describe = (ids: readonly number[]) => model.tokenizer.describe(ids);
  const recorder = new TraceRecorder({ describe, clock, drafts: decoder.drafts });
  const ids: number[] = [];
  let [passes, traceMilliseconds, written] = [0, 0, 0];
  const counted = (work: () => void): void => {
    const before = clock();
    work();
    traceMilliseconds += clock() - before;
  };
  let sending = false;
  const stream = new EventStream((event) => {
    const send = (): void => void (written += serialize(packedMessage({ rpc: 'event', id: 1, event })).length);
    // A timer may send between the passes.
    if (sending) send();
    else counted(send);
  });
  const told = (work: () => void): void => {
    sending = true;
    counted(work);
    sending = false;
  };
  for await (const step of decoder.decode(target, request)) {
    passes++;
    told(() => {
      for (const event of recorder.record(step)) stream.push(event);
      stream.endOfPass();
    });
    ids.push(...step.writes.map(({ id }) => id));
  }
  told(() => stream.flush());
  const milliseconds = clock() - started;
  target.dispose();
  opened.dispose();
  if (written === 0) throw new Error(`${name} left no trace.`);
  const tokens = ids.length - prompt.length;
  return { ids: ids.join(), passes, tokens, judged: ids.length, milliseconds, traceMilliseconds };
}

/** Boards of all densities, none alive to all alive. */
function boards(model: LoadedModel): number[][] {
  const grid = model.identity.life;
  if (!grid) throw new Error(`${model.identity.name} is no Life model.`);
  const random = Random.fromSeed(11);
  return Array.from({ length: 11 }, (_, tenths) => {
    const cells = Uint8Array.from({ length: grid.width * grid.height }, () => (random.uniform() * 10 < tenths ? 1 : 0));
    return model.tokenizer.encode(lifePrompt(cells, grid));
  });
}

function texts(model: LoadedModel): number[][] {
  return [
    'The sun rises in the',
    'In the beginning',
    'The history of the city began',
    'Water is a',
    'She opened the door and',
    'The most important thing about mathematics is',
  ].map((text) => model.tokenizer.encode(text));
}
