import * as crypto from 'node:crypto';
import type { ComparedDecoder } from '../../core/compare/comparison';
import { allOptions } from '../../core/decode/options';
import { findDecoder } from '../../core/decode/registry';
import { TraceAssembler } from '../../core/trace/assemble';
import type { Trace, TraceEvent } from '../../core/trace/record';
import { draftOf } from '../../protocol/drafts';
import type { ModelSummary } from '../../protocol/models';
import type { RunEvent, RunRequest } from '../../protocol/runs';
import { Problem } from '../../protocol/errors';
import type { AskedDecoder, RunStatus } from '../../protocol/explorer';
import type { ExplorerSettings } from '../../protocol/explorerState';
import { l10n } from '../l10n';
import type { ComparisonPlan } from './comparisons';
import type { ExplorerServices } from './ports';

/** Characters of the prompt that name a run. */
const LABEL_CHARACTERS = 24;

/** What a run tells while it goes on. */
export interface RunListener {
  /** @param from how many events of the run came before these. */
  onEvents(events: readonly TraceEvent[], from: number): void;
  onStatus(status: RunStatus): void;
}

/** One run under way: its trace so far and the way to stop it. */
export class ActiveRun {
  readonly runId = crypto.randomUUID();
  private readonly stopper = new AbortController();
  private readonly assembler = new TraceAssembler();

  constructor(
    private readonly services: Pick<ExplorerServices, 'engine' | 'servers'>,
    private readonly settings: ExplorerSettings,
    private readonly model: ModelSummary,
    private readonly models: readonly ModelSummary[],
    private readonly listener: RunListener,
  ) {}

  /** The trace so far; null before its header came. */
  get trace(): Trace | null {
    return this.assembler.trace ?? null;
  }

  /** Which run it is, among others. */
  get label(): string {
    const prompt = this.settings.prompt.replace(/\s+/g, ' ').trim();
    // The cells of a board tell nobody which it is.
    return prompt === '' || this.model.life ? this.model.name : `${this.model.name}: ${shorten(prompt)}`;
  }

  stop(): void {
    this.stopper.abort();
  }

  /** Runs to the end; problems become the last status, what came before them stays in the trace. */
  async start(): Promise<void> {
    const { server } = this.model;
    const message = server ? l10n.t('Asking {0}…', server.address) : l10n.t('Loading {0}…', this.model.name);
    this.listener.onStatus({ state: 'loading', message });
    const options = {
      signal: this.stopper.signal,
      priority: 'background',
      onEvent: (event: RunEvent) => this.heard(event),
    } as const;
    try {
      if (server) {
        const { prompt, sampling, maxNewTokens } = this.settings;
        const asked = { runId: this.runId, prompt, sampling, maxNewTokens };
        await this.services.servers.run(this.model.folder, asked, options);
      } else {
        await this.services.engine.call('run', this.request(), options);
      }
      this.listener.onStatus({ state: 'done' });
    } catch (error) {
      const problem = Problem.from(error);
      this.listener.onStatus(
        problem.code === 'cancelled' ? { state: 'done' } : { state: 'problem', problem: problem.toData() },
      );
      if (problem.code !== 'cancelled') throw problem;
    }
  }

  private heard(event: RunEvent): void {
    if (event.type === 'trace') {
      const from = this.assembler.count;
      for (const item of event.events) this.assembler.add(item);
      this.listener.onEvents(event.events, from);
    } else if (event.type === 'loading') {
      this.listener.onStatus({ state: 'loading', message: event.message });
    } else {
      this.listener.onStatus({ state: 'running', ...pick(event) });
    }
  }

  /** The request that this run is. */
  private request(): RunRequest {
    return runRequest(this.runId, this.settings, this.model, this.models);
  }
}

/** Settings as a request to the engine; every layer's attention and all logits are kept as far as memory allows. */
export function runRequest(
  runId: string,
  settings: ExplorerSettings,
  model: ModelSummary,
  models: readonly ModelSummary[],
): RunRequest {
  const drafts = findDecoder(settings.decoder)?.needs.includes('draft');
  const draft = drafts ? draftOf(model, models, settings.draft) : null;
  return {
    runId,
    model: settings.model ?? { folder: model.folder },
    prompt: model.tokenizer === 'none' ? { ids: parseIds(settings.prompt) } : { text: settings.prompt },
    decoder: settings.decoder,
    decoderOptions: settings.decoderOptions[settings.decoder] ?? {},
    ...(draft ? { draft } : {}),
    sampling: settings.sampling,
    maxNewTokens: settings.maxNewTokens,
    capture: { attention: model.probes.attention.available ? 'all' : [], hidden: [], logits: true },
  };
}

/** Decoders that are compared, each as the run that it is with these settings. */
export function comparisonPlan(
  settings: ExplorerSettings,
  decoders: readonly AskedDecoder[],
  rounds: number,
  model: ModelSummary,
  models: readonly ModelSummary[],
): ComparisonPlan {
  return {
    decoders: decoders.map(comparedDecoder),
    rounds,
    maxNewTokens: settings.maxNewTokens,
    requestOf: ({ decoder, options }, runId) =>
      runRequest(runId, { ...settings, decoder, decoderOptions: { [decoder]: options } }, model, models),
  };
}

/** With all its options; one that the decoder does not have stays, and its row will say so. */
function comparedDecoder({ decoder: name, options }: AskedDecoder): ComparedDecoder {
  const decoder = findDecoder(name);
  return {
    decoder: name,
    exact: decoder?.exact ?? false,
    options: { ...options, ...allOptions(decoder?.options ?? {}, options) },
  };
}

function shorten(text: string): string {
  const characters = [...text];
  return characters.length <= LABEL_CHARACTERS ? text : `${characters.slice(0, LABEL_CHARACTERS).join('')}…`;
}

/** `1, 2 3` as ids. @throws Problem `prompt-invalid` naming what is no id. */
export function parseIds(text: string): number[] {
  const parts = text.split(/[\s,]+/).filter((part) => part !== '');
  return parts.map((part) => {
    const id = Number(part);
    if (!/^\d+$/.test(part) || !Number.isSafeInteger(id)) {
      throw new Problem({
        code: 'prompt-invalid',
        message: l10n.t('"{0}" is no token id.', part.slice(0, 40)),
        action: l10n.t('This model has no tokenizer: type whole numbers separated by commas or blanks.'),
      });
    }
    return id;
  });
}

function pick(event: { tokens: number; total: number; tokensPerSecond: number | null }): {
  tokens: number;
  total: number;
  tokensPerSecond: number | null;
} {
  return { tokens: event.tokens, total: event.total, tokensPerSecond: event.tokensPerSecond };
}
