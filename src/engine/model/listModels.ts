import { readdir, realpath } from 'node:fs/promises';
import type { Dirent } from 'node:fs';
import { join, resolve } from 'node:path';
import type { ModelOrigin, ModelRoot, ModelSummary } from '../../protocol/models';
import { holdsOnnx, modelFolder, namesIn } from './hubCache';
import { summarizeFolder } from './summary';

/** How many folders below a root a model may lie: Hugging Face's cache has models--org--name/snapshots/commit. */
const deepest = 5;
/** Folders looked into below one root, so that a home directory as a root ends. */
const mostFolders = 5000;
const skipped: ReadonlySet<string> = new Set(['node_modules', '__pycache__', 'site-packages', 'venv', 'dist', 'out']);

/**
 * The model folders at and below the roots, in the order of the roots and then of their paths. A folder with a problem is
 * listed with it. Hidden folders, packages, and links to folders are not looked into. A root that was added by the user is
 * listed also where no model is found in it.
 */
export async function listModels(roots: readonly ModelRoot[]): Promise<ModelSummary[]> {
  const summaries: ModelSummary[] = [];
  const listed = new Set<string>();
  for (const { path, origin } of roots) {
    const root = resolve(path);
    const found: string[] = [];
    await findModelFolders(root, 0, found, { left: mostFolders });
    if (found.length === 0 && origin === 'added') found.push(root);
    for (const folder of found) {
      const identity = await realpath(folder).catch(() => folder);
      if (listed.has(identity)) continue;
      listed.add(identity);
      summaries.push(await summarizeFolder(folder, origin satisfies ModelOrigin));
      // Reading graphs takes milliseconds each: other messages are answered in between.
      await new Promise(setImmediate);
    }
  }
  return summaries;
}

async function findModelFolders(
  folder: string,
  depth: number,
  found: string[],
  budget: { left: number },
): Promise<void> {
  if (budget.left-- <= 0) return;
  let entries: Dirent[];
  try {
    entries = await readdir(folder, { withFileTypes: true });
  } catch {
    return; // Gone, or not ours to read: no model there.
  }
  // Of a repository in the Hub's cache the other snapshots are its past.
  const model = modelFolder(folder);
  if (isModelFolder(model, model === folder ? entries.map(({ name }) => name) : namesIn(model))) {
    found.push(model);
    return;
  }
  if (depth === deepest) return;
  const inner = entries.filter(({ name }) => !name.startsWith('.') && !skipped.has(name));
  for (const entry of inner.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    // A link to a folder is not a directory here, so it is never followed.
    if (entry.isDirectory()) await findModelFolders(join(folder, entry.name), depth + 1, found, budget);
  }
}

/**
 * A folder with ONNX files and one of the files that go with them. One without an ONNX file is no model that could be run
 * here: most checkpoints on a disk are of other kinds.
 */
function isModelFolder(folder: string, names: readonly string[]): boolean {
  const isDescribed = ['config.json', 'genai_config.json', 'tokenizer.json'].some((name) => names.includes(name));
  return isDescribed && holdsOnnx(folder);
}
