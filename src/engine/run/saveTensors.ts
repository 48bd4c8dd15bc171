import { open, rename, unlink, type FileHandle } from 'node:fs/promises';
import {
  layoutSafetensors,
  type SafetensorsLayout,
  type TensorEntry,
  type TensorSpec,
} from '../../core/trace/safetensors';
import type { CancelSignal } from '../../protocol/call';
import { Problem } from '../../protocol/errors';
import { throwIfAborted } from '../../protocol/rpc';
import type { LayerMaps } from '../tensors/maps';
import type { RowTensor } from '../tensors/rowTensor';
import { fileProblem, type TensorFile } from '../tensors/tensorFile';
import type { KeptRun } from './keptRun';
import type { RunTensors } from './runTensors';
import { score } from './scoring';
import type { Waiting } from './waiting';

/** Floats of one write: 4 MB. */
const SLAB_FLOATS = 1 << 20;

/**
 * Writes the tensors that the run is about, float32 and exact: those that are not held so are computed again.
 * The file appears whole or not at all.
 * @throws Problem `file`, `cancelled`, or what the model fails with.
 */
export function saveTensors(
  run: KeptRun,
  path: string,
  tensors: RunTensors,
  waiting: Waiting,
): Promise<{ readonly bytes: number; readonly tensors: readonly string[] }> {
  return run.inTurn(async () => {
    const writer = await TensorWriter.create(path, await specsOf(run, tensors, waiting));
    try {
      await writer.ids(run.record.ids);
      await saveHeld(run, writer, waiting.signal);
      if (writer.missing.size > 0) await saveScored(run, writer, tensors, waiting);
      await writer.commit();
    } catch (error) {
      await writer.abandon();
      throw error;
    }
    return { bytes: writer.layout.totalBytes, tensors: writer.layout.tensors.map(({ name }) => name) };
  });
}

async function specsOf(run: KeptRun, tensors: RunTensors, waiting: Waiting): Promise<TensorSpec[]> {
  const { identity, ids, attention, hidden, logits } = run.record;
  const tokens = ids.length;
  const held = run.hidden.get(hidden[0] ?? -1)?.width;
  const width = hidden.length === 0 ? 0 : (held ?? (await tensors.model(run, waiting)).width);
  return [
    ...attention.map((layer): TensorSpec => ({
      name: `attention.${layer}`,
      dtype: 'F32',
      shape: [identity.heads, tokens, tokens],
    })),
    ...hidden.map((block): TensorSpec => ({ name: `hidden.${block}`, dtype: 'F32', shape: [tokens, width] })),
    ...(logits ? [{ name: 'logits', dtype: 'F32', shape: [tokens, identity.vocabularySize] } as const] : []),
    { name: 'input_ids', dtype: 'I64', shape: [tokens] },
  ];
}

/** What memory or the run's file holds, exact and for the whole sequence. */
async function saveHeld(run: KeptRun, writer: TensorWriter, signal: CancelSignal): Promise<void> {
  const { ids, attention, hidden, logits } = run.record;
  for (const layer of attention) {
    const maps: LayerMaps | undefined = run.file?.attention.get(layer) ?? run.attention.get(layer);
    if (maps?.form === 'float32' && maps.tokens === ids.length) await writer.maps(`attention.${layer}`, maps, signal);
  }
  for (const block of hidden) {
    const rows = run.hidden.get(block);
    if (rows?.rows === ids.length) await writer.rowTensor(`hidden.${block}`, rows, signal);
  }
  if (!logits) return;
  if (run.file?.hasLogits) await writer.logitsOf(run.file, ids.length, signal);
  else if (run.logits?.rows === ids.length) await writer.rowTensor('logits', run.logits, signal);
}

async function saveScored(run: KeptRun, writer: TensorWriter, tensors: RunTensors, waiting: Waiting): Promise<void> {
  const { ids, attention, hidden } = run.record;
  const model = await tensors.model(run, waiting);
  const request = {
    model,
    ids,
    attention: attention.filter((layer) => writer.missing.has(`attention.${layer}`)),
    hidden: hidden.filter((block) => writer.missing.has(`hidden.${block}`)),
    signal: waiting.signal,
  };
  const withLogits = writer.missing.has('logits');
  for await (const { capture, logits } of score(request)) {
    const { pastLength, fed } = capture;
    for (const [layer, weights] of capture.attention) {
      await writer.attentionRows(`attention.${layer}`, weights, pastLength, fed);
    }
    for (const [block, values] of capture.hidden) await writer.rows(`hidden.${block}`, values, pastLength);
    if (withLogits) await writer.rows('logits', logits, pastLength);
  }
}

/** A tensor file under a name of its own until it is whole. */
class TensorWriter {
  /** Tensors that nothing was written for yet. */
  readonly missing: Set<string>;

  private constructor(
    private readonly path: string,
    private readonly partial: string,
    private readonly handle: FileHandle,
    readonly layout: SafetensorsLayout,
  ) {
    this.missing = new Set(layout.tensors.map(({ name }) => name));
  }

  static async create(path: string, specs: readonly TensorSpec[]): Promise<TensorWriter> {
    const layout = layoutSafetensors(specs);
    const partial = `${path}.${process.pid}.partial`;
    let handle: FileHandle;
    try {
      handle = await open(partial, 'w');
    } catch (error) {
      throw fileProblem(`${path} cannot be written`, error);
    }
    const writer = new TensorWriter(path, partial, handle, layout);
    await writer.write(layout.head, 0);
    return writer;
  }

  ids(ids: readonly number[]): Promise<void> {
    const entry = this.entry('input_ids');
    return this.write(new Uint8Array(BigInt64Array.from(ids, BigInt).buffer), entry.start);
  }

  /** Every head as a dense map. */
  async maps(name: string, maps: LayerMaps, signal: CancelSignal): Promise<void> {
    const { tokens } = maps;
    const entry = this.entry(name);
    const rowsAtOnce = Math.max(1, Math.floor(SLAB_FLOATS / tokens));
    for (let head = 0; head < maps.heads; head++) {
      for (let first = 0; first < tokens; first += rowsAtOnce) {
        throwIfAborted(signal);
        const count = Math.min(rowsAtOnce, tokens - first);
        const slab = new Float32Array(count * tokens);
        for (let i = 0; i < count; i++) slab.set(await maps.row(head, first + i), i * tokens);
        await this.floats(entry, (head * tokens + first) * tokens, slab);
      }
    }
  }

  async rowTensor(name: string, tensor: RowTensor, signal: CancelSignal): Promise<void> {
    const entry = this.entry(name);
    const { width } = tensor;
    const rowsAtOnce = Math.max(1, Math.floor(SLAB_FLOATS / width));
    for (let first = 0; first < tensor.rows; first += rowsAtOnce) {
      throwIfAborted(signal);
      const count = Math.min(rowsAtOnce, tensor.rows - first);
      const slab = new Float32Array(count * width);
      for (let i = 0; i < count; i++) slab.set(tensor.row(first + i) as Float32Array, i * width);
      await this.floats(entry, first * width, slab);
    }
  }

  /** The logits of every token as a file of this run has them. */
  async logitsOf(file: TensorFile, tokens: number, signal: CancelSignal): Promise<void> {
    for (let row = 0; row < tokens; row++) {
      throwIfAborted(signal);
      await this.rows('logits', (await file.logitsRow(row)) as Float32Array, row);
    }
  }

  /** The rows of one pass. @param weights [heads, fed, pastLength + fed] */
  async attentionRows(name: string, weights: Float32Array, pastLength: number, fed: number): Promise<void> {
    const entry = this.entry(name);
    const [heads = 0, tokens = 0] = entry.shape;
    const width = pastLength + fed;
    for (let head = 0; head < heads; head++) {
      const slab = new Float32Array(fed * tokens);
      for (let i = 0; i < fed; i++) {
        const from = (head * fed + i) * width;
        slab.set(weights.subarray(from, from + width), i * tokens);
      }
      await this.floats(entry, (head * tokens + pastLength) * tokens, slab);
    }
  }

  /** @param values [fed, width] rows from `firstRow` on. */
  rows(name: string, values: Float32Array, firstRow: number): Promise<void> {
    const entry = this.entry(name);
    return this.floats(entry, firstRow * (entry.shape[1] ?? 0), values);
  }

  /** Puts the whole file in its place. */
  async commit(): Promise<void> {
    try {
      await this.handle.sync();
      await this.handle.close();
      await rename(this.partial, this.path);
    } catch (error) {
      throw fileProblem(`${this.path} cannot be written`, error);
    }
  }

  async abandon(): Promise<void> {
    // Whatever failed before is what matters; a file that cannot be removed is no news then.
    await this.handle.close().catch(() => undefined);
    await unlink(this.partial).catch(() => undefined);
  }

  private entry(name: string): TensorEntry {
    const entry = this.layout.tensors.find((tensor) => tensor.name === name);
    if (!entry) throw new Problem({ code: 'internal', message: `There is no tensor named ${name} to write.` });
    this.missing.delete(name);
    return entry;
  }

  private floats(entry: TensorEntry, first: number, values: Float32Array): Promise<void> {
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    return this.write(bytes, entry.start + first * 4);
  }

  private async write(bytes: Uint8Array, position: number): Promise<void> {
    try {
      let done = 0;
      while (done < bytes.length) {
        done += (await this.handle.write(bytes, done, bytes.length - done, position + done)).bytesWritten;
      }
    } catch (error) {
      throw fileProblem(`${this.path} cannot be written`, error);
    }
  }
}
