import { randomUUID } from 'node:crypto';
import { allOptions } from '../../src/core/decode/options';
import { decoderSummaries, findDecoder } from '../../src/core/decode/registry';
import { EngineClient } from '../../src/client/index';
import type { Comparison } from '../../src/core/compare/comparison';
import { TraceAssembler, traceEvents } from '../../src/core/trace/assemble';
import type { Trace, TraceEvent } from '../../src/core/trace/record';
import type { Handlers } from '../../src/protocol/call';
import type { ModelRoot, ModelSummary } from '../../src/protocol/models';
import type { RunRequest } from '../../src/protocol/runs';
import { draftOf } from '../../src/protocol/drafts';
import { Comparisons } from '../../src/extension/explorer/comparisons';
import { Rollouts } from '../../src/extension/life/rollouts';
import { Sweeps } from '../../src/extension/explorer/sweeps';
import { Problem } from '../../src/protocol/errors';
import type {
  EngineStatus,
  ExplorerApi,
  ExplorerNotifications,
  ExplorerSnapshot,
  RunStatus,
} from '../../src/protocol/explorer';
import type { ExplorerSettings, ExplorerState } from '../../src/protocol/explorerState';
import { RpcServer, isRpcMessage } from '../../src/protocol/rpc';
import { root } from '../../scripts/lib/run.mjs';
import type { WebviewUnderTest } from '../harness/webview';
import path from 'node:path';

/** An engine process for the tests of a file. The caller disposes of it. */
export function startEngine(): EngineClient {
  return new EngineClient({
    enginePath: path.join(root, 'dist/engine.mjs'),
    log: () => undefined,
    idleMilliseconds: Infinity,
    onStatus: () => undefined,
  });
}

/**
 * The extension's side of an Explorer without VS Code: the real engine behind the real protocol. Anything in `snapshot`
 * can be set by a test before the page asks.
 */
export class ExplorerHost {
  readonly snapshot: { -readonly [K in keyof ExplorerSnapshot]: ExplorerSnapshot[K] };
  /** Requests that the page made, in order. */
  readonly requests: { readonly method: string; readonly params: unknown }[] = [];
  /** What a run keeps beside its trace. */
  capture: RunRequest['capture'] = { attention: 'all', hidden: [], logits: true };
  /** Answers of a test in place of the engine's. */
  readonly overrides: { -readonly [M in keyof ExplorerApi]?: Handlers<ExplorerApi>[M] } = {};
  private waiting: { readonly method: string; readonly times: number; readonly done: () => void }[] = [];
  private view: WebviewUnderTest | undefined;
  private readonly server: RpcServer<ExplorerApi>;
  private stopper = new AbortController();
  /** The extension's own part of comparing, over the same engine; what it keeps stays in memory. */
  readonly comparisons: Comparisons;
  readonly kept = new Map<string, Comparison>();
  /** The extension's own part of a sweep, over the same engine. */
  readonly sweeps: Sweeps;
  private readonly keptRuns = new Map<string, Trace>();
  /** The extension's own part of rolling a Life model forward. */
  private readonly rollouts: Rollouts;

  constructor(
    private readonly engine: EngineClient,
    models: readonly ModelSummary[],
    settings: Partial<ExplorerSettings> = {},
  ) {
    const model = models[0];
    this.snapshot = {
      mode: 'explorer',
      models,
      decoders: decoderSummaries(),
      settings: {
        model: model ? { folder: model.folder, file: model.file } : null,
        decoder: 'autoregressive',
        decoderOptions: {},
        draft: null,
        sampling: { temperature: 0.7, topK: 0, topP: 1, minP: 0, seed: 1 },
        maxNewTokens: 45,
        prompt: '',
        ...settings,
      },
      view: null,
      trace: null,
      runId: null,
      begun: null,
      status: { state: 'idle' },
      comparison: null,
      comparisonProgress: null,
      sweep: null,
      engine: { state: 'ready' },
      notes: [],
      trusted: true,
    };
    this.comparisons = new Comparisons({
      engine,
      store: {
        keep: async (comparison, runs) => {
          this.kept.set(comparison.id, comparison);
          for (const run of runs) this.keptRuns.set(run.header.id, run);
        },
        find: async (id) => this.kept.get(id),
        findRun: async (runId) => this.keptRuns.get(runId),
      },
      onComparison: (comparison) => {
        this.snapshot.comparison = comparison;
        void this.notify('comparison', { comparison });
      },
      onProgress: (progress) => {
        this.snapshot.comparisonProgress = progress;
        void this.notify('comparisonProgress', { progress });
      },
      report: () => undefined,
    });
    this.rollouts = new Rollouts({ engine, begin: () => ({ dispose: () => undefined }) });
    this.sweeps = new Sweeps({
      engine,
      onSweep: (sweep) => {
        this.snapshot.sweep = sweep;
        void this.notify('sweep', { sweep });
      },
      report: () => undefined,
    });
    this.server = new RpcServer<ExplorerApi>({ post: (message) => void this.send(message) }, this.handlers());
  }

  /** Goes into `WebviewUnderTest.open` as `onMessage`. */
  readonly onMessage = (message: unknown, view: WebviewUnderTest): void => {
    if (!isRpcMessage(message)) return;
    // A page begins with its snapshot; what an earlier one still says does not make it the page again.
    if (message.rpc === 'request' && message.method === 'snapshot') this.view = view;
    if (this.view !== view) return;
    if (message.rpc === 'request') this.requests.push({ method: message.method, params: message.params });
    this.server.receive(message);
    this.waiting = this.waiting.filter(({ method, times, done }) => {
      const made = this.asked(method).length >= times;
      if (made) done();
      return !made;
    });
  };

  /** Parameters of the requests of a method so far. */
  asked(method: string): unknown[] {
    return this.requests.filter((request) => request.method === method).map(({ params }) => params);
  }

  /** Settles when the page has made a request so many times; returns the parameters of all. */
  async requested(method: keyof ExplorerApi, times = 1): Promise<unknown[]> {
    if (this.asked(method).length < times) {
      await new Promise<void>((done) => this.waiting.push({ method, times, done }));
    }
    return this.asked(method);
  }

  async notify<N extends keyof ExplorerNotifications>(name: N, data: ExplorerNotifications[N]): Promise<void> {
    await this.send({ rpc: 'notify', name, data });
  }

  setEngine(status: EngineStatus): Promise<void> {
    this.snapshot.engine = status;
    return this.notify('engine', { status });
  }

  setStatus(status: RunStatus): Promise<void> {
    this.snapshot.status = status;
    return this.notify('status', { status });
  }

  /** Runs to the end without a page: the trace is then part of the next snapshot. */
  async record(settings: Partial<ExplorerSettings>): Promise<Trace> {
    this.snapshot.settings = { ...this.snapshot.settings, ...settings };
    await this.follow(randomUUID(), this.snapshot.settings);
    return this.snapshot.trace!;
  }

  /** A page that is gone gets nothing, as in the editor. */
  private async send(message: unknown): Promise<void> {
    const { view } = this;
    try {
      await view?.post(message);
    } catch (error) {
      if (!view?.page.isClosed()) throw error;
    }
  }

  private handlers(): Handlers<ExplorerApi> {
    const { engine } = this;
    const handlers: Handlers<ExplorerApi> = {
      snapshot: ({ state }) => this.answerSnapshot(state),
      controls: () => null,
      run: ({ settings }) => {
        const runId = randomUUID();
        void this.follow(runId, settings);
        return { runId };
      },
      stop: () => {
        this.stopper.abort();
        return null;
      },
      runAgain: () => null,
      tokenize: (params, { signal }) => engine.call('tokenize', params, { signal }),
      estimate: () => ({ model: 0, cache: 0, capture: 0, total: 0, available: 0, fits: true }),
      refreshModels: () => this.snapshot.models,
      save: () => ({ path: null }),
      copy: () => null,
      compare: ({ settings, decoders, rounds }) => ({
        comparisonId: this.comparisons.start({
          decoders: decoders.map(({ decoder: name, options }) => {
            const decoder = findDecoder(name)!;
            return { decoder: name, exact: decoder.exact, options: allOptions(decoder.options, options) };
          }),
          rounds,
          maxNewTokens: settings.maxNewTokens,
          requestOf: ({ decoder, options }, runId) =>
            this.requestOf(runId, { ...settings, decoder, decoderOptions: { [decoder]: options } }),
        }),
      }),
      stopComparison: () => {
        this.comparisons.stop();
        return null;
      },
      saveComparison: () => ({ path: null }),
      openComparedRun: async ({ runId }) => {
        const trace = await this.comparisons.run(runId);
        this.snapshot.trace = trace;
        this.snapshot.runId = runId;
        await this.notify('runStarted', { runId });
        await this.notify('trace', { runId, from: 0, events: [...traceEvents(trace)] });
        await this.setStatus({ state: 'done' });
        return null;
      },
      sweepLife: ({ model: { folder, file }, ...plan }) => {
        const model = this.snapshot.models.find((each) => each.folder === folder)!;
        const { name, dtype, life } = model;
        return { sweepId: this.sweeps.start({ name, dtype, folder, file: file ?? model.file }, life!, plan) };
      },
      stopSweep: () => {
        this.sweeps.stop();
        return null;
      },
      saveSweep: () => ({ path: null }),
      showLog: () => null,
      openWalkthrough: () => null,
      positionLogits: (params, { signal }) => engine.call('positionLogits', params, { signal }),
      describeTokens: ({ ids }, { signal }) =>
        engine.call('describeTokens', { model: this.snapshot.settings.model!, ids }, { signal }),
      attentionOverview: (params, { signal, emit }) =>
        engine.call('attentionOverview', params, { signal, onEvent: emit }),
      attentionHead: (params, { signal }) => engine.call('attentionHead', params, { signal }),
      attentionRow: (params, { signal }) => engine.call('attentionRow', params, { signal }),
      attentionPair: (params, { signal }) => engine.call('attentionPair', params, { signal }),
      logitLens: (params, { signal, emit }) => engine.call('logitLens', params, { signal, onEvent: emit }),
      attentionKeys: (params, { signal }) => engine.call('attentionKeys', params, { signal }),
      gridAttention: (params, { signal, emit }) => engine.call('gridAttention', params, { signal, onEvent: emit }),
      rollLife: (request, { signal, emit }) => {
        const { name, folder, file, dtype, life: grid } = this.snapshot.trace!.header.model;
        return this.rollouts.roll({ ref: { folder, file }, name, dtype, grid: grid! }, request, signal, emit);
      },
      saveRollout: () => ({ path: null }),
    };
    const overridden = Object.entries(handlers).map(([method, handler]) => [
      method,
      (params: never, context: never) => {
        const own = this.overrides[method as keyof ExplorerApi];
        return (own ?? handler)(params, context);
      },
    ]);
    return Object.fromEntries(overridden) as Handlers<ExplorerApi>;
  }

  private modelOf(settings: ExplorerSettings): ModelSummary {
    return this.snapshot.models.find(({ folder }) => folder === settings.model?.folder)!;
  }

  private requestOf(runId: string, settings: ExplorerSettings): RunRequest {
    const model = this.modelOf(settings);
    const draft = findDecoder(settings.decoder)!.needs.includes('draft')
      ? draftOf(model, this.snapshot.models, settings.draft)
      : null;
    return {
      runId,
      model: settings.model!,
      prompt:
        model.tokenizer === 'none' ? { ids: settings.prompt.split(/[\s,]+/).map(Number) } : { text: settings.prompt },
      decoder: settings.decoder,
      decoderOptions: settings.decoderOptions[settings.decoder] ?? {},
      ...(draft ? { draft } : {}),
      sampling: settings.sampling,
      maxNewTokens: settings.maxNewTokens,
      capture: this.capture,
    };
  }

  private answerSnapshot(state: ExplorerState | null): ExplorerSnapshot {
    if (state) this.snapshot.view = state.view;
    return this.snapshot;
  }

  private async follow(runId: string, settings: ExplorerSettings): Promise<void> {
    const model = this.modelOf(settings);
    const assembler = new TraceAssembler();
    this.stopper = new AbortController();
    Object.assign(this.snapshot, { begun: runId, settings });
    await this.notify('runStarted', { runId });
    await this.setStatus({ state: 'loading', message: `Loading ${model.name}…` });
    try {
      await this.engine.call('run', this.requestOf(runId, settings), {
        signal: this.stopper.signal,
        onEvent: (event) => {
          if (event.type === 'trace') this.grow(runId, assembler, event.events);
          else if (event.type === 'progress') void this.setStatus({ state: 'running', ...event });
        },
      });
      await this.setStatus({ state: 'done' });
    } catch (error) {
      const problem = Problem.from(error);
      await this.setStatus(
        problem.code === 'cancelled' ? { state: 'done' } : { state: 'problem', problem: problem.toData() },
      );
    }
    this.snapshot.begun = null;
  }

  private grow(runId: string, assembler: TraceAssembler, events: readonly TraceEvent[]): void {
    const from = assembler.count;
    for (const event of events) assembler.add(event);
    const { trace } = assembler;
    if (trace && trace.tokens.length > 0) Object.assign(this.snapshot, { trace, runId, begun: null });
    void this.notify('trace', { runId, from, events });
  }
}

/** The models under these folders, as the engine lists them. */
/** The models that come with the extension, in the order of the lists. */
export function bundledModels(engine: EngineClient): Promise<readonly ModelSummary[]> {
  return listModels(engine, [{ path: path.join(root, 'models'), origin: 'bundled' }]);
}

export function listModels(engine: EngineClient, roots: readonly ModelRoot[]): Promise<readonly ModelSummary[]> {
  return engine.call('listModels', { roots });
}
