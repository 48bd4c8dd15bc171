import type { Trace } from '../../core/trace/record';
import { Problem } from '../../protocol/errors';
import type { AskedDecoder, ExplorerApi, ExplorerNotifications, ExplorerSnapshot } from '../../protocol/explorer';
import type { ExplorerSettings, ExplorerState, ExplorerView } from '../../protocol/explorerState';
import type { LifeSweep, SweepRequest } from '../../protocol/sweep';
import { RpcClient, isRpcMessage } from '../../protocol/rpc';
import type { WebviewHost } from '../host';
import { Keeper } from '../keeper';
import { growTrace, keepsPlace } from './run-trace';
import { type SessionState, changedSince, isBusy } from './session-state';
import { DEFAULT_SETTINGS, EMPTY_VIEW, readSavedState } from './saved-state';

export { effectiveSelection, isBusy, type SessionState } from './session-state';

/** A board that is changed again before so long is not run. */
const RUN_AFTER_MS = 300;

/**
 * The page's record of one Explorer: what the host last said, and what the user has set since.
 * It asks for the whole once, then follows the host's notifications.
 */
export class ExplorerSession {
  readonly api: RpcClient<ExplorerApi>;
  private current: SessionState;
  /** The comparison of the window before, until the host has said which is on show. */
  private comparisonId: string | null;
  private readonly listeners = new Set<() => void>();
  private readonly keeper = new Keeper(() => this.host.setState(this.toSave()));
  private asked = 0;
  private asking = false;
  /** What has come of the run that has no token yet. */
  private begun: Trace | null = null;
  private runs = 0;
  private again: ReturnType<typeof setTimeout> | null = null;

  constructor(private readonly host: WebviewHost) {
    this.api = new RpcClient<ExplorerApi>({ post: (message) => host.postMessage(message) });
    const saved = readSavedState(host.getState());
    this.comparisonId = saved?.comparisonId ?? null;
    this.current = {
      phase: 'opening',
      mode: 'explorer',
      models: [],
      decoders: [],
      modelsProblem: null,
      settings: saved?.settings ?? DEFAULT_SETTINGS,
      view: saved?.view ?? EMPTY_VIEW,
      trace: null,
      runId: saved?.runId ?? null,
      begun: null,
      status: { state: 'idle' },
      comparison: null,
      comparisonProgress: null,
      sweep: null,
      engine: { state: 'stopped' },
      notes: [],
      trusted: true,
      problem: null,
      promptAsked: 0,
    };
  }

  get state(): SessionState {
    return this.current;
  }

  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  /** Feed it every message of the window; it ignores those that are not for it. */
  receive(data: unknown): void {
    if (!isRpcMessage(data)) return;
    if (data.rpc === 'notify') this.notified(data.name, data.data);
    else this.api.receive(data);
  }

  /** Asks the host for the whole: at the start, when the page shows again, and when streamed events were missed. */
  async open(): Promise<void> {
    const ask = ++this.asked;
    this.asking = true;
    const before = this.current;
    const state = before.phase === 'open' ? this.toSave() : readSavedState(this.host.getState());
    try {
      const snapshot = await this.api.call('snapshot', { state });
      if (ask === this.asked) this.show(snapshot, before);
    } catch (error) {
      if (ask === this.asked) {
        const phase = this.current.phase === 'open' ? 'open' : 'failed';
        this.update({ phase, problem: Problem.from(error).toData() });
      }
    } finally {
      if (ask === this.asked) this.asking = false;
    }
  }

  /** @param restart whether a run that is under way gives way to this one; else it goes on. */
  async run({ restart = false }: { readonly restart?: boolean } = {}): Promise<void> {
    if (isBusy(this.current.status) && !restart) return;
    this.forgetAgain();
    const run = ++this.runs;
    const { settings } = this.current;
    this.update({ problem: null, status: { state: 'loading', message: 'Starting…' } });
    try {
      await this.api.call('run', { settings });
    } catch (error) {
      // What became of a run that gave way is no longer of interest.
      if (run !== this.runs) return;
      const problem = Problem.from(error).toData();
      this.update({ status: problem.code === 'cancelled' ? { state: 'idle' } : { state: 'problem', problem } });
    }
  }

  /**
   * Another board in the prompt of a Life model.
   * @param live whether a run of the model on show, or under way, is made again when no other change comes soon.
   */
  setBoard(prompt: string, live: boolean): void {
    this.set({ prompt });
    const { trace, settings, status } = this.current;
    const isShown = isBusy(status) || trace?.header.model.folder === settings.model?.folder;
    this.forgetAgain();
    if (live && isShown) this.again = setTimeout(() => void this.run({ restart: true }), RUN_AFTER_MS);
  }

  async stop(): Promise<void> {
    this.forgetAgain();
    await this.attempt(() => this.api.call('stop', {}));
  }

  /** Makes a saved run anew, in an Explorer of its own. */
  async runAgain(): Promise<void> {
    const { runId } = this.current;
    if (runId !== null) await this.attempt(() => this.api.call('runAgain', { runId }));
  }

  /** Begins to compare decoders with what the controls hold. */
  async compare(decoders: readonly AskedDecoder[], rounds: number): Promise<void> {
    const { settings } = this.current;
    await this.attempt(() => this.api.call('compare', { settings, decoders, rounds }));
  }

  async stopComparison(): Promise<void> {
    await this.attempt(() => this.api.call('stopComparison', {}));
  }

  async saveComparison(form: 'csv' | 'json'): Promise<string | null> {
    const { comparison } = this.current;
    if (!comparison) return null;
    const comparisonId = comparison.id;
    return (await this.attempt(() => this.api.call('saveComparison', { comparisonId, form })))?.path ?? null;
  }

  /** Shows the run of a row. @returns whether it is there */
  async openComparedRun(runId: string): Promise<boolean> {
    return (await this.attempt(() => this.api.call('openComparedRun', { runId }).then(() => true))) ?? false;
  }

  /** Begins to ask a Life model about random boards. @returns whether it has begun */
  async startSweep(request: SweepRequest): Promise<boolean> {
    return (await this.attempt(() => this.api.call('sweepLife', request))) !== null;
  }

  async stopSweep(): Promise<void> {
    await this.attempt(() => this.api.call('stopSweep', {}));
  }

  async saveSweep(sweep: LifeSweep): Promise<string | null> {
    return (await this.attempt(() => this.api.call('saveSweep', { sweep })))?.path ?? null;
  }

  async save(): Promise<string | null> {
    const { runId } = this.current;
    if (runId === null) return null;
    return (await this.attempt(() => this.api.call('save', { runId })))?.path ?? null;
  }

  async refreshModels(): Promise<void> {
    const models = await this.attempt(() => this.api.call('refreshModels', {}));
    if (models) this.update({ models, modelsProblem: null });
  }

  showLog(): void {
    void this.attempt(() => this.api.call('showLog', {}));
  }

  openWalkthrough(): void {
    void this.attempt(() => this.api.call('openWalkthrough', {}));
  }

  copy(text: string): void {
    void this.attempt(() => this.api.call('copy', { text }));
  }

  dismissProblem(): void {
    this.update({ problem: null });
  }

  set(change: Partial<ExplorerSettings>): void {
    const settings = { ...this.current.settings, ...change };
    this.update({ settings });
    this.keep();
    void this.attempt(() => this.api.call('controls', { settings }));
  }

  setView(view: Partial<ExplorerView>): void {
    this.update({ view: { ...this.current.view, ...view } });
    this.keep();
  }

  /** Merges into what a tab keeps. */
  setTab(id: string, partial: Readonly<Record<string, unknown>>): void {
    const kept = this.current.view.tabs[id];
    const merged = { ...(typeof kept === 'object' && kept !== null ? kept : {}), ...partial };
    this.setView({ tabs: { ...this.current.view.tabs, [id]: merged } });
  }

  /** Keeps what has not been kept yet: the page is about to go. */
  flush(): void {
    this.keeper.flush();
  }

  private notified(name: string, data: unknown): void {
    // What comes while the whole is under way is part of the whole, or comes again after it.
    if (this.asking && name !== 'settings') return;
    const is = <N extends keyof ExplorerNotifications>(wanted: N): ExplorerNotifications[N] | null =>
      name === wanted ? (data as ExplorerNotifications[N]) : null;
    const started = is('runStarted');
    const events = is('trace');
    const status = is('status');
    const engine = is('engine');
    const models = is('models');
    const settings = is('settings');
    const comparison = is('comparison');
    const progress = is('comparisonProgress');
    const sweep = is('sweep');
    if (started) {
      this.begun = null;
      this.update({ begun: started.runId });
    } else if (events) {
      this.heard(events);
    } else if (status) {
      // A run that has ended without a token leaves the one before it on show.
      this.update({ status: status.status, ...(isBusy(status.status) ? {} : { begun: null }) });
    } else if (engine) {
      this.update({ engine: engine.status });
    } else if (models) {
      this.update({ models: models.models, modelsProblem: null });
    } else if (comparison) {
      this.update({ comparison: comparison.comparison });
      this.keepComparison();
    } else if (progress) {
      this.update({ comparisonProgress: progress.progress });
    } else if (sweep) {
      this.update({ sweep: sweep.sweep });
    } else if (settings) {
      // What the host says it knows.
      this.update({ settings: { ...this.current.settings, ...settings.settings } });
      this.keep();
      if (settings.tab !== undefined) this.setView({ tab: settings.tab });
      if (settings.focus) this.askForPrompt();
    }
  }

  private heard({ runId, from, events }: ExplorerNotifications['trace']): void {
    const isBegun = runId === this.current.begun;
    if (!isBegun && runId !== this.current.runId) return;
    const before = this.current.trace;
    const { trace, gap } = growTrace(isBegun ? this.begun : before, from, events);
    if (!isBegun) this.update({ trace });
    else if (!trace || trace.tokens.length === 0) this.begun = trace;
    else {
      this.begun = null;
      this.update({ trace, runId, begun: null, notes: [] });
      const { selected } = this.current.view;
      // What was chosen of the run before may stand in this one too.
      if (selected !== null && !keepsPlace(before?.header ?? null, trace.header, selected)) {
        this.setView({ selected: null });
      }
      this.keep();
    }
    if (gap) void this.open();
  }

  /** @param before what was on show when the host was asked: what the user has set since is newer than its answer. */
  private show(snapshot: ExplorerSnapshot, before: SessionState): void {
    const { settings, view } = this.current;
    this.begun = null;
    this.update({
      phase: 'open',
      mode: snapshot.mode,
      models: snapshot.models,
      decoders: snapshot.decoders,
      modelsProblem: snapshot.modelsProblem ?? null,
      settings: changedSince(before.settings, settings, snapshot.settings),
      view: view === before.view ? (snapshot.view ?? view) : view,
      trace: snapshot.trace,
      runId: snapshot.runId,
      begun: snapshot.begun,
      status: snapshot.status,
      comparison: snapshot.comparison,
      comparisonProgress: snapshot.comparisonProgress,
      sweep: snapshot.sweep,
      engine: snapshot.engine,
      notes: snapshot.notes,
      trusted: snapshot.trusted,
      problem: null,
    });
    this.comparisonId = snapshot.comparison?.id ?? null;
    if (snapshot.focus) this.askForPrompt();
    this.keep();
  }

  private askForPrompt(): void {
    this.update({ promptAsked: this.current.promptAsked + 1 });
  }

  /** A comparison is told often: what is kept of it is its id, once. */
  private keepComparison(): void {
    const id = this.current.comparison?.id ?? null;
    if (id === this.comparisonId) return;
    this.comparisonId = id;
    this.keep();
  }

  private async attempt<T>(request: () => Promise<T>): Promise<T | null> {
    try {
      return await request();
    } catch (error) {
      const problem = Problem.from(error).toData();
      if (problem.code !== 'cancelled') this.update({ problem });
      return null;
    }
  }

  private update(change: Partial<SessionState>): void {
    this.current = { ...this.current, ...change };
    for (const listener of [...this.listeners]) listener();
  }

  private forgetAgain(): void {
    if (this.again !== null) clearTimeout(this.again);
    this.again = null;
  }

  private keep(): void {
    this.keeper.soon();
  }

  private toSave(): ExplorerState {
    const { settings, view, runId } = this.current;
    return { version: 1, settings, view, runId, comparisonId: this.comparisonId };
  }
}
