import { open, type FileHandle } from 'node:fs/promises';
import { packedLength, packedRow } from '../../core/lens/packed';
import { headBytes, parseSafetensors, type TensorEntry } from '../../core/trace/safetensors';
import { CoreError } from '../../core/errors';
import { quoted } from '../../core/text/quoted';
import { Problem } from '../../protocol/errors';
import type { LayerMaps } from './maps';

/** Floats of one read: 4 MB. */
const SLAB_FLOATS = 1 << 20;

/**
 * The `.safetensors` file beside a saved run: `attention.L` [heads, query, key], `logits` [tokens, vocabulary], float32.
 * Only what is asked for is read.
 */
export class TensorFile {
  /** Maps of the layers that the file holds. */
  readonly attention: ReadonlyMap<number, LayerMaps>;

  private constructor(
    private readonly reader: TensorReader,
    layers: readonly (readonly [number, TensorEntry])[],
    private readonly logits: TensorEntry | undefined,
  ) {
    this.attention = new Map(layers.map(([layer, entry]) => [layer, new FileMaps(reader, entry)]));
  }

  /**
   * @param ids the sequence of the run: a file of another sequence is refused.
   * @throws Problem `file` where it cannot be read, is no tensor file, or is another run's.
   */
  static async open(path: string, ids: readonly number[]): Promise<TensorFile> {
    const reader = await TensorReader.open(path);
    try {
      const { tensors } = reader;
      const tokens = ids.length;
      const layers: [number, TensorEntry][] = [];
      for (const [name, entry] of tensors) {
        const layer = /^attention\.(\d+)$/.exec(name)?.[1];
        if (layer === undefined) continue;
        const [heads = 0, queries, keys] = entry.shape;
        const fits = entry.dtype === 'F32' && entry.shape.length === 3 && heads > 0;
        if (!fits || queries !== tokens || keys !== tokens) throw otherRun(path);
        layers.push([Number(layer), entry]);
      }
      layers.sort(([a], [b]) => a - b);
      const logits = tensors.get('logits');
      if (logits && (logits.dtype !== 'F32' || logits.shape.length !== 2 || logits.shape[0] !== tokens)) {
        throw otherRun(path);
      }
      const fileIds = tensors.get('input_ids');
      if (fileIds && !(await reader.holdsIds(fileIds, ids))) throw otherRun(path);
      return new TensorFile(reader, layers, logits);
    } catch (error) {
      reader.close();
      throw error;
    }
  }

  get hasLogits(): boolean {
    return this.logits !== undefined;
  }

  /** [vocabulary] the logits of a position, or undefined where the file has none. */
  async logitsRow(row: number): Promise<Float32Array | undefined> {
    const [rows = 0, width = 0] = this.logits?.shape ?? [];
    return this.logits && row < rows ? this.reader.floats(this.logits, row * width, width) : undefined;
  }

  close(): void {
    this.reader.close();
  }
}

/** The maps of one layer, dense in the file. */
class FileMaps implements LayerMaps {
  readonly heads: number;
  readonly tokens: number;
  readonly form = 'float32';

  constructor(
    private readonly reader: TensorReader,
    private readonly entry: TensorEntry,
  ) {
    const [heads = 0, tokens = 0] = entry.shape;
    this.heads = heads;
    this.tokens = tokens;
  }

  async packed(head: number): Promise<Float32Array> {
    const { tokens } = this;
    const map = new Float32Array(packedLength(tokens));
    const rowsAtOnce = Math.max(1, Math.floor(SLAB_FLOATS / tokens));
    for (let first = 0; first < tokens; first += rowsAtOnce) {
      const rows = Math.min(rowsAtOnce, tokens - first);
      const slab = await this.reader.floats(this.entry, (head * tokens + first) * tokens, rows * tokens);
      for (let i = 0; i < rows; i++) {
        map.set(slab.subarray(i * tokens, i * tokens + first + i + 1), packedRow(first + i));
      }
    }
    return map;
  }

  row(head: number, query: number): Promise<Float32Array> {
    return this.reader.floats(this.entry, (head * this.tokens + query) * this.tokens, query + 1);
  }

  async weight(head: number, query: number, key: number): Promise<number> {
    const at = (head * this.tokens + query) * this.tokens + key;
    return (await this.reader.floats(this.entry, at, 1))[0] as number;
  }
}

/** Range reads from an open file. */
class TensorReader {
  private constructor(
    private readonly path: string,
    private readonly handle: FileHandle,
    readonly tensors: ReadonlyMap<string, TensorEntry>,
  ) {}

  static async open(path: string): Promise<TensorReader> {
    let handle: FileHandle;
    try {
      handle = await open(path, 'r');
    } catch (error) {
      throw fileProblem(`${path} cannot be read`, error);
    }
    try {
      const { size } = await handle.stat();
      const first = new Uint8Array(8);
      await handle.read(first, 0, 8, 0);
      const head = new Uint8Array(headBytes(first, size));
      await readAll(handle, head, 0, path);
      return new TensorReader(path, handle, parseSafetensors(head, size).tensors);
    } catch (error) {
      await handle.close();
      if (error instanceof CoreError) throw fileProblem(`${path} is no tensor file that can be used`, error);
      throw error instanceof Problem ? error : fileProblem(`${path} cannot be read`, error);
    }
  }

  /** `count` elements of a float32 tensor from element `first` on. */
  async floats(entry: TensorEntry, first: number, count: number): Promise<Float32Array> {
    const floats = new Float32Array(count);
    await readAll(this.handle, new Uint8Array(floats.buffer), entry.start + first * 4, this.path);
    return floats;
  }

  /** Whether a tensor of int64 holds exactly these ids. */
  async holdsIds(entry: TensorEntry, ids: readonly number[]): Promise<boolean> {
    if (entry.dtype !== 'I64' || entry.end - entry.start !== ids.length * 8) return false;
    const bytes = new BigInt64Array(ids.length);
    await readAll(this.handle, new Uint8Array(bytes.buffer), entry.start, this.path);
    return ids.every((id, index) => bytes[index] === BigInt(id));
  }

  close(): void {
    // Only reads went through it: nothing can be lost where closing fails.
    this.handle.close().catch(() => undefined);
  }
}

async function readAll(handle: FileHandle, target: Uint8Array, position: number, path: string): Promise<void> {
  let done = 0;
  while (done < target.length) {
    const { bytesRead } = await handle.read(target, done, target.length - done, position + done);
    if (bytesRead === 0) throw fileProblem(`${path} ends too early`);
    done += bytesRead;
  }
}

/** What a file system or a parser says, as a problem: its own words are part of the sentence. */
export function fileProblem(what: string, cause?: unknown): Problem {
  const why = cause instanceof Error ? `: ${quoted(cause.message).replace(/\.$/, '')}` : '';
  return new Problem({ code: 'file', message: `${what}${why}.` }, { cause });
}

function otherRun(path: string): Problem {
  return new Problem({ code: 'file', message: `The tensors in ${path} are not those of this run.` });
}
