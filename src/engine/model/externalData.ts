import { realpathSync, statSync } from 'node:fs';
import { dirname, isAbsolute, join, relative, sep } from 'node:path';
import { quoted } from '../../core/text/quoted';
import { Problem } from '../../protocol/errors';
import type { ExternalFile } from '../graph';

/** Files of weights beside an ONNX file. */
export interface ExternalData {
  /** Paths, each once. */
  readonly files: readonly string[];
  /** Bytes of these files. */
  readonly bytes: number;
}

/**
 * Checks that the external data of `file` is whole and lies inside the model's folder: nothing outside it is read.
 * @param file relative to `folder`; locations are relative to where it is.
 * @throws Problem `external-data` where a file is missing, too short, or outside the folder (also through a link).
 */
export function checkExternalData(needs: readonly ExternalFile[], folder: string, file: string): ExternalData {
  const files: string[] = [];
  let bytes = 0;
  for (const { location, bytes: end } of needs) {
    const path = insideFolder(location, dirname(join(folder, file)), folder, file);
    const { size } = statSync(path);
    if (size < end) {
      throw new Problem({
        code: 'external-data',
        message: `${path} is cut off: it has ${size} bytes, and ${file} needs ${end}.`,
        action: 'Download or copy the file of weights again.',
      });
    }
    files.push(path);
    bytes += size;
  }
  return { files, bytes };
}

function insideFolder(location: string, directory: string, folder: string, model: string): string {
  const outside = (): Problem =>
    new Problem({
      code: 'external-data',
      message: `${model} wants weights from outside its folder ("${quoted(location)}"), which is refused.`,
      action: 'Keep the file of weights beside the model, under a relative name.',
    });
  const path = join(directory, location);
  if (location === '' || isAbsolute(location) || /^[A-Za-z]:|^\\\\/.test(location)) throw outside();
  if (escapes(folder, path)) throw outside();
  let real: string;
  try {
    real = realpathSync(path);
    if (!statSync(real).isFile()) throw new Error('not a file');
  } catch (cause) {
    throw new Problem(
      {
        code: 'external-data',
        message: `The weights of ${model} are missing: there is no ${path}.`,
        action: 'Put the file of weights beside the model, as it came.',
      },
      { cause },
    );
  }
  if (escapes(realpathSync(folder), real)) {
    throw new Problem({
      code: 'external-data',
      message: `${path} is a link to a file outside the model’s folder, which is refused.`,
      action: 'Copy the file of weights into the folder.',
    });
  }
  return path;
}

function escapes(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way === '..' || way.startsWith(`..${sep}`) || isAbsolute(way);
}
