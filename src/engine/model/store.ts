import { realpathSync } from 'node:fs';
import { resolve } from 'node:path';
import type { AbortSignalLike } from '../../core/abortSignal';
import type { EngineInfo } from '../../protocol/engine';
import type { ModelRef } from '../../protocol/models';
import { Problem } from '../../protocol/errors';
import { type FolderTokenizer, openTokenizer } from '../tokenizer';
import { ExitSessions } from './exitSessions';
import { fileSha256 } from './fileHash';
import { chooseFile, readFolder } from './folder';
import { freeMemory } from './freeMemory';
import { modelFolder } from './hubCache';
import type { ModelConfig } from './config';
import { cacheOf, loadedModel, modelSizes, type OpenParts, refuseUnfeedable } from './loadedModel';
import { measure } from './measure';
import type { MeasuredSizes } from './sizes';
import { megabytes, refuseTooLarge } from './memory';
import { fileStamp, keepMeasured, type ModelGraph, readModelGraph } from './modelGraph';
import { openSession } from './session';
import { summarizeModel } from './summary';
import type { LoadedModel, TakeTurn } from './types';

export interface OpenOptions {
  /** Passes of the model's sequences take turns through it; without it they run at once. */
  readonly turn?: TakeTurn;
  /** Aborted: the opening that is under way is finished and kept, but this call gives up. */
  readonly signal?: AbortSignalLike;
  /** Called with a sentence while the model loads; not where it is open already. */
  readonly onLoading?: (message: string) => void;
}

/** The sessions of this process: one a file, kept, because onnxruntime does not give back all memory of a released one. */
export class ModelStore {
  private readonly models = new Map<string, Promise<OpenParts>>();
  private readonly opened = new Map<string, { folder: string; file: string; bytes: number }>();

  /** @param free tells how many bytes are free; a model that takes more is refused. */
  constructor(private readonly free: () => number = freeMemory) {}

  /**
   * Opens a model, or gives the one that is open.
   * @throws Problem `model-not-found`, `config-invalid`, `tokenizer-invalid`, `onnx-*`, `external-data`, `memory`,
   *         `vocabulary-mismatch`, `cancelled`.
   */
  async open(ref: ModelRef, { turn, signal, onLoading }: OpenOptions = {}): Promise<LoadedModel> {
    const folder = await readFolder(ref.folder);
    const { file, partner } = chooseFile(folder, ref);
    const stamps = [file, ...(partner === null ? [] : [partner])].map((name) =>
      fileStamp(resolve(folder.folder, name)),
    );
    // JSON files are read again when the model is opened anew; an open one stays as it is.
    const key = [realpathSync(folder.folder), file, ...stamps].join('\n');
    let opening = this.models.get(key);
    if (opening && (await isSpoilt(opening))) {
      if (this.models.get(key) === opening) this.models.delete(key);
      opening = this.models.get(key);
    }
    if (!opening) {
      opening = this.load(key, folder.folder, file, onLoading ?? (() => undefined));
      this.models.set(key, opening);
      opening.catch(() => this.models.delete(key));
    }
    const parts = await opening;
    if (signal?.aborted) throw new Problem({ code: 'cancelled', message: 'Loading the model was cancelled.' });
    return loadedModel(parts, turn ?? ((work) => work()));
  }

  /** Whether a model's session is open, so that it takes no more memory. */
  isOpen(ref: ModelRef): boolean {
    return this.sessions.some(
      ({ folder, file }) => folder === modelFolder(ref.folder) && (!ref.file || ref.file === file),
    );
  }

  get sessions(): EngineInfo['sessions'] {
    return [...this.opened.values()].map(({ folder, file }) => ({ folder, file }));
  }

  /** Bytes on disk of the models that are open. */
  get bytes(): number {
    return [...this.opened.values()].reduce((sum, { bytes }) => sum + bytes, 0);
  }

  private async load(
    key: string,
    path: string,
    file: string,
    onLoading: (message: string) => void,
  ): Promise<OpenParts> {
    const folder = await readFolder(path);
    const chosen = chooseFile(folder, { folder: path, file });
    const graphs = [chosen.partner, chosen.file]
      .filter((name) => name !== null)
      .map((name) => readModelGraph(path, name));
    const [main, first = null] = graphs as [ModelGraph, ModelGraph?];
    for (const graph of graphs) refuseUnfeedable(graph, graph === first);
    const tokenizer = await openTokenizer(path);
    modelSizes(main, folder.config, tokenizer, null);
    for (const graph of graphs) refuseTooLarge(graph, this.free());
    const summary = await summarizeModel(folder, chosen, 'added');
    onLoading(`Loading ${summary.name} (${file}, ${megabytes(summary.bytes)})`);
    const sha256 = await fileSha256(resolve(path, file));
    const opened = {
      main: await openSession(main),
      first: first ? await openSession(first) : null,
    };
    const measured = await this.look(opened, folder.config, tokenizer);
    const parts: OpenParts = {
      folder: path,
      file,
      measured,
      config: folder.config,
      summary,
      sha256,
      tokenizer,
      limits: { takesSeveralOnCache: true },
      ...opened,
      exits: new ExitSessions(opened.main, opened.first, this.free),
    };
    this.opened.set(key, { folder: path, file, bytes: summary.bytes });
    return parts;
  }

  /** What a first pass shows; a model that turns out to be no decoder is closed again. */
  private async look(
    opened: Pick<OpenParts, 'main' | 'first'>,
    config: ModelConfig,
    tokenizer: FolderTokenizer,
  ): Promise<MeasuredSizes | null> {
    const { graph } = opened.main;
    const { vocabularySize, contextLength } = modelSizes(graph, config, tokenizer, null);
    const { keys, slots } = cacheOf({ main: opened.main, config });
    const reader = opened.first ?? opened.main;
    try {
      const seen = await measure(reader, slots, keys, vocabularySize, contextLength);
      if (seen) keepMeasured(reader.graph, seen);
      return seen;
    } catch (error) {
      if (error instanceof Problem && error.code === 'onnx-not-a-decoder') keepMeasured(reader.graph, error);
      for (const decoder of [opened.main, opened.first]) {
        decoder?.files.close();
        await decoder?.session.release();
      }
      throw error;
    }
  }
}

/** Whether a file of an open model was written into; its stamp says so of the ONNX file, but nothing of external data. */
async function isSpoilt(opening: Promise<OpenParts>): Promise<boolean> {
  const parts = await opening.catch(() => null);
  return [parts?.main, parts?.first].some((decoder) => decoder?.files.changed != null);
}
