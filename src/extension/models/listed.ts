import { Problem } from '../../protocol/errors';
import type { ModelSummary } from '../../protocol/models';
import { l10n } from '../l10n';

/**
 * The model in exactly this folder: only listed folders are ever run.
 * @throws Problem `model-not-found` where it is not listed, or no folder is given
 */
export function modelIn(models: readonly ModelSummary[], folder: string | undefined): ModelSummary {
  if (folder === undefined) {
    throw new Problem({
      code: 'model-not-found',
      message: l10n.t('No model is chosen.'),
      action: l10n.t('Choose one in the list at the top.'),
    });
  }
  const model = models.find((each) => each.folder === folder);
  if (!model) throw modelNotListed(folder);
  return model;
}

/** The problem for a folder that is not (or no longer) in the catalog. */
export function modelNotListed(folder: string): Problem {
  return new Problem({
    code: 'model-not-found',
    message: l10n.t('The model folder {0} is not among the models of this window.', folder),
    action: l10n.t('Choose another model, or add the folder with "Vivarium: Add Model Folder".'),
  });
}
