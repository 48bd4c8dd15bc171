import { randomUUID } from 'node:crypto';
import { LifeModel } from '../../core/life/ask';
import { rollForward } from '../../core/life/rollout';
import type { LifeGrid } from '../../core/trace/record';
import type { Caller, CancelSignal } from '../../protocol/call';
import type { EngineApi } from '../../protocol/engine';
import type { ModelRef } from '../../protocol/models';
import { Problem } from '../../protocol/errors';
import { lifeWriter } from '../../protocol/life';
import type { RolledBoard, RollEnd, RollRequest } from '../../protocol/rollout';
import { cancelled } from '../../protocol/rpc';

/** A model that is rolled forward: where it is, and what it is called. */
export interface RolledModel {
  readonly ref: ModelRef;
  readonly grid: LifeGrid;
  readonly name: string;
  readonly dtype: string;
}

export interface RolloutsOptions {
  readonly engine: Caller<EngineApi>;
  /** Announces what has begun. @returns what is to be disposed of at its end */
  readonly begin: (model: RolledModel, steps: number, stop: () => void) => { dispose(): unknown };
}

/** The rollouts of one view: one at a time. */
export class Rollouts {
  private stopper: AbortController | null = null;

  constructor(private readonly options: RolloutsOptions) {}

  get running(): boolean {
    return this.stopper !== null;
  }

  /**
   * Feeds the model its own boards; a rollout that is under way gives way. What is asked interactively goes before each of its
   * steps.
   * @param emit is given each board as it is made.
   * @throws Problem `bad-request` where the board is none of the model's grid, `cancelled` where it was stopped, and what a
   *   run throws.
   */
  async roll(
    model: RolledModel,
    { cells, steps }: RollRequest,
    asked: CancelSignal,
    emit: (board: RolledBoard) => void,
  ): Promise<RollEnd> {
    checkBoards(cells, 1, model.grid);
    this.stop();
    const stopper = new AbortController();
    const stop = (): void => stopper.abort();
    asked.addEventListener('abort', stop, { once: true });
    this.stopper = stopper;
    const { signal } = stopper;
    const announced = this.options.begin(model, steps, stop);
    try {
      const id = `rollout-${randomUUID()}`;
      const writer = lifeWriter(this.options.engine, model.ref, id, { signal, priority: 'background' });
      // One for all steps: boards come back in oscillators, and are then known.
      const asks = new LifeModel(model.grid, writer);
      const predict = async (board: Uint8Array) => {
        const reading = await asks.answer(board);
        if (reading.cells && !signal.aborted) emit({ cells: Uint8Array.from(reading.cells) });
        return reading;
      };
      const { broken } = await rollForward(cells, steps, predict, { signal });
      if (signal.aborted) throw cancelled();
      return { broken };
    } finally {
      announced.dispose();
      asked.removeEventListener('abort', stop);
      if (this.stopper === stopper) this.stopper = null;
    }
  }

  stop(): void {
    this.stopper?.abort();
    this.stopper = null;
  }
}

/**
 * Sees that these are so many boards of a grid.
 * @throws Problem `bad-request`
 */
export function checkBoards(cells: Uint8Array, count: number, { width, height }: LifeGrid): void {
  if (cells.length === count * width * height && cells.every((cell) => cell <= 1)) return;
  throw new Problem({
    code: 'bad-request',
    message: `A board of this model has ${width} x ${height} cells, each 0 or 1.`,
  });
}
