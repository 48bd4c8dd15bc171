import { served } from '../../protocol/request';
import * as vscode from 'vscode';
import { decoderSummaries } from '../../core/decode/registry';
import type { Trace } from '../../core/trace/record';
import type { Handlers } from '../../protocol/call';
import type { ModelRef, ModelSummary } from '../../protocol/models';
import { Problem } from '../../protocol/errors';
import {
  EXPLORER,
  type AskedDecoder,
  type ExplorerApi,
  type ExplorerNotifications,
  type ExplorerSnapshot,
} from '../../protocol/explorer';
import type { ExplorerSettings, ExplorerState, ExplorerView } from '../../protocol/explorerState';
import { cancelled, isRpcMessage, RpcServer } from '../../protocol/rpc';
import { modelIn, modelNotListed } from '../models/listed';
import { comparisonPlan, runRequest } from './run';
import { lifeRolloutRequests } from './lifeRollout';
import { RunOnShow, type SavedTrace } from './runOnShow';
import { saveRun } from './save';
import { toldTokens } from '../servers/toldTokens';
import type { ExplorerServices } from './services';
import { defaultSettings } from './defaults';
import { settingsOf, withModel } from './settings';
import { SideWork } from './sideWork';
import { tensorRequests } from './tensorRequests';
import { RunTensors } from './tensors';

export interface SessionOptions {
  readonly mode: ExplorerSnapshot['mode'];
  readonly settings?: ExplorerSettings;
  /** A saved trace: what could be read of it, and what is to be said about it. */
  readonly saved?: SavedTrace;
  /** Called when the run on show changes, for the tab's title. */
  readonly onTitle?: (title: string) => void;
  /** Brings the tab to the front. */
  readonly reveal?: () => void;
  /** Makes the run of a saved trace anew. */
  readonly runAgain?: (trace: Trace) => Promise<void>;
}

/**
 * The host's side of one Explorer: answers the webview, holds the run on show, and outlives the page, which may be
 * hidden, moved and loaded again at any time.
 */
export class ExplorerSession implements vscode.Disposable {
  private readonly webview: vscode.Webview;
  private settings: ExplorerSettings;
  private view: ExplorerView | null = null;
  private readonly run: RunOnShow;
  private readonly tensors: RunTensors;
  private readonly beside: SideWork;
  private readonly server: RpcServer<ExplorerApi>;
  private readonly subscriptions: vscode.Disposable[] = [];
  /** The first snapshot of a revived page may bring the state of the window before. */
  private revived = false;
  /** Settings of a command that came while the page was hidden: they win over what the page had. */
  private undelivered = false;
  /** The tab that such a command asked for, and whether it leads to the prompt. */
  private wantedTab: string | undefined;
  private wantsPrompt = false;

  constructor(
    private readonly services: ExplorerServices,
    panel: vscode.WebviewPanel,
    private readonly options: SessionOptions,
  ) {
    const { webview } = panel;
    this.webview = webview;
    this.settings = options.settings ?? defaultSettings();
    const { saved } = options;
    const { engine, servers, runs, running, log } = services;
    const reveal = (): void => options.reveal?.();
    this.run = new RunOnShow(
      {
        ...{ engine, servers, runs, running, log, reveal },
        notify: (name, data) => this.notify(name, data),
        onTitle: (title) => options.onTitle?.(title),
      },
      saved,
    );
    this.tensors = new RunTensors(services.engine, services.catalog, () => saved?.tensors);
    this.beside = new SideWork({
      ...{ services, reveal },
      notify: (name, data) => this.notify(name, data),
      isRunUnderWay: () => this.run.running,
    });
    this.server = new RpcServer<ExplorerApi>(
      { post: (message) => void this.webview.postMessage(message) },
      this.handlers(),
      { onError: (method, problem) => void services.log.problem(`Explorer, ${method}`, problem) },
    );
    this.subscriptions.push(
      webview.onDidReceiveMessage((message: unknown) => {
        if (isRpcMessage(message)) this.server.receive(message);
      }),
      // A page that is hidden is gone: nobody waits for what it has asked, and the page after it asks anew.
      panel.onDidChangeViewState(() => {
        if (!panel.visible) this.server.abortAll();
      }),
      services.engine.onStatus((status) => this.notify('engine', { status })),
      services.catalog.onChange((models) => this.notify('models', { models: this.withServers(models) })),
      services.servers.onChange(() => {
        void services.catalog
          .tryList()
          .then(({ models }) => this.notify('models', { models: this.withServers(models) }));
      }),
    );
  }

  get chosenModel(): ModelRef | null {
    return this.settings.model;
  }

  /** Fills the controls, as a command asks, and goes to a tab, or to the prompt where it names none; `run` starts at once. */
  show(settings: Partial<ExplorerSettings>, { run = false, tab }: { run?: boolean; tab?: string | undefined }): void {
    this.settings = { ...this.settings, ...settings };
    this.wantedTab = tab ?? this.wantedTab;
    this.wantsPrompt = tab === undefined;
    // The page may hold what was typed since it last asked: what the command does not name is left to it.
    const data: ExplorerNotifications['settings'] = {
      settings: run ? this.settings : settings,
      ...(tab === undefined ? { focus: 'prompt' } : { tab }),
    };
    void this.webview.postMessage({ rpc: 'notify', name: 'settings', data }).then((delivered) => {
      this.undelivered ||= !delivered;
      // A page that has not asked for anything yet does not listen either.
      if (!delivered || !this.revived) return;
      this.wantedTab = undefined;
      this.wantsPrompt = false;
    });
    if (run) {
      this.startRun(this.settings).catch((error: unknown) => {
        const problem = this.services.log.problem('Starting the run', error);
        if (problem.code !== 'cancelled') this.run.say({ state: 'problem', problem: problem.toData() });
      });
    }
  }

  dispose(): void {
    this.server.abortAll();
    vscode.Disposable.from(...this.subscriptions).dispose();
    this.beside.dispose();
    this.run.dispose();
  }

  private handlers(): Handlers<ExplorerApi> {
    const { engine, catalog, log } = this.services;
    return served(EXPLORER, {
      snapshot: ({ state }) => this.snapshot(state),
      controls: ({ settings }) => {
        // What a command has set and the page has not heard of wins.
        if (!this.undelivered) this.settings = settings;
        return null;
      },
      run: async ({ settings }) => ({ runId: await this.startRun(settings) }),
      stop: () => {
        this.run.stop();
        return null;
      },
      runAgain: async ({ runId }) => {
        await this.options.runAgain?.(this.run.of(runId));
        return null;
      },
      tokenize: async (params, { signal }) => {
        modelIn(await catalog.list(), params.model.folder);
        return engine.call('tokenize', params, { signal });
      },
      estimate: async ({ settings }, { signal }) => {
        const models = await catalog.list();
        const model = modelIn(models, settings.model?.folder);
        return engine.call('estimate', { run: runRequest('estimate', settings, model, models) }, { signal });
      },
      refreshModels: async () => this.withServers(await catalog.refresh()),
      save: async ({ runId }) => ({ path: await saveRun(this.run.of(runId), this.tensors, log) }),
      copy: async ({ text }) => {
        await vscode.env.clipboard.writeText(text);
        return null;
      },
      compare: async ({ settings, decoders, rounds }) => ({
        comparisonId: await this.startComparison(settings, decoders, rounds),
      }),
      openComparedRun: async ({ runId }) => {
        this.showRun(await this.beside.comparisons.run(runId));
        return null;
      },
      showLog: () => {
        log.channel.show();
        return null;
      },
      openWalkthrough: async () => {
        await vscode.commands.executeCommand('vivarium.getStarted');
        return null;
      },
      describeTokens: async ({ runId, ids }, { signal }) => {
        const trace = this.run.of(runId);
        if (trace.header.model.server) return { tokens: toldTokens(trace, ids) };
        const model = await this.tensors.modelOf(trace);
        if (!model) throw modelNotListed(trace.header.model.folder);
        return engine.call('describeTokens', { model, ids }, { signal });
      },
      ...this.beside.requests(),
      ...tensorRequests(this.tensors, (runId) => this.run.of(runId)),
      ...lifeRolloutRequests(
        this.beside.rollouts,
        this.tensors,
        (runId) => this.run.of(runId),
        () => this.beside.refuseWhileComparing(),
      ),
    });
  }

  private async snapshot(state: ExplorerState | null): Promise<ExplorerSnapshot> {
    // A page that asks for the whole is new, and waits for nothing that one before it asked for.
    this.beside.rollouts.stop();
    if (state) {
      this.view = state.view;
      if (!this.revived && this.options.mode === 'explorer' && this.run.runId === null) await this.revive(state);
      // A page that was hidden comes back with what the user had typed meanwhile.
      else if (!this.undelivered) this.settings = state.settings;
    }
    if (this.wantedTab !== undefined) this.view = { selected: null, tabs: {}, ...this.view, tab: this.wantedTab };
    this.revived = true;
    this.undelivered = false;
    this.wantedTab = undefined;
    const focus = this.wantsPrompt ? ({ focus: 'prompt' } as const) : {};
    this.wantsPrompt = false;
    const { models, problem } = await this.services.catalog.tryList();
    this.settings = withModel(this.settings, models);
    return {
      mode: this.options.mode,
      models: this.withServers(models),
      decoders: decoderSummaries(),
      ...(problem ? { modelsProblem: problem } : {}),
      settings: this.settings,
      view: this.view,
      trace: this.run.trace,
      runId: this.run.runId,
      begun: this.run.begun,
      status: this.run.status,
      comparison: this.beside.comparisons.comparison,
      comparisonProgress: this.beside.comparisons.progress,
      sweep: this.beside.sweeps.sweep,
      engine: this.services.engine.status,
      notes: this.run.notes,
      trusted: vscode.workspace.isTrusted,
      ...focus,
    };
  }

  /** After a window reload: the controls as they were, and the run from disk. */
  private async revive(state: ExplorerState): Promise<void> {
    this.settings = state.settings;
    if (state.comparisonId) await this.beside.comparisons.revive(state.comparisonId);
    const found = state.runId ? await this.services.runs.find(state.runId) : undefined;
    // A command may have started another run meanwhile.
    if (found && this.run.runId === null) this.run.revive(found);
  }

  private withServers(models: readonly ModelSummary[]): readonly ModelSummary[] {
    return [...models, ...this.services.servers.list()];
  }

  private async startRun(settings: ExplorerSettings): Promise<string> {
    const wanted = this.run.ask();
    const { catalog, servers } = this.services;
    const models = await catalog.list();
    const chosen = withModel(settings, models);
    const { folder } = chosen.model ?? {};
    const model = (folder === undefined ? undefined : servers.find(folder)) ?? modelIn(models, folder);
    if (!wanted()) throw cancelled();
    this.settings = chosen;
    this.beside.refuseWhileComparing();
    if (model.problem) throw new Problem({ ...model.problem, code: 'model-not-found' });
    return this.run.start(chosen, model, models);
  }

  private async startComparison(
    settings: ExplorerSettings,
    decoders: readonly AskedDecoder[],
    rounds: number,
  ): Promise<string> {
    const { catalog } = this.services;
    const models = await catalog.list();
    const chosen = withModel(settings, models);
    const model = modelIn(models, chosen.model?.folder);
    const id = this.beside.compare(model, () => comparisonPlan(chosen, decoders, rounds, model, models));
    this.settings = chosen;
    return id;
  }

  /** A run that was made before, in place of the one on show; the controls hold what made it. */
  private showRun(trace: Trace): void {
    this.beside.refuseWhileComparing();
    this.run.show(trace);
    const { decoderOptions } = this.settings;
    const made = settingsOf(trace);
    this.settings = { ...made, decoderOptions: { ...decoderOptions, ...made.decoderOptions } };
    this.notify('settings', { settings: this.settings });
  }

  private notify<N extends keyof ExplorerNotifications>(name: N, data: ExplorerNotifications[N]): void {
    void this.webview.postMessage({ rpc: 'notify', name, data });
  }
}
