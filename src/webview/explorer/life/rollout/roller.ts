import { RolloutRecord } from '../../../../core/life/rollout-record';
import type { LifeGrid } from '../../../../core/trace/record';
import type { CancelSignal } from '../../../../protocol/call';
import { Problem, type ProblemData } from '../../../../protocol/errors';
import { MOST_ROLLOUT_STEPS, type RollEnd, type RolledBoard, type RollRequest } from '../../../../protocol/rollout';
import { type KeptRollout, packBoard, unpackBoard } from './kept';

/** Who rolls the model: asks the extension. */
export type Roll = (
  request: RollRequest,
  options: { readonly signal: CancelSignal; readonly onEvent: (board: RolledBoard) => void },
) => Promise<RollEnd>;

const KEEP_EVERY_MS = 1_000;

/** Cells of the boards that are kept with the page: what a page keeps is written out again and again. */
const MOST_KEPT_CELLS = 1 << 20;

/**
 * The rollout of one start board. It outlives the view that shows it: while another tab is on show it goes on.
 */
export class Roller {
  /** null before anything was asked for. */
  record: RolloutRecord | null = null;
  /** Steps that were asked for, those that are made included. */
  asked = 0;
  rolling = false;
  problem: ProblemData | null = null;
  /** The step on show, from 1; 0 where there is none. While it is the last it stays the last. */
  place = 0;
  private stopper: AbortController | null = null;
  private keeping: ReturnType<typeof setTimeout> | null = null;
  private readonly listeners = new Set<() => void>();

  /** @param of names start and model: what is kept of another is not taken. */
  constructor(
    readonly of: string,
    readonly start: Uint8Array,
    readonly grid: LifeGrid,
    /** Set again with each run that is shown: the host answers for that one alone. */
    public roll: Roll | null,
    /** Keeps it through hide, move and reload of the page. */
    private readonly keep: ((kept: KeptRollout) => void) | null = null,
  ) {}

  /** Takes up what an earlier page kept. */
  restore(kept: KeptRollout | null): void {
    if (!kept || kept.of !== this.of) return;
    const boards = kept.boards.map((text) => unpackBoard(text, this.start.length));
    const record = new RolloutRecord(this.start, this.grid);
    for (const board of boards) {
      if (!board) return;
      record.add(board);
    }
    record.broken = kept.broken;
    this.record = record;
    this.asked = Math.max(kept.asked, boards.length);
    this.place = Math.max(Math.min(1, boards.length), Math.min(kept.place, boards.length));
  }

  get made(): number {
    return this.record?.steps.length ?? 0;
  }

  /** Whether more steps can follow the last. */
  get canGoOn(): boolean {
    return this.made > 0 && this.record?.broken === null && this.made < MOST_ROLLOUT_STEPS;
  }

  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  /** From the start on. */
  async begin(steps: number): Promise<void> {
    this.stop();
    this.record = new RolloutRecord(this.start, this.grid);
    this.place = 0;
    await this.further(steps);
  }

  /** From the last board on, to so many steps in all. */
  async goOn(steps: number): Promise<void> {
    if (this.canGoOn) await this.further(steps);
  }

  stop(): void {
    this.stopper?.abort();
    this.stopper = null;
    if (!this.rolling) return;
    this.rolling = false;
    this.changed();
    this.flush();
  }

  /** What went wrong with something that was asked for beside it, such as saving. */
  fail(error: unknown): void {
    const problem = Problem.from(error);
    if (problem.code === 'cancelled') return;
    this.problem = problem.toData();
    this.changed();
  }

  show(place: number): void {
    this.place = Math.max(Math.min(1, this.made), Math.min(this.made, place));
    this.changed();
  }

  private async further(steps: number): Promise<void> {
    const { record, roll } = this;
    if (!record || !roll) return;
    const stopper = new AbortController();
    const { signal } = stopper;
    this.stopper = stopper;
    Object.assign(this, { asked: steps, rolling: true, problem: null });
    this.changed();
    const cells = Uint8Array.from(record.predicted.at(-1) as Uint8Array);
    try {
      const { broken } = await roll(
        { cells, steps: steps - record.steps.length },
        {
          signal,
          onEvent: (board) => {
            if (!signal.aborted) this.add(record, board.cells);
          },
        },
      );
      if (!signal.aborted) record.broken = broken;
    } catch (error) {
      if (!signal.aborted) this.fail(error);
    }
    if (this.stopper !== stopper) return;
    this.stopper = null;
    this.rolling = false;
    this.changed();
    this.flush();
  }

  private add(record: RolloutRecord, board: Uint8Array): void {
    const follows = this.place === record.steps.length;
    record.add(board);
    if (follows) this.place = record.steps.length;
    this.changed();
  }

  private changed(): void {
    for (const listener of [...this.listeners]) listener();
    this.keeping ??= setTimeout(() => {
      this.keeping = null;
      this.keepNow();
    }, KEEP_EVERY_MS);
  }

  /** Keeps what has not been kept yet: the view goes. */
  flush(): void {
    if (this.keeping === null) return;
    clearTimeout(this.keeping);
    this.keeping = null;
    this.keepNow();
  }

  private keepNow(): void {
    const { record } = this;
    if (!record || !this.keep) return;
    const most = Math.floor(MOST_KEPT_CELLS / this.start.length);
    const boards = record.predicted.slice(1, most + 1).map(packBoard);
    const broken = boards.length === record.steps.length ? record.broken : null;
    this.keep({ of: this.of, asked: this.asked, place: this.place, broken, boards });
  }
}
