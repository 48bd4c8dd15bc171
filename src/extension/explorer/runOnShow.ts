import { randomUUID } from 'node:crypto';
import { traceEvents } from '../../core/trace/assemble';
import type { Trace } from '../../core/trace/record';
import { Problem } from '../../protocol/errors';
import type { RunStatus } from '../../protocol/explorer';
import type { ExplorerSettings } from '../../protocol/explorerState';
import type { ModelSummary } from '../../protocol/models';
import { l10n } from '../l10n';
import { digestOf } from '../runs/digest';
import { titleOf } from '../runs/labels';
import type { ExplorerPage, ExplorerServices } from './ports';
import { ActiveRun } from './run';

export interface SavedTrace {
  readonly trace: Trace | null;
  readonly notes: readonly string[];
  readonly problem?: Problem;
  /** `.safetensors` beside the trace, where it has a path on disk. */
  readonly tensors?: string;
}

/**
 * The trace under an id of its own in the engine: the run it was saved from may be on show beside it, another copy of
 * the file may have been cut, and what a file calls itself is anyone's word.
 */
export function withOwnId(saved: SavedTrace): SavedTrace {
  if (!saved.trace) return saved;
  const { trace } = saved;
  return { ...saved, trace: { ...trace, header: { ...trace.header, id: randomUUID() } } };
}

/** Far below what one message may carry. */
const EVENTS_A_MESSAGE = 500;

/** The run that one Explorer shows, from its start or from a file to the next; told to the page as it comes. */
export class RunOnShow {
  trace: Trace | null = null;
  notes: readonly string[] = [];
  status: RunStatus = { state: 'idle' };
  private active: ActiveRun | undefined;
  /** Runs that have not ended yet, also those that have given way. */
  private readonly goesOn = new Set<string>();
  /** Counts what was asked of runs: a start that was overtaken by a stop, another start or the end does not happen. */
  private turn = 0;

  constructor(
    private readonly services: Pick<ExplorerServices, 'engine' | 'servers' | 'runs' | 'running' | 'log'>,
    private readonly page: ExplorerPage,
    saved?: SavedTrace,
  ) {
    if (!saved) return;
    this.trace = saved.trace;
    this.notes = saved.notes;
    this.status = saved.problem ? { state: 'problem', problem: saved.problem.toData() } : { state: 'done' };
  }

  get runId(): string | null {
    return this.trace?.header.id ?? null;
  }

  /** The run under way that has no token yet: the one before it is on show. */
  get begun(): string | null {
    const { active } = this;
    return active && active.runId !== this.runId ? active.runId : null;
  }

  get running(): boolean {
    return this.active !== undefined;
  }

  /** Asks for a start. @returns whether nothing was asked since. */
  ask(): () => boolean {
    const turn = ++this.turn;
    return () => turn === this.turn;
  }

  stop(): void {
    this.turn++;
    this.active?.stop();
  }

  dispose(): void {
    this.turn++;
    this.leave();
  }

  /** @returns the id of the run, which goes on; problems become its status. */
  start(settings: ExplorerSettings, model: ModelSummary, models: readonly ModelSummary[]): string {
    this.active?.stop();
    const { page } = this;
    const recording = this.services.runs.record();
    const run = new ActiveRun(this.services, settings, model, models, {
      onEvents: (events, from) => {
        recording.add(events);
        if (this.active !== run) return;
        this.shows(run);
        void page.tell('trace', { runId: run.runId, from, events });
      },
      onStatus: (status) => {
        if (this.active === run) this.say(status);
      },
    });
    this.active = run;
    void page.tell('runStarted', { runId: run.runId });
    page.setTitle(run.label);
    void this.follow(run, recording);
    return run.runId;
  }

  /** A run that was made before, in place of the one on show. */
  show(trace: Trace): void {
    const { page } = this;
    this.turn++;
    this.leave();
    this.trace = trace;
    this.notes = [];
    void page.tell('runStarted', { runId: trace.header.id });
    const events = [...traceEvents(trace)];
    for (let start = 0; start < events.length; start += EVENTS_A_MESSAGE) {
      const slice = events.slice(start, start + EVENTS_A_MESSAGE);
      void page.tell('trace', { runId: trace.header.id, from: start, events: slice });
    }
    this.say({ state: 'done' });
    page.setTitle(titleOf(digestOf(trace)));
  }

  /** The run of the window before, for a page that asks for everything anyway. */
  revive({ trace, notes }: { readonly trace: Trace; readonly notes: readonly string[] }): void {
    this.trace = trace;
    this.notes = notes;
    this.status = { state: 'done' };
    this.page.setTitle(titleOf(digestOf(trace)));
  }

  say(status: RunStatus): void {
    this.status = status;
    void this.page.tell('status', { status });
  }

  /**
   * The trace that a request is about.
   *
   * @throws Problem `run-unknown` where the run is no longer on show
   */
  of(runId: string): Trace {
    if (this.trace?.header.id !== runId) {
      throw new Problem({ code: 'run-unknown', message: l10n.t('This run is no longer on show.') });
    }
    return this.trace;
  }

  /** Takes the place of the run before with the first token: until then, that one can be asked about. */
  private shows(run: ActiveRun): void {
    if (!run.trace || run.trace.tokens.length === 0) return;
    if (this.trace?.header.id !== run.runId) {
      this.forget();
      this.notes = [];
    }
    this.trace = run.trace;
  }

  /** Stops what is under way, and lets go of the run on show. */
  private leave(): void {
    const { active } = this;
    this.active = undefined;
    active?.stop();
    this.forget();
  }

  /** Frees what the engine holds of the run on show: nobody can ask for it any more. */
  private forget(): void {
    const { trace } = this;
    this.trace = null;
    // What still goes on is freed when it has ended.
    if (trace && !trace.header.model.server && !this.goesOn.has(trace.header.id)) this.free(trace.header.id);
  }

  private free(runId: string): void {
    const { engine, log } = this.services;
    // The engine may have been ended long before the tab: nothing is started only to free memory.
    if (engine.status.state !== 'ready') return;
    engine.call('closeRun', { runId }).catch((error: unknown) => {
      log.problem('Closing a run', error);
    });
  }

  private async follow(run: ActiveRun, recording: ReturnType<ExplorerServices['runs']['record']>): Promise<void> {
    const { page } = this;
    const { running, log } = this.services;
    this.goesOn.add(run.runId);
    const shown = running.begin({ label: run.label, show: () => page.reveal(), stop: () => run.stop() });
    try {
      await run.start();
    } catch (error) {
      log.problem('Run', error);
    } finally {
      shown.dispose();
      this.goesOn.delete(run.runId);
    }
    // Before anything is waited for: what is on show is decided by who runs now.
    const isOnShow = this.runId === run.runId;
    if (this.active === run) {
      this.active = undefined;
      // One that ended without a token has left the run before it on show.
      if (this.trace) page.setTitle(titleOf(digestOf(this.trace)));
    }
    if (!isOnShow) this.free(run.runId);
    if (run.trace) await recording.end(run.trace);
  }
}
