import type { RunPair } from '../../../core/compare/runPair';
import { runPairCsv, runPairDocument } from '../../../core/compare/runPairDocument';
import { jsonText } from '../../../core/text/json';
import { fileDate, type TextFile } from '../../files';
import { l10n } from '../../l10n';

/** Both runs side by side. */
export function runPairFile(pair: RunPair, form: 'csv' | 'json'): TextFile {
  const { a, b } = pair;
  return {
    title: l10n.t('Save Comparison'),
    name: `runs-${a.model}-${fileDate(a.createdAt)}-and-${b.model}-${fileDate(b.createdAt)}.${form}`,
    content: form === 'csv' ? runPairCsv(pair) : `${jsonText(runPairDocument(pair))}\n`,
  };
}
