import { repeated } from '../../core/compare/labels';
import type { Handlers } from '../../protocol/call';
import { Problem } from '../../protocol/errors';
import type { ExplorerApi } from '../../protocol/explorer';
import type { ModelRef, ModelSummary } from '../../protocol/models';
import type { SweepPlan } from '../../protocol/sweep';
import { l10n } from '../l10n';
import { Rollouts } from '../life/rollouts';
import { modelIn } from '../models/listed';
import { type ComparisonPlan, Comparisons } from './comparisons';
import { comparisonFile, sweepFile } from './files';
import type { ExplorerPage, ExplorerServices } from './ports';
import { Sweeps } from './sweeps';

/** What says that something goes on, until it is disposed of. */
type Announced = ReturnType<ExplorerServices['running']['begin']>;

/** What one Explorer does beside its run, announced while it goes on: decoders compared, densities swept, boards rolled. */
export class SideWork {
  readonly comparisons: Comparisons;
  readonly rollouts: Rollouts;
  readonly sweeps: Sweeps;
  /** While decoders are compared, what says so. */
  private comparing: Announced | null = null;
  /** While a density is swept, what says so. */
  private sweeping: Announced | null = null;

  constructor(
    private readonly services: Pick<
      ExplorerServices,
      'engine' | 'catalog' | 'comparisons' | 'running' | 'log' | 'editor'
    >,
    page: ExplorerPage,
    /** Whether the prompt of the Explorer is run now. */
    private readonly isRunUnderWay: () => boolean,
  ) {
    const { engine, running, log } = services;
    const show = (): void => page.reveal();
    const comparing = {
      label: l10n.t('Comparing decoders'),
      show,
      stop: () => this.comparisons.stop(),
    };
    this.comparisons = new Comparisons({
      engine,
      store: services.comparisons,
      onComparison: (comparison) => void page.tell('comparison', { comparison }),
      onProgress: (progress) => {
        void page.tell('comparisonProgress', { progress });
        if (progress === null) this.comparing?.dispose();
        this.comparing = progress && (this.comparing ?? running.begin(comparing));
      },
      report: (what, error) => void log.problem(what, error),
    });
    this.rollouts = new Rollouts({
      engine,
      begin: ({ name }, steps, stop) =>
        running.begin({ label: l10n.t('{0}, {1} steps of Life', name, steps), show, stop }),
    });
    const sweeping = {
      label: l10n.t('Sweeping densities'),
      show,
      stop: () => this.sweeps.stop(),
    };
    this.sweeps = new Sweeps({
      engine,
      onSweep: (sweep) => {
        void page.tell('sweep', { sweep });
        if (sweep.state !== 'running') this.sweeping?.dispose();
        this.sweeping = sweep.state === 'running' ? (this.sweeping ?? running.begin(sweeping)) : null;
      },
      report: (what, error) => void log.problem(what, error),
    });
  }

  /**
   * Begins to compare decoders with a model.
   * @returns the id of the comparison
   * @throws Problem `not-available` while anything else goes on, `model-not-found`, `bad-request` for a decoder that is there twice
   */
  compare(model: ModelSummary, planOf: () => ComparisonPlan): string {
    this.refuseWhileComparing();
    if (this.isRunUnderWay() || this.rollouts.running || this.sweeps.running) {
      throw new Problem({
        code: 'not-available',
        message: this.sweeps.running
          ? l10n.t('A sweep is under way: it would slow down what is compared.')
          : l10n.t('A run is under way: it would slow down what is compared.'),
        action: l10n.t('Wait for its end, or stop it.'),
      });
    }
    if (model.problem) throw new Problem({ ...model.problem, code: 'model-not-found' });
    const plan = planOf();
    const twice = repeated(plan.decoders);
    if (twice) {
      throw new Problem({
        code: 'bad-request',
        message: l10n.t('The decoder "{0}" is there twice with the same options.', twice.decoder),
        action: l10n.t('Change the options of one of them.'),
      });
    }
    return this.comparisons.start(plan);
  }

  /** Answers what the page asks of comparisons and sweeps, save what its controls decide. */
  requests(): Pick<
    Handlers<ExplorerApi>,
    'stopComparison' | 'saveComparison' | 'sweepLife' | 'stopSweep' | 'saveSweep'
  > {
    const { comparisons, sweeps } = this;
    const { editor } = this.services;
    return {
      stopComparison: () => {
        comparisons.stop();
        return null;
      },
      saveComparison: async ({ comparisonId, form }) => ({
        path: await editor.save(comparisonFile(comparisons.of(comparisonId), form)),
      }),
      sweepLife: async ({ model, ...plan }) => ({ sweepId: await this.sweep(model, plan) }),
      stopSweep: () => {
        sweeps.stop();
        return null;
      },
      saveSweep: async ({ sweep }) => ({ path: await editor.save(sweepFile(sweep)) }),
    };
  }

  /** One thing at a time: what is measured must have the machine to itself. */
  refuseWhileComparing(): void {
    if (!this.comparisons.running) return;
    throw new Problem({
      code: 'not-available',
      message: l10n.t('Decoders are being compared: a run would slow them down.'),
      action: l10n.t('Wait for the end of it, or stop it in the Compare tab.'),
    });
  }

  dispose(): void {
    this.comparisons.stop();
    this.rollouts.stop();
    this.sweeps.stop();
  }

  private async sweep(ref: ModelRef, plan: SweepPlan): Promise<string> {
    const model = modelIn(await this.services.catalog.list(), ref.folder);
    this.refuseWhileComparing();
    if (this.sweeps.running) {
      throw new Problem({
        code: 'not-available',
        message: l10n.t('A sweep is under way.'),
        action: l10n.t('Wait for its end, or stop it.'),
      });
    }
    if (model.problem) throw new Problem({ ...model.problem, code: 'model-not-found' });
    if (!model.life) {
      throw new Problem({
        code: 'not-available',
        message: l10n.t('{0} is no model of Life.', model.name),
        action: l10n.t('Choose one whose prompt is a board, such as the bundled lifegpt-16.'),
      });
    }
    const { name, dtype, folder } = model;
    return this.sweeps.start({ name, dtype, folder, file: ref.file ?? model.file }, model.life, plan);
  }
}
