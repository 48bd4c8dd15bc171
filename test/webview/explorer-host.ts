import path from 'node:path';
import { EngineClient } from '../../src/client/index';
import type { Comparison } from '../../src/core/compare/comparison';
import type { Trace } from '../../src/core/trace/record';
import type { ComparisonKeeper } from '../../src/extension/explorer/comparisons';
import type { ExplorerServices } from '../../src/extension/explorer/ports';
import { withOwnId, type SavedTrace } from '../../src/extension/explorer/runOnShow';
import { ExplorerSession } from '../../src/extension/explorer/session';
import { freshSettings } from '../../src/extension/explorer/settings';
import type { Handlers } from '../../src/protocol/call';
import { Problem } from '../../src/protocol/errors';
import type { ExplorerApi, ExplorerNotifications, ExplorerSnapshot } from '../../src/protocol/explorer';
import type { ExplorerSettings } from '../../src/protocol/explorerState';
import type { ModelRoot, ModelSummary } from '../../src/protocol/models';
import type { RunRequest } from '../../src/protocol/runs';
import { root } from '../../scripts/lib/run.mjs';
import { PageHost } from './page-host';

/** An engine process for the tests of a file. The caller disposes of it. */
export function startEngine(): EngineClient {
  return new EngineClient({
    enginePath: path.join(root, 'dist/engine.mjs'),
    log: () => undefined,
    idleMilliseconds: Infinity,
    onStatus: () => undefined,
  });
}

/** The history of runs and comparisons in memory: what is there after a window, too. */
export class History implements ComparisonKeeper {
  private readonly traces = new Map<string, Trace>();
  private readonly comparisons = new Map<string, Comparison>();
  readonly runs: ExplorerServices['runs'] = {
    record: () => ({
      add: () => undefined,
      end: async (trace) => void this.traces.set(trace.header.id, trace),
    }),
    find: async (id) => {
      const trace = this.traces.get(id);
      return trace && { trace, notes: [] };
    },
  };

  async keep(comparison: Comparison, runs: readonly Trace[]): Promise<void> {
    this.comparisons.set(comparison.id, comparison);
    for (const run of runs) this.traces.set(run.header.id, run);
  }

  async find(id: string): Promise<Comparison | undefined> {
    return this.comparisons.get(id);
  }

  async findRun(id: string): Promise<Trace | undefined> {
    return this.traces.get(id);
  }
}

export interface ExplorerHostOptions {
  /** What a file holds: the page only shows it. */
  readonly saved?: SavedTrace;
  /** Of the window before. */
  readonly history?: History;
}

const never = (): { dispose(): void } => ({ dispose: () => undefined });

/** The extension's own session of an Explorer over a real engine, with a world around it that is in memory. */
export class ExplorerHost extends PageHost<ExplorerApi, ExplorerNotifications> {
  readonly session: ExplorerSession;
  readonly history: History;
  /** What a page is told that asks for the whole, in place of what the session holds. */
  told: { -readonly [K in keyof ExplorerSnapshot]?: ExplorerSnapshot[K] } = {};
  /** What the engine is asked for in place of a run. */
  changeRun: (request: RunRequest) => RunRequest = (request) => request;
  /** Called when what is announced as under way has ended. */
  private ended = (): void => undefined;

  constructor(
    engine: EngineClient,
    readonly models: readonly ModelSummary[],
    settings: Partial<ExplorerSettings> = {},
    { saved, history = new History() }: ExplorerHostOptions = {},
  ) {
    super();
    this.history = history;
    const [model] = models;
    this.session = new ExplorerSession(
      this.services(engine),
      { tell: (name, data) => this.notify(name, data), reveal: () => undefined, setTitle: () => undefined },
      {
        mode: saved ? 'viewer' : 'explorer',
        settings: {
          ...freshSettings({}),
          model: model ? { folder: model.folder, file: model.file } : null,
          ...settings,
        },
        ...(saved ? { saved: withOwnId(saved) } : {}),
      },
    );
  }

  /** What a page would be told now. */
  get snapshot(): ExplorerSnapshot {
    return { models: this.models, ...this.session.held, ...this.told };
  }

  /** Runs to the end without a page: the trace is then part of the next snapshot. */
  async record(settings: Partial<ExplorerSettings>): Promise<Trace> {
    const ended = new Promise<void>((done) => (this.ended = done));
    await this.session.startRun({ ...this.session.held.settings, ...settings });
    await ended;
    const { trace, status } = this.session.held;
    if (!trace) throw new Error(`The run has no token: ${JSON.stringify(status)}`);
    return trace;
  }

  protected override handlers(): Handlers<ExplorerApi> {
    const { handlers } = this.session;
    return {
      ...handlers,
      snapshot: async (params, context) => {
        const snapshot = await handlers.snapshot(params, context);
        // What a page had on show is newer than what a test has set for the one before it.
        if (params.state) delete this.told.view;
        return { ...snapshot, ...this.told };
      },
    };
  }

  private services(engine: EngineClient): ExplorerServices {
    const { models, history } = this;
    return {
      engine: {
        call: (method, params, options) => {
          const asked = method === 'run' ? (this.changeRun(params as RunRequest) as typeof params) : params;
          return engine.call(method, asked, options);
        },
        status: { state: 'ready' },
        onStatus: never,
      },
      catalog: {
        list: async () => models,
        tryList: async () => ({ models }),
        refresh: async () => models,
        onChange: never,
      },
      servers: {
        list: () => [],
        find: () => undefined,
        run: () => Promise.reject(new Error('There is no server.')),
        onChange: never,
      },
      runs: history.runs,
      comparisons: history,
      running: { begin: () => ({ dispose: () => this.ended() }) },
      log: { problem: (_where, error) => Problem.from(error) },
      editor: {
        workspaceTrusted: () => true,
        copy: async () => undefined,
        showLog: () => undefined,
        openWalkthrough: async () => undefined,
        save: async () => null,
        saveRun: async () => null,
      },
    };
  }
}

/** The models that come with the extension, in the order of the lists. */
export function bundledModels(engine: EngineClient): Promise<readonly ModelSummary[]> {
  return listModels(engine, [{ path: path.join(root, 'models'), origin: 'bundled' }]);
}

/** The models under these folders, as the engine lists them. */
export function listModels(engine: EngineClient, roots: readonly ModelRoot[]): Promise<readonly ModelSummary[]> {
  return engine.call('listModels', { roots });
}
