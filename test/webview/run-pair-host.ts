import { randomUUID } from 'node:crypto';
import type { EngineClient } from '../../src/client/index';
import type { RunPair } from '../../src/core/compare/runPair';
import { TraceAssembler } from '../../src/core/trace/assemble';
import type { Trace } from '../../src/core/trace/record';
import type { Sampling } from '../../src/core/decode/sampling';
import type { LogitsOf } from '../../src/extension/runs/pair/measure';
import { RunPairSession } from '../../src/extension/runs/pair/session';
import type { Handlers } from '../../src/protocol/call';
import { Problem } from '../../src/protocol/errors';
import type { ModelSummary } from '../../src/protocol/models';
import type { RunPairApi, RunPairShown } from '../../src/protocol/runPair';
import { PageHost } from './page-host';

export interface MadeRun {
  readonly model: ModelSummary;
  readonly prompt: string;
  readonly decoder?: string;
  readonly draft?: ModelSummary;
  readonly sampling?: Partial<Sampling>;
  readonly maxNewTokens?: number;
}

/** A run by the real engine. */
export async function makeRun(engine: EngineClient, made: MadeRun): Promise<Trace> {
  const { model, prompt, decoder = 'autoregressive', draft, sampling, maxNewTokens = 24 } = made;
  const assembler = new TraceAssembler();
  const runId = randomUUID();
  await engine.call(
    'run',
    {
      runId,
      model: { folder: model.folder, file: model.file },
      prompt: { text: prompt },
      decoder,
      ...(draft ? { draft: { folder: draft.folder } } : {}),
      sampling: { temperature: 0, topK: 0, topP: 1, minP: 0, seed: 1, ...sampling },
      maxNewTokens,
      capture: { attention: [], hidden: [], logits: false },
    },
    {
      onEvent: (event) => {
        if (event.type === 'trace') for (const each of event.events) assembler.add(each);
      },
    },
  );
  await engine.call('closeRun', { runId });
  return assembler.trace!;
}

/** The extension's side of the page without VS Code: the real session over runs that the test gives. */
export class RunPairHost extends PageHost<RunPairApi, Record<never, never>> {
  readonly explored: string[] = [];
  readonly saved: { readonly pair: RunPair; readonly form: string }[] = [];
  readonly shown: RunPairShown[] = [];
  /** What the user chooses next. */
  next: string | undefined;
  private readonly session: RunPairSession;

  constructor(
    runs: ReadonlyMap<string, Trace>,
    ids: { readonly a: string; readonly b: string },
    logits: LogitsOf = () => Promise.reject(new Problem({ code: 'not-available', message: 'There is no model.' })),
  ) {
    super('open');
    this.session = new RunPairSession(ids, {
      find: (id) => {
        const trace = runs.get(id);
        return Promise.resolve(trace && { trace, name: trace.header.promptText ?? '' });
      },
      logits,
      choose: () => Promise.resolve(this.next),
      explore: (id) => {
        this.explored.push(id);
        return Promise.resolve();
      },
      save: (pair, form) => {
        this.saved.push({ pair, form });
        return Promise.resolve(`/runs.${form}`);
      },
      onShown: (shown) => this.shown.push(shown),
    });
  }

  protected override handlers(): Handlers<RunPairApi> {
    return this.session.handlers;
  }
}
