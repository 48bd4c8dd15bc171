import { closeSync, readdirSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { openForeign, readStart } from '../foreignFile';

/**
 * The folder that a path means as a model's: itself, or where it is a repository in the cache of the Hugging Face Hub
 * (`models--owner--name`, with `snapshots/REVISION` in it) one of its snapshots: the one that is called main there, else the
 * latest; of those that hold an ONNX file, where any does.
 * https://huggingface.co/docs/huggingface_hub/guides/manage-cache
 */
export function modelFolder(path: string): string {
  const folder = resolve(path);
  if (!basename(folder).startsWith('models--')) return folder;
  const main = mainRevision(folder);
  const snapshots = foldersIn(join(folder, 'snapshots'))
    .map((name) => ({ name, path: join(folder, 'snapshots', name) }))
    .sort((a, b) => Number(b.name === main) - Number(a.name === main) || changed(b.path) - changed(a.path));
  return (snapshots.find(({ path }) => holdsOnnx(path)) ?? snapshots[0])?.path ?? folder;
}

/** Whether a folder, or `onnx/` in it, has a file of that kind by its name. */
export function holdsOnnx(folder: string): boolean {
  return [folder, join(folder, 'onnx')].some((each) => onnxNames(each).length > 0);
}

/** Names in a folder that say of themselves that they are ONNX files. */
export function onnxNames(folder: string): string[] {
  return namesIn(folder)
    .filter((name) => /\.onnx$/i.test(name))
    .sort();
}

/** Names in a folder; none where it cannot be read. */
export function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return []; // Not there, or not ours to read.
  }
}

/** Names of the folders in a folder, links to folders included. */
export function foldersIn(folder: string): string[] {
  return namesIn(folder).filter((name) => statSync(join(folder, name), { throwIfNoEntry: false })?.isDirectory());
}

function changed(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

/** The commit that `refs/main` names; the empty string where it names none. */
function mainRevision(folder: string): string {
  const path = join(folder, 'refs', 'main');
  try {
    const file = openForeign(path, { name: path, code: 'file', action: '' });
    try {
      return Buffer.from(readStart(file, Math.min(file.size, 64)))
        .toString('latin1')
        .trim();
    } finally {
      closeSync(file.descriptor);
    }
  } catch {
    return '';
  }
}
