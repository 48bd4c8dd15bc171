import * as crypto from 'node:crypto';
import * as path from 'node:path';
import { EngineClient } from '../../src/client/index';
import type { OptionValues } from '../../src/core/decode/options';
import { textOfBytes } from '../../src/core/text/tokens';
import { assembleTrace } from '../../src/core/trace/assemble';
import type { Trace, TraceEvent, TraceToken } from '../../src/core/trace/record';
import type { Sampling } from '../../src/core/decode/sampling';
import type { Caller } from '../../src/protocol/call';
import type { EngineApi } from '../../src/protocol/engine';
import type { ModelRef } from '../../src/protocol/models';
import type { RunRequest } from '../../src/protocol/runs';

export const root = path.resolve(import.meta.dirname, '..', '..');

/** The engine in a process of its own, from the sources: the same code as the bundle's, and nothing has to be built. */
export function startEngine(): EngineClient {
  return new EngineClient({
    enginePath: path.join(root, 'src', 'engine', 'main.ts'),
    execArgv: ['--import', 'tsx'],
    log: () => undefined,
    idleMilliseconds: Infinity,
    onStatus: () => undefined,
  });
}

/** A model that is measured. */
export interface Subject {
  readonly engine: Caller<EngineApi>;
  readonly ref: ModelRef;
}

export const GREEDY: Sampling = { temperature: 0, topK: 0, topP: 1, minP: 0, seed: 0 };

export interface RunOptions {
  readonly prompt: RunRequest['prompt'];
  readonly maxNewTokens: number;
  /** Greedy where absent. */
  readonly sampling?: Sampling;
  /** `autoregressive` where absent. */
  readonly decoder?: string;
  readonly decoderOptions?: OptionValues;
  readonly draft?: ModelRef;
}

/** One run through the engine and its whole trace; no tensors are kept. */
export async function runTraced({ engine, ref }: Subject, options: RunOptions): Promise<Trace> {
  const runId = crypto.randomUUID();
  const events: TraceEvent[] = [];
  await engine.call(
    'run',
    {
      runId,
      model: ref,
      decoder: 'autoregressive',
      sampling: GREEDY,
      capture: { attention: [], hidden: [], logits: false },
      ...options,
    },
    { onEvent: (event) => void (event.type === 'trace' && events.push(...event.events)) },
  );
  await engine.call('closeRun', { runId });
  return assembleTrace(events);
}

/** The tokens of a prompt as the model judges them. */
export async function scoreTokens(subject: Subject, prompt: RunRequest['prompt']): Promise<readonly TraceToken[]> {
  return (await runTraced(subject, { prompt, maxNewTokens: 0 })).tokens;
}

/** What greedy decoding would have written in a token's place; null for the first token of a sequence. */
export function greedyChoice({ judgement }: TraceToken): number | null {
  return judgement?.top[0]?.id ?? null;
}

/** The text that tokens stand for, special tokens left out. */
export function textOf(tokens: readonly TraceToken[]): string {
  return textOfBytes(tokens.flatMap(({ bytes }) => bytes));
}
