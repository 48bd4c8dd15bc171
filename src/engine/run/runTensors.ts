import { layersWithAttention } from '../../core/trace/record';
import type { PositionLogits } from '../../protocol/runs';
import { Problem } from '../../protocol/errors';
import type { LoadedModel } from '../model/types';
import { Slices } from '../slices';
import { attentionBytes, LayerAttention } from '../tensors/layerAttention';
import type { LayerMaps } from '../tensors/maps';
import { RowTensor } from '../tensors/rowTensor';
import { noAttention } from './capture';
import type { KeptRun } from './keptRun';
import type { RunStore } from './runStore';
import { score } from './scoring';
import type { LoadModel, Waiting } from './waiting';

/** Positions around one that was asked for whose logits are kept too: the next arrow key asks for them. */
const NEIGHBOURS = 32;

/** The tensors of runs: from memory, from the run's file, or computed again by scoring its tokens. */
export class RunTensors {
  constructor(
    private readonly load: LoadModel,
    private readonly runs: RunStore,
  ) {}

  /** Layers that the run's attention is shown for: those that it recorded, else all. */
  layersOf({ record, file }: KeptRun): readonly number[] {
    if (record.attention.length > 0) return record.attention;
    if (file && file.attention.size > 0) return [...file.attention.keys()];
    return layersWithAttention(record.identity);
  }

  /** As many layers at a time as are sure to fit into memory together. */
  groupsOf(run: KeptRun, layers: readonly number[]): readonly (readonly number[])[] {
    const { heads } = run.record.identity;
    const oneLayer = attentionBytes('codes', 1, heads, run.record.ids.length);
    const size = Math.max(1, Math.floor(this.runs.budget / oneLayer));
    const groups: (readonly number[])[] = [];
    for (let start = 0; start < layers.length; start += size) groups.push(layers.slice(start, start + size));
    return groups;
  }

  /** How many tokens must be scored before {@link maps} can give these layers. */
  tokensToScore(run: KeptRun, layers: readonly number[]): number {
    return layers.some((layer) => !this.held(run, layer)) ? run.record.ids.length : 0;
  }

  /**
   * The maps of the layers, computed where they are not held. Call inside `run.inTurn`.
   * @param onTokens called with tokens scored so far.
   * @throws Problem `not-available`, `memory`, `cancelled`, or what the model fails with.
   */
  async maps(
    run: KeptRun,
    layers: readonly number[],
    waiting: Waiting,
    onTokens: (tokens: number) => void = () => undefined,
  ): Promise<ReadonlyMap<number, LayerMaps>> {
    const missing = layers.filter((layer) => !this.held(run, layer));
    if (missing.length > 0) await this.computeAttention(run, missing, waiting, onTokens);
    return new Map(layers.map((layer) => [layer, this.held(run, layer) as LayerMaps]));
  }

  /** The logits that predicted token `index` (of one more than the last: what would follow). */
  async positionLogits(run: KeptRun, index: number, waiting: Waiting): Promise<PositionLogits> {
    // What is held is given at once, also while the run goes on.
    const held = run.logits?.row(index - 1);
    if (held) return { runId: run.record.runId, index, logits: held, recomputed: false };
    return run.inTurn(() => this.logitsOf(run, index, waiting));
  }

  private async logitsOf(run: KeptRun, index: number, waiting: Waiting): Promise<PositionLogits> {
    const { runId, ids } = run.record;
    if (index > ids.length) {
      throw new Problem({
        code: 'bad-request',
        message: `There is no token ${index}: the run has ${ids.length}, from 0.`,
      });
    }
    const row = index - 1;
    const kept = run.logits?.row(row) ?? (await run.file?.logitsRow(row));
    if (kept) return { runId, index, logits: kept, recomputed: false };
    const near = run.scoredLogits;
    const logits = near?.rows.row(row - near.start) ?? (await this.scoreLogits(run, row, waiting));
    return { runId, index, logits, recomputed: true };
  }

  /** @throws Problem `not-available` where the run's model is missing, or what loading fails with. */
  async model(run: KeptRun, waiting: Waiting): Promise<LoadedModel> {
    const { ref, identity, ids } = run.record;
    if (!ref) {
      throw new Problem({
        code: 'not-available',
        message: `The model of this run, ${identity.name}, is not to be found.`,
        action: `Add the folder that holds it, or put it back to ${identity.folder}.`,
      });
    }
    const model = await this.load(ref, waiting);
    const { vocabularySize, contextLength } = model.identity;
    if (ids.length > (contextLength ?? Infinity) || ids.some((id) => id >= vocabularySize)) {
      throw new Problem({
        code: 'not-available',
        message: `The tokens of this run do not fit the model in ${ref.folder}: it is another one.`,
        action: 'Put the model that made the run back, or run the prompt again.',
      });
    }
    return model;
  }

  /** Maps of a layer that cover the whole sequence, or what a run that was stopped got to. */
  private held(run: KeptRun, layer: number): LayerMaps | undefined {
    const inFile = run.file?.attention.get(layer);
    if (inFile) return inFile;
    const inMemory = run.attention.get(layer);
    return inMemory && inMemory.tokens > 0 ? inMemory : undefined;
  }

  private async computeAttention(
    run: KeptRun,
    missing: readonly number[],
    waiting: Waiting,
    onTokens: (tokens: number) => void,
  ): Promise<void> {
    const model = await this.model(run, waiting);
    const refusal = noAttention(model);
    const absent = model.probes.attention.missing?.find(({ layer }) => missing.includes(layer))?.reason;
    const why = refusal ?? absent;
    if (why) throw new Problem({ code: 'not-available', message: why });
    const { ids } = run.record;
    const bytes = (form: 'float32' | 'codes', layers: number): number =>
      attentionBytes(form, layers, model.heads, ids.length);
    // One form for all layers of the run, whichever are asked for first.
    const form = bytes('float32', this.layersOf(run).length) <= this.runs.budget ? 'float32' : 'codes';
    const needed = bytes(form, missing.length);
    if (run.bytes + needed > this.runs.budget) run.drop();
    this.runs.makeRoom(needed, run);
    const computed = new Map(missing.map((layer) => [layer, new LayerAttention(model.heads, form)]));
    const slices = new Slices(waiting.signal);
    for await (const { capture } of score({ model, ids, attention: missing, hidden: [], signal: waiting.signal })) {
      for (const [layer, weights] of capture.attention) {
        await computed.get(layer)?.put(weights, capture.pastLength, capture.fed, slices);
      }
      onTokens(capture.pastLength + capture.fed);
    }
    // Only now: what was stopped half-way is no map of the run.
    for (const [layer, maps] of computed) run.attention.set(layer, maps);
  }

  private async scoreLogits(run: KeptRun, row: number, waiting: Waiting): Promise<Float32Array> {
    const model = await this.model(run, waiting);
    const start = Math.max(0, row - NEIGHBOURS);
    const end = Math.min(run.record.ids.length, row + 1 + NEIGHBOURS);
    const { vocabularySize } = model.identity;
    const rows = new RowTensor(vocabularySize);
    const ids = run.record.ids.slice(0, end);
    for await (const { capture, logits } of score({ model, ids, attention: [], hidden: [], signal: waiting.signal })) {
      const { pastLength, fed } = capture;
      const skipped = Math.max(0, start - pastLength);
      if (skipped >= fed) continue;
      rows.put(logits.subarray(skipped * vocabularySize), pastLength + skipped - start, fed - skipped);
    }
    run.scoredLogits = { start, rows };
    return rows.row(row - start) as Float32Array;
  }
}
