import { served } from '../../protocol/request';
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
import { cancelled } from '../../protocol/rpc';
import { modelIn, modelNotListed } from '../models/listed';
import { comparisonPlan, runRequest } from './run';
import { lifeRolloutRequests } from './lifeRollout';
import { RunOnShow, type SavedTrace } from './runOnShow';
import { toldTokens } from '../servers/toldTokens';
import type { ExplorerPage, ExplorerServices } from './ports';
import { settingsOf, withModel } from './settings';
import { SideWork } from './sideWork';
import { tensorRequests } from './tensorRequests';
import { RunTensors } from './tensors';

export interface SessionOptions {
  readonly mode: ExplorerSnapshot['mode'];
  readonly settings: ExplorerSettings;
  /** A saved trace: what could be read of it, and what is to be said about it. */
  readonly saved?: SavedTrace;
  /** Makes the run of a saved trace anew. */
  readonly runAgain?: (trace: Trace) => Promise<void>;
}

/**
 * The host's side of one Explorer: answers the page, holds the run on show, and outlives the page, which may be
 * hidden, moved and loaded again at any time.
 */
export class ExplorerSession {
  /** Answers what a page asks. */
  readonly handlers: Handlers<ExplorerApi>;
  private settings: ExplorerSettings;
  private view: ExplorerView | null = null;
  private readonly run: RunOnShow;
  private readonly tensors: RunTensors;
  private readonly beside: SideWork;
  private readonly subscriptions: readonly { dispose(): unknown }[];
  /** The first snapshot of a revived page may bring the state of the window before. */
  private revived = false;
  /** Settings of a command that came while the page was hidden: they win over what the page had. */
  private undelivered = false;
  /** The tab that such a command asked for, and whether it leads to the prompt. */
  private wantedTab: string | undefined;
  private wantsPrompt = false;

  constructor(
    private readonly services: ExplorerServices,
    private readonly page: ExplorerPage,
    private readonly options: SessionOptions,
  ) {
    const { engine, catalog, servers } = services;
    const { settings, saved } = options;
    this.settings = settings;
    this.run = new RunOnShow(services, page, saved);
    this.tensors = new RunTensors(engine, catalog, () => saved?.tensors);
    this.beside = new SideWork(services, page, () => this.run.running);
    this.handlers = this.answers();
    const tellModels = (models: readonly ModelSummary[]): void =>
      void page.tell('models', { models: this.withServers(models) });
    this.subscriptions = [
      engine.onStatus((status) => void page.tell('engine', { status })),
      catalog.onChange(tellModels),
      servers.onChange(() => void catalog.tryList().then(({ models }) => tellModels(models))),
    ];
  }

  get chosenModel(): ModelRef | null {
    return this.settings.model;
  }

  /** What a page is told of this Explorer, but for the models that there are. */
  get held(): Omit<ExplorerSnapshot, 'models'> {
    return {
      mode: this.options.mode,
      decoders: decoderSummaries(),
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
      trusted: this.services.editor.workspaceTrusted(),
    };
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
    void this.page.tell('settings', data).then((delivered) => {
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

  /** Runs the prompt, in place of the run under way. @returns its id */
  async startRun(settings: ExplorerSettings): Promise<string> {
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

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
    this.beside.dispose();
    this.run.dispose();
  }

  private answers(): Handlers<ExplorerApi> {
    const { engine, catalog, editor } = this.services;
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
      save: async ({ runId }) => {
        const trace = this.run.of(runId);
        const writeTensors = (path: string) => this.tensors.call(trace, 'saveTensors', { runId, path });
        return { path: await editor.saveRun(trace, writeTensors) };
      },
      copy: async ({ text }) => {
        await editor.copy(text);
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
        editor.showLog();
        return null;
      },
      openWalkthrough: async () => {
        await editor.openWalkthrough();
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
        (file) => editor.save(file),
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
      models: this.withServers(models),
      ...(problem ? { modelsProblem: problem } : {}),
      ...this.held,
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
    void this.page.tell('settings', { settings: this.settings });
  }
}
