import * as fs from 'node:fs/promises';
import type { Trace } from '../../core/trace/record';
import type { Caller, CancelSignal } from '../../protocol/call';
import type { EngineApi } from '../../protocol/engine';
import type { ModelRef } from '../../protocol/models';
import { Problem } from '../../protocol/errors';
import type { RunQuestion } from '../../protocol/questions';
import type { ModelCatalog } from '../models/catalog';

/**
 * Asks the engine for what belongs to a run, and brings the run back where the engine no longer has it (it was renewed,
 * ended after idling or crashed, or the trace is from a file): the tokens are scored again, or the tensors read from
 * the file beside the trace.
 */
export class RunTensors {
  private restoring: { readonly runId: string; readonly done: Promise<void> } | undefined;

  constructor(
    private readonly engine: Caller<EngineApi>,
    private readonly catalog: Pick<ModelCatalog, 'tryList'>,
    /** The `.safetensors` that may stand beside the trace on show. */
    private readonly tensorFile: () => string | undefined,
  ) {}

  async call<M extends RunQuestion | 'saveTensors'>(
    trace: Trace,
    method: M,
    params: EngineApi[M]['params'],
    options: { signal?: CancelSignal; onEvent?: (event: EngineApi[M]['event']) => void } = {},
  ): Promise<EngineApi[M]['result']> {
    try {
      return await this.engine.call(method, params, options);
    } catch (error) {
      if (!(error instanceof Problem) || error.code !== 'run-unknown') throw error;
    }
    await this.restore(trace);
    return this.engine.call(method, params, options);
  }

  /** The engine holds nothing of the run any more; the next question brings it back. */
  async release({ header }: Trace): Promise<void> {
    await this.engine.call('closeRun', { runId: header.id });
  }

  /** Several requests find the run missing at once: it is brought back once for all of them. */
  private async restore(trace: Trace): Promise<void> {
    const runId = trace.header.id;
    if (this.restoring?.runId !== runId) {
      const done = this.restoreOnce(trace).finally(() => {
        if (this.restoring?.done === done) this.restoring = undefined;
      });
      this.restoring = { runId, done };
    }
    await this.restoring.done;
  }

  private async restoreOnce(trace: Trace): Promise<void> {
    const { header } = trace;
    const ref = await this.modelOf(trace);
    const tensors = await this.existingTensorFile();
    await this.engine.call('restoreRun', {
      runId: header.id,
      model: header.model,
      ...(ref ? { ref } : {}),
      ids: trace.tokens.map((token) => token.id),
      promptLength: Math.min(header.promptLength, trace.tokens.length),
      recorded: { hidden: header.capture.hidden, logits: header.capture.logits },
      ...(tensors ? { tensors } : {}),
    });
  }

  /**
   * Where the trace's model is now. Only folders of the catalog count: a trace is a file from anywhere and must not
   * name what is run.
   */
  async modelOf(trace: Trace): Promise<ModelRef | undefined> {
    const { models } = await this.catalog.tryList();
    const { folder, name, file } = trace.header.model;
    const runnable = models.filter(
      (model) => !model.problem && model.variants.some((variant) => variant.file === file),
    );
    const model =
      runnable.find((candidate) => candidate.folder === folder) ??
      runnable.find((candidate) => candidate.name === name);
    return model ? { folder: model.folder, file } : undefined;
  }

  /** Whether the model that is there now is another file than the one that made the run; false where there is none. */
  async isOfAnotherFile(trace: Trace): Promise<boolean> {
    const ref = await this.modelOf(trace);
    if (!ref) return false;
    const { sha256 } = await this.engine.call('inspectModel', { model: ref });
    return sha256 !== trace.header.model.sha256;
  }

  private async existingTensorFile(): Promise<string | undefined> {
    const file = this.tensorFile();
    if (!file) return undefined;
    try {
      await fs.access(file);
      return file;
    } catch {
      return undefined;
    }
  }
}
