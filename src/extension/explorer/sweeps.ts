import { randomUUID } from 'node:crypto';
import { LifeModel } from '../../core/life/ask';
import { sweep } from '../../core/life/sweep';
import type { LifeGrid } from '../../core/trace/record';
import type { Caller } from '../../protocol/call';
import { rowProblem } from '../../protocol/compare';
import type { EngineApi } from '../../protocol/engine';
import { lifeWriter } from '../../protocol/life';
import type { LifeSweep, SweepPlan } from '../../protocol/sweep';

/** Milliseconds between two states that are told: a board may take a few. */
const TELL_EVERY = 100;

export interface SweepsOptions {
  readonly engine: Caller<EngineApi>;
  /** Told of every change, boards of one order parameter in batches; of its end last. */
  readonly onSweep: (sweep: LifeSweep) => void;
  /** For the log: what the sweep says in a sentence. */
  readonly report: (what: string, error: unknown) => void;
}

/** The sweep of one Explorer over random boards: the one on show, which goes on while its page is hidden. */
export class Sweeps {
  /** The one on show; its state says whether it goes on. */
  sweep: LifeSweep | null = null;
  private stopper: AbortController | undefined;

  constructor(private readonly options: SweepsOptions) {}

  get running(): boolean {
    return this.stopper !== undefined;
  }

  /** Begins in place of the one on show, which must not go on any more. @returns its id */
  start(model: LifeSweep['model'], grid: LifeGrid, plan: SweepPlan): string {
    const id = randomUUID();
    const stopper = new AbortController();
    this.stopper = stopper;
    this.show({
      ...{ id, createdAt: new Date().toISOString(), model, grid, plan },
      ...{ state: 'running', figures: [], message: null, problem: null },
    });
    void this.follow(id, model, grid, plan, stopper);
    return id;
  }

  stop(): void {
    this.stopper?.abort();
  }

  private async follow(
    id: string,
    { name, folder, file }: LifeSweep['model'],
    grid: LifeGrid,
    plan: SweepPlan,
    { signal }: AbortController,
  ): Promise<void> {
    let told = -Infinity;
    const change = (changed: Partial<LifeSweep>): LifeSweep => ({ ...(this.sweep as LifeSweep), ...changed });
    const writer = lifeWriter(this.options.engine, { folder, file }, `sweep-${name}-${id}`, {
      signal,
      priority: 'background',
      onProgress: (event) => {
        if (event.type === 'loading') this.show(change({ message: event.message }));
      },
    });
    const model = new LifeModel(grid, writer);
    let end: Partial<LifeSweep> = { state: 'done' };
    try {
      for await (const { orders, done } of sweep({ grid, ...plan, signal }, (board) => model.answer(board))) {
        this.sweep = change({ figures: orders, message: null });
        const complete = done % plan.boards === 0;
        if (!complete && performance.now() - told < TELL_EVERY) continue;
        told = performance.now();
        this.show(this.sweep);
      }
      if (signal.aborted) end = { state: 'stopped' };
    } catch (error) {
      const problem = rowProblem(error);
      if (problem) this.options.report('Sweeping the density', error);
      end = problem ? { state: 'failed', problem } : { state: 'stopped' };
    }
    this.stopper = undefined;
    this.show(change({ ...end, message: null }));
  }

  private show(state: LifeSweep): void {
    this.sweep = state;
    this.options.onSweep(state);
  }
}
