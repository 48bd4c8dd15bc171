import * as crypto from 'node:crypto';
import { LifeModel } from '../../core/life/ask';
import { lifePrompt, runDefaults } from '../../core/life/prompt';
import type { LifeGrid } from '../../core/trace/record';
import type { Caller, RequestSignal } from '../../protocol/call';
import type { EngineApi } from '../../protocol/engine';
import type { ExplorerSettings } from '../../protocol/explorerState';
import type { ModelRef, ModelSummary } from '../../protocol/models';
import { Problem } from '../../protocol/errors';
import { lifeWriter } from '../../protocol/life';
import type { Prediction, PredictRequest } from '../../protocol/lifeEditor';
import type { ExplorerPanels } from '../explorer/panels';
import { l10n } from '../l10n';
import type { ModelCatalog } from '../models/catalog';
import { modelIn } from '../models/listed';
import type { RolledModel } from './rollouts';

/** What models of Life say about a board: ordinary runs of the engine, whose text is read as a board again. */
export class LifeModels {
  constructor(
    private readonly engine: Caller<EngineApi>,
    private readonly catalog: Pick<ModelCatalog, 'list'>,
    private readonly panels: Pick<ExplorerPanels, 'open'>,
    /** The controls of a fresh Explorer. */
    private readonly defaults: () => ExplorerSettings,
  ) {}

  /** @throws Problem where the model is not listed, the board is not of its size, or the run fails. */
  async predict(request: PredictRequest, signal: RequestSignal): Promise<Prediction> {
    const { model, grid } = await this.lifeModel(request);
    const started = performance.now();
    const writer = lifeWriter(this.engine, request.model, `life-${model.name}-${crypto.randomUUID()}`, { signal });
    const reading = await new LifeModel(grid, writer).answer(request.cells);
    return {
      cells: reading.cells && Uint8Array.from(reading.cells),
      reason: reading.cells ? null : reading.reason,
      milliseconds: performance.now() - started,
    };
  }

  /** Opens an Explorer with the board as its prompt, and what the model says of it. */
  async explore(request: PredictRequest): Promise<void> {
    const { model, grid } = await this.lifeModel(request);
    this.panels.open(
      {
        model: { folder: model.folder, file: request.model.file ?? model.file },
        prompt: lifePrompt(request.cells, grid),
        ...runDefaults(model, { ...this.defaults(), maxNewTokens: 1 }),
      },
      { fresh: true, run: true, tab: 'life' },
    );
  }

  /**
   * A model that is to be rolled forward.
   * @throws Problem where it is not listed, or none of Life.
   */
  async rolled(asked: ModelRef): Promise<RolledModel> {
    const { model, grid } = await this.listed(asked);
    const file = asked.file ?? model.file;
    const dtype = model.variants.find((variant) => variant.file === file)?.dtype ?? model.dtype;
    return { ref: { folder: model.folder, file }, grid, name: model.name, dtype };
  }

  private async listed({ folder }: ModelRef): Promise<{ model: ModelSummary; grid: LifeGrid }> {
    const model = modelIn(await this.catalog.list(), folder);
    const grid = model.life;
    if (!grid) {
      throw new Problem({ code: 'not-available', message: l10n.t('{0} is no model of Life.', model.name) });
    }
    return { model, grid };
  }

  private async lifeModel({ model: asked, cells }: PredictRequest): Promise<{ model: ModelSummary; grid: LifeGrid }> {
    const { model, grid } = await this.listed(asked);
    if (cells.length !== grid.width * grid.height) {
      throw new Problem({
        code: 'bad-request',
        message: l10n.t('{0} sees {1} × {2} cells.', model.name, grid.width, grid.height),
      });
    }
    return { model, grid };
  }
}
