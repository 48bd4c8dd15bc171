import * as vscode from 'vscode';
import { findDecoder } from '../../core/decode/registry';
import type { CellSettings } from '../../core/notebook/cell';
import { draftOf, draftsFor } from '../../protocol/drafts';
import { Problem } from '../../protocol/errors';
import type { ModelRef, ModelSummary } from '../../protocol/models';

/** @throws Problem `model-not-found` where the decoder needs a draft and there is none that could be it */
export function draftFor(
  settings: Pick<CellSettings, 'decoder' | 'draft'>,
  model: ModelSummary,
  models: readonly ModelSummary[],
): ModelRef | null {
  if (!findDecoder(settings.decoder)?.needs.includes('draft')) return null;
  const candidates = draftsFor(model, models);
  const named = candidates.find(({ name }) => name === settings.draft);
  if (settings.draft !== null && !named) {
    throw new Problem({
      code: 'model-not-found',
      message: vscode.l10n.t('"{0}" cannot draft for {1}.', settings.draft, model.name),
      action: vscode.l10n.t(
        'It takes a model with the same vocabulary: {0}.',
        candidates.map(({ name }) => name).join(', '),
      ),
    });
  }
  return named ? { folder: named.folder } : draftOf(model, models, null);
}
