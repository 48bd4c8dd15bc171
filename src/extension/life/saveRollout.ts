import * as path from 'node:path';
import * as vscode from 'vscode';
import { RolloutRecord, rolloutBody, rolloutCsv } from '../../core/life/rollout-record';
import { jsonText } from '../../core/text/json';
import type { SaveRolloutRequest } from '../../protocol/rollout';
import { askWhere, fileDate, writeTo } from '../saveDialog';
import { checkBoards, type RolledModel } from './rollouts';

const FORMS = {
  csv: { name: 'CSV', write: rolloutCsv },
  json: {
    name: 'JSON',
    write: (record: RolloutRecord, { name, ref, dtype }: RolledModel) => {
      const model = { name, folder: ref.folder, file: ref.file ?? null, dtype };
      return `${jsonText({ model, ...rolloutBody(record) })}\n`;
    },
  },
} as const;

/**
 * Asks where, and writes the rollout there, atomically on a disk. Its errors are those of its boards, whatever the view showed.
 * @returns the path, or null where the user changed their mind.
 * @throws Problem `bad-request` where the boards are none of the model's grid, `file` where it cannot be written.
 */
export async function saveRollout(
  model: RolledModel,
  { form, boards, broken }: SaveRolloutRequest,
): Promise<string | null> {
  const cells = model.grid.width * model.grid.height;
  const count = Math.max(1, Math.floor(boards.length / cells));
  checkBoards(boards, count, model.grid);
  const each = Array.from({ length: count }, (_, at) => boards.slice(at * cells, (at + 1) * cells));
  const record = RolloutRecord.of(each, broken, model.grid);
  const { name, write } = FORMS[form];
  const target = await askWhere({
    title: vscode.l10n.t('Save Rollout'),
    name: `rollout-${model.name}-${fileDate(new Date().toISOString())}.${form}`,
    form: name,
    extension: form,
  });
  if (!target) return null;
  const written = await writeTo(target, write(record, model));
  void vscode.window.setStatusBarMessage(vscode.l10n.t('Saved {0}', path.posix.basename(target.path)), 5000);
  return written;
}
