import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import * as vscode from 'vscode';
import { runPicture, runSentence } from '../../core/picture/run';
import type { Trace } from '../../core/trace/record';
import { draftsCsv, reportedDraftsCsv, tokensCsv, traceJson } from '../../core/trace/tables';
import { serializeTrace } from '../../core/trace/vivtrace';
import { Problem } from '../../protocol/errors';
import type { RunTensors } from '../explorer/tensors';
import { fileDate } from '../files';
import { askWhere, writeTo } from '../saveDialog';
import { pngOf } from './rasterize';

/** What a run can be written as; the file name's extension says which is meant. */
export interface ExportForm {
  readonly extension: string;
  readonly name: string;
  readonly of: (trace: Trace) => boolean;
  /** Writes to a place that was asked for. */
  readonly write: (trace: Trace, target: vscode.Uri) => Promise<unknown>;
}

/** A form that is computed from the trace alone. */
function fromTrace(
  extension: string,
  name: string,
  content: (trace: Trace) => string,
  of: ExportForm['of'] = () => true,
): ExportForm {
  return { extension, name, of, write: (trace, target) => writeTo(target, content(trace)) };
}

export interface ExportServices {
  readonly tensors: RunTensors;
  readonly extensionUri: vscode.Uri;
}

/** The forms that a run can be written as; which of them one has, its `of` says. */
export function formsOf({ tensors, extensionUri }: ExportServices): readonly ExportForm[] {
  return [
    fromTrace('vivtrace', vscode.l10n.t('Vivarium trace'), serializeTrace),
    fromTrace('json', 'JSON', traceJson),
    fromTrace('tokens.csv', vscode.l10n.t('Tokens as CSV'), tokensCsv),
    fromTrace('drafts.csv', vscode.l10n.t('Drafted tokens as CSV'), draftsCsv, ({ passes }) =>
      passes.some(({ speculation }) => speculation),
    ),
    fromTrace(
      'drafts.csv',
      vscode.l10n.t('Counts of drafts as CSV'),
      reportedDraftsCsv,
      ({ summary }) => (summary?.reported ?? []).length > 0,
    ),
    fromTrace('svg', vscode.l10n.t('Picture as SVG'), runPicture),
    {
      extension: 'png',
      name: vscode.l10n.t('Picture as PNG'),
      of: () => true,
      write: async (trace, target) => writeTo(target, await pngOf(runPicture(trace), runSentence(trace), extensionUri)),
    },
    {
      extension: 'safetensors',
      name: vscode.l10n.t('Tensors as safetensors'),
      // A server keeps none and gives none.
      of: ({ header }) => !header.model.server,
      write: (trace, target) => writeTensors(trace, target, tensors),
    },
  ];
}

/** Asks as what and where, and writes the run there. */
export async function exportRun(trace: Trace, services: ExportServices): Promise<void> {
  const form = await vscode.window.showQuickPick(
    formsOf(services)
      .filter(({ of }) => of(trace))
      .map((each) => ({ label: each.name, description: `.${each.extension}`, ...each })),
    // As in the list of runs: the page may take the focus back late.
    { placeHolder: vscode.l10n.t('Export the run as'), ignoreFocusOut: true },
  );
  if (!form) return;
  const { model, createdAt } = trace.header;
  const target = await askWhere({
    title: vscode.l10n.t('Export Run'),
    name: `${model.name}-${fileDate(createdAt)}.${form.extension}`,
    form: form.name,
    extension: path.extname(`x.${form.extension}`).slice(1),
  });
  if (!target) return;
  await form.write(trace, target);
  void vscode.window.setStatusBarMessage(vscode.l10n.t('Saved {0}', path.posix.basename(target.path)), 5000);
}

/**
 * Attention, hidden states and logits as far as the run recorded them, computed again where the engine no longer has them.
 * Nothing is replaced by a file that has no tensors in it.
 * @throws Problem `not-available` where there are none to be had.
 */
async function writeTensors(trace: Trace, target: vscode.Uri, tensors: RunTensors): Promise<void> {
  if (target.scheme !== 'file') {
    throw new Problem({
      code: 'file',
      message: vscode.l10n.t('Tensors can only be written to the disk of the machine that runs the models.'),
      action: vscode.l10n.t('Choose a folder there.'),
    });
  }
  const beside = `${target.fsPath}.${process.pid}.tmp`;
  const title = vscode.l10n.t('Writing the tensors of the run');
  try {
    const saved = await vscode.window.withProgress(
      { location: vscode.ProgressLocation.Notification, title, cancellable: true },
      (_, token) => {
        const stopper = new AbortController();
        token.onCancellationRequested(() => stopper.abort());
        const request = { runId: trace.header.id, path: beside };
        return tensors.call(trace, 'saveTensors', request, { signal: stopper.signal });
      },
    );
    if (saved.tensors.every((name) => name === 'input_ids')) {
      // Brought back without its model: the next attempt, with the model there, begins anew.
      await tensors.release(trace);
      throw await nothingToWrite(trace, tensors);
    }
    await fs.rename(beside, target.fsPath);
    if (await tensors.isOfAnotherFile(trace)) {
      void vscode.window.showWarningMessage(
        vscode.l10n.t(
          '{0} is not the file that made this run (its SHA-256 differs), so the tensors may differ from those of the run.',
          trace.header.model.name,
        ),
      );
    }
  } finally {
    await fs.rm(beside, { force: true });
  }
}

async function nothingToWrite(trace: Trace, tensors: RunTensors): Promise<Problem> {
  const { name } = trace.header.model;
  const isThere = (await tensors.modelOf(trace)) !== undefined;
  return new Problem({
    code: 'not-available',
    message: isThere
      ? vscode.l10n.t('{0} as it is now gives no tensors for this run.', name)
      : vscode.l10n.t('The tensors of this run are not held any more, and its model, {0}, is not to be found.', name),
    action: isThere
      ? vscode.l10n.t('The other forms hold what was recorded.')
      : vscode.l10n.t('Add the folder of the model, or choose another form.'),
  });
}
