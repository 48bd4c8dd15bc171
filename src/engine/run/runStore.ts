import { Problem } from '../../protocol/errors';
import { KeptRun, type RunRecord } from './keptRun';

/** Runs that are remembered; the least recently used go first. A record is small: ids and names. */
const RUNS_REMEMBERED = 200;

/** The runs that this process knows, within a budget of bytes for their tensors. */
export class RunStore {
  /** Least recently used first. */
  private readonly runs = new Map<string, KeptRun>();

  constructor(readonly budget: number) {}

  get bytes(): number {
    let sum = 0;
    for (const run of this.runs.values()) sum += run.bytes;
    return sum;
  }

  /** A new run, in place of one with the same id. */
  open(record: RunRecord): KeptRun {
    this.close(record.runId);
    const run = new KeptRun(record);
    this.runs.set(record.runId, run);
    for (const [runId, old] of this.runs) {
      if (this.runs.size <= RUNS_REMEMBERED) break;
      if (old.users === 0 && old !== run) this.close(runId);
    }
    return run;
  }

  /** @throws Problem `run-unknown` */
  get(runId: string): KeptRun {
    const run = this.runs.get(runId);
    if (!run) {
      throw new Problem({
        code: 'run-unknown',
        message: 'The engine does not hold this run any more.',
        action: 'Open the run again, or run the prompt again.',
      });
    }
    this.runs.delete(runId);
    this.runs.set(runId, run);
    return run;
  }

  close(runId: string): void {
    const run = this.runs.get(runId);
    run?.drop();
    run?.file?.close();
    this.runs.delete(runId);
  }

  /** Drops tensors of the runs that were used least recently until `bytes` more fit, as far as that goes. */
  makeRoom(bytes: number, keep: KeptRun): void {
    let held = this.bytes;
    for (const run of this.runs.values()) {
      if (held + bytes <= this.budget) return;
      if (run === keep || run.users > 0) continue;
      held -= run.bytes;
      run.drop();
    }
  }
}
