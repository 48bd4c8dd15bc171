import { closeSync, lstatSync, realpathSync } from 'node:fs';
import { dirname, isAbsolute, join, relative, sep } from 'node:path';
import { quoted } from '../../core/text/quoted';
import { Problem } from '../../protocol/errors';
import { openForeign, readStart, refuseLfsPointer } from '../foreignFile';
import type { ExternalFile } from '../graph';

/** Files of weights beside an ONNX file. */
export interface ExternalData {
  /** Real path of each file, by the location that the graph gives. */
  readonly files: ReadonlyMap<string, string>;
  /** Bytes of these files. */
  readonly bytes: number;
}

/**
 * Checks that the external data of `file` is whole and the model's own: by its name inside the model's folder, and really
 * inside it as well, or beside the model's own real file. The latter is how download caches keep both, as links into one
 * folder of blobs; onnxruntime decides the same of files that it opens itself
 * (https://github.com/microsoft/onnxruntime/pull/27374).
 * @param file relative to `folder`; locations are relative to where it is.
 * @throws Problem `external-data` where a file is missing, too short, no file, or anywhere else (also through a link).
 */
export function checkExternalData(needs: readonly ExternalFile[], folder: string, file: string): ExternalData {
  const files = new Map<string, string>();
  let bytes = 0;
  if (needs.length === 0) return { files, bytes };
  const homes = [realpathSync(folder), dirname(realpathSync(join(folder, file)))];
  for (const { location, bytes: end } of needs) {
    const path = namedInside(location, dirname(join(folder, file)), folder, file);
    const real = realPath(path, file);
    if (homes.every((home) => escapes(home, real))) {
      throw new Problem({
        code: 'external-data',
        message: `${path} is a link to a file outside the model’s folder, which is refused.`,
        action: 'Copy the file of weights into the folder.',
      });
    }
    files.set(location, real);
    bytes += sizeOf(path, end, file);
  }
  return { files, bytes };
}

function namedInside(location: string, directory: string, folder: string, model: string): string {
  const path = join(directory, location);
  const isOutside =
    location === '' || isAbsolute(location) || /^[A-Za-z]:|^\\\\/.test(location) || escapes(folder, path);
  if (!isOutside) return path;
  throw new Problem({
    code: 'external-data',
    message: `${model} wants weights from outside its folder ("${quoted(location)}"), which is refused.`,
    action: 'Keep the file of weights beside the model, under a relative name.',
  });
}

function realPath(path: string, model: string): string {
  try {
    return realpathSync(path);
  } catch (cause) {
    const isLink = lstatSync(path, { throwIfNoEntry: false }) !== undefined;
    throw new Problem(
      {
        code: 'external-data',
        message: `The weights of ${model} are missing: ${isLink ? `what ${path} leads to is not there` : `there is no ${path}`}.`,
        action: 'Put the file of weights beside the model, as it came.',
      },
      { cause },
    );
  }
}

/** Bytes of a file of weights that must have `end` at least. */
function sizeOf(path: string, end: number, model: string): number {
  const again = 'Download or copy the file of weights again.';
  const telling = { name: path, code: 'external-data', action: again } as const;
  const opened = openForeign(path, telling);
  const { descriptor, size } = opened;
  try {
    if (size >= end) return size;
    refuseLfsPointer(readStart(opened, Math.min(size, 64)), telling);
  } finally {
    closeSync(descriptor);
  }
  throw new Problem({
    code: 'external-data',
    message: `${path} is cut off: it has ${size} bytes, and ${model} needs ${end}.`,
    action: again,
  });
}

function escapes(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way === '..' || way.startsWith(`..${sep}`) || isAbsolute(way);
}
