import type { ModelIdentity } from '../../core/trace/record';
import type { AttentionOverview } from '../../protocol/attention';
import type { ModelRef } from '../../protocol/models';
import type { PassCapture } from '../model/types';
import type { Slices } from '../slices';
import type { TensorFile } from '../tensors/tensorFile';
import { LayerAttention } from '../tensors/layerAttention';
import type { TensorPlan } from '../tensors/plan';
import { RowTensor } from '../tensors/rowTensor';

/** What a run is known by: enough to compute its tensors again. */
export interface RunRecord {
  readonly runId: string;
  readonly identity: ModelIdentity;
  /** Absent where the model is not to be found any more. */
  readonly ref?: ModelRef;
  /** The sequence, prompt first; grows while the run goes on. */
  readonly ids: number[];
  readonly promptLength: number;
  /** Layers whose attention the run is about, and hidden states, and whether logits are saved with it. */
  readonly attention: readonly number[];
  readonly hidden: readonly number[];
  readonly logits: boolean;
}

/** A run and what of its tensors is in memory. Each may be missing, or shorter than the sequence. */
export class KeptRun {
  readonly attention = new Map<number, LayerAttention>();
  readonly hidden = new Map<number, RowTensor>();
  logits: RowTensor | undefined;
  /** Where tensors stand that need not be computed. */
  file: TensorFile | undefined;
  /** Logits around the position that was asked for last, of rows from `start`. */
  scoredLogits: { readonly start: number; readonly rows: RowTensor } | undefined;
  /** The last overview, for a view that comes back. */
  overview: AttentionOverview | undefined;
  /** Requests that work with the tensors now: they are not dropped meanwhile. */
  users = 0;
  /** Computations for this run follow each other, so that none is done twice. */
  private last: Promise<unknown> = Promise.resolve();

  constructor(readonly record: RunRecord) {}

  get bytes(): number {
    let sum = (this.logits?.bytes ?? 0) + (this.scoredLogits?.rows.bytes ?? 0);
    for (const layer of this.attention.values()) sum += layer.bytes;
    for (const block of this.hidden.values()) sum += block.bytes;
    return sum;
  }

  /** Makes room for what a run will bring. */
  prepare(plan: TensorPlan, heads: number, width: number, vocabularySize: number): void {
    if (plan.attention !== 'none') {
      for (const layer of this.record.attention) this.attention.set(layer, new LayerAttention(heads, plan.attention));
    }
    if (plan.hidden) for (const block of this.record.hidden) this.hidden.set(block, new RowTensor(width));
    if (plan.logitsRows > 0) this.logits = new RowTensor(vocabularySize, plan.logitsRows);
  }

  /** Takes what a pass gave of the tensors that are kept. */
  async absorb({ attention, hidden, pastLength, fed }: PassCapture, slices: Slices): Promise<void> {
    for (const [layer, weights] of attention) {
      await this.attention.get(layer)?.put(weights, pastLength, fed, slices);
    }
    for (const [block, values] of hidden) {
      this.hidden.get(block)?.put(values, pastLength, fed);
      await slices.pause();
    }
  }

  /** Forgets what belongs to tokens from `length` on. */
  truncate(length: number): void {
    for (const layer of this.attention.values()) layer.truncate(length);
    for (const block of this.hidden.values()) block.truncate(length);
    this.logits?.truncate(length);
  }

  /** Forgets the tensors; the record stays, so that they can be computed again. */
  drop(): void {
    this.attention.clear();
    this.hidden.clear();
    this.logits = undefined;
    this.scoredLogits = undefined;
    this.overview = undefined;
  }

  /** Does `work` when what was begun for this run before is done. */
  inTurn<T>(work: () => Promise<T>): Promise<T> {
    this.users++;
    const result = this.last.then(work, work).finally(() => this.users--);
    this.last = result.catch(() => undefined);
    return result;
  }
}
