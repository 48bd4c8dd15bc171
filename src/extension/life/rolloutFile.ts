import { RolloutRecord, rolloutBody, rolloutCsv } from '../../core/life/rollout-record';
import { jsonText } from '../../core/text/json';
import type { SaveRolloutRequest } from '../../protocol/rollout';
import { fileDate, type TextFile } from '../files';
import { l10n } from '../l10n';
import { checkBoards, type RolledModel } from './rollouts';

/**
 * A rollout as a file. Its errors are those of its boards, whatever the view showed.
 * @throws Problem `bad-request` where the boards are none of the model's grid.
 */
export function rolloutFile(
  { name, ref, grid, dtype }: RolledModel,
  { form, boards, broken }: SaveRolloutRequest,
): TextFile {
  const cells = grid.width * grid.height;
  const count = Math.max(1, Math.floor(boards.length / cells));
  checkBoards(boards, count, grid);
  const each = Array.from({ length: count }, (_, at) => boards.slice(at * cells, (at + 1) * cells));
  const record = RolloutRecord.of(each, broken, grid);
  const model = { name, folder: ref.folder, file: ref.file ?? null, dtype };
  return {
    title: l10n.t('Save Rollout'),
    name: `rollout-${name}-${fileDate(new Date().toISOString())}.${form}`,
    content: form === 'csv' ? rolloutCsv(record, { name, dtype }) : `${jsonText({ model, ...rolloutBody(record) })}\n`,
  };
}
