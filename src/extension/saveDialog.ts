import * as path from 'node:path';
import * as vscode from 'vscode';
import { Problem } from '../protocol/errors';
import { writeAtomically, type TextFile } from './files';

export interface SaveRequest {
  /** What the dialog is for. */
  readonly title: string;
  /** Name that is suggested, extension included; may come from a file: what names no file is replaced. */
  readonly name: string;
  /** What the form is called, and the last part of its extension. */
  readonly form: string;
  readonly extension: string;
}

/** Asks for a place to write to; undefined where the user changed their mind. */
export async function askWhere({ title, name, form, extension }: SaveRequest): Promise<vscode.Uri | undefined> {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const suggested = name.replace(/[\\/:*?"<>|]/g, '-');
  return vscode.window.showSaveDialog({
    ...(folder ? { defaultUri: vscode.Uri.joinPath(folder, suggested) } : {}),
    filters: { [form]: [extension] },
    title,
  });
}

/**
 * Asks where, writes there, and says so.
 * @returns the path, or null where the user changed their mind.
 * @throws Problem `file` where it cannot be written.
 */
export async function saveText({ title, name, content }: TextFile): Promise<string | null> {
  const extension = path.extname(name).slice(1);
  const target = await askWhere({ title, name, form: extension.toUpperCase(), extension });
  if (!target) return null;
  const written = await writeTo(target, content);
  void vscode.window.setStatusBarMessage(vscode.l10n.t('Saved {0}', path.posix.basename(target.path)), 5000);
  return written;
}

/**
 * Writes there, atomically on a disk.
 * @returns the path
 * @throws Problem `file` where it cannot be written.
 */
export async function writeTo(target: vscode.Uri, content: string | Uint8Array): Promise<string> {
  try {
    if (target.scheme === 'file') await writeAtomically(target.fsPath, content);
    else {
      const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
      await vscode.workspace.fs.writeFile(target, bytes);
    }
  } catch (error) {
    throw new Problem(
      {
        code: 'file',
        message: vscode.l10n.t('{0} could not be written: {1}', target.path, Problem.from(error).message),
        action: vscode.l10n.t('Choose a folder that can be written to and has space left.'),
      },
      { cause: error },
    );
  }
  return target.scheme === 'file' ? target.fsPath : target.toString(true);
}
