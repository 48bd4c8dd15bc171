import type { Comparison } from '../../core/compare/comparison';
import { comparisonCsv, comparisonDocument } from '../../core/compare/document';
import { sweepCsv } from '../../core/life/sweep';
import { jsonText } from '../../core/text/json';
import type { LifeSweep } from '../../protocol/sweep';
import { fileDate, type TextFile } from '../files';
import { l10n } from '../l10n';

export function comparisonFile(comparison: Comparison, form: 'csv' | 'json'): TextFile {
  const parts = ['compare', comparison.setup?.model.name ?? '', fileDate(comparison.createdAt)];
  return {
    title: l10n.t('Save Comparison'),
    name: `${parts.filter((part) => part !== '').join('-')}.${form}`,
    content: form === 'csv' ? comparisonCsv(comparison) : `${jsonText(comparisonDocument(comparison))}\n`,
  };
}

export function sweepFile({ model, createdAt, figures }: LifeSweep): TextFile {
  return {
    title: l10n.t('Save Sweep'),
    name: `sweep-${model.name}-${fileDate(createdAt)}.csv`,
    content: sweepCsv(figures),
  };
}
