import type { MemoryReport } from '../protocol/handshake';

/** Least milliseconds between two reports. */
const REPORT_MILLISECONDS = 1_000;
/** Bytes that an open session takes for each byte of its files, at most: onnxruntime packs weights again. */
const RESIDENT_PER_BYTE = 3.1;

export interface MemoryGauge {
  /** Resident bytes of the process. */
  readonly resident: () => number;
  /** Bytes on disk of the models that are open. */
  readonly models: () => number;
  /** Bytes of the tensors of runs. */
  readonly tensors: () => number;
  /** Milliseconds. */
  readonly clock: () => number;
}

/**
 * Tells what the process holds from what it has lost. A session's own work space shows only when it has run, so what is
 * resident after the first run of a model counts as expected; what comes on top later does not.
 */
export class MemoryWatch {
  private readonly start: number;
  private measured = 0;
  private measuredModels = 0;
  private reported = -Infinity;

  constructor(private readonly gauge: MemoryGauge) {
    this.start = gauge.resident();
  }

  /** After each request. @returns what to report, or undefined where that was done just before. */
  after(method: string): MemoryReport | undefined {
    const { resident, models, tensors, clock } = this.gauge;
    if (method === 'run' && models() !== this.measuredModels) {
      this.measuredModels = models();
      this.measured = resident() - tensors();
    } else if (clock() - this.reported < REPORT_MILLISECONDS) {
      return undefined;
    }
    this.reported = clock();
    const held = Math.max(this.measured, this.start + RESIDENT_PER_BYTE * models());
    return { resident: resident(), expected: held + tensors() };
  }
}
