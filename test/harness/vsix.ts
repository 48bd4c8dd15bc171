import { createWriteStream } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { openPromise } from 'yauzl';
import { root } from '../../scripts/lib/run.mjs';

/** Name of the folder in which VS Code keeps the extension: `publisher.name-version`. */
export async function extensionFolderName(): Promise<string> {
  const manifest = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8')) as Record<string, string>;
  return `${manifest['publisher']}.${manifest['name']}-${manifest['version']}`;
}

/** Unpacks the extension of a VSIX into `folder`, as VS Code does when it installs one. */
export async function unpackVsix(vsix: string, folder: string): Promise<void> {
  const zip = await openPromise(vsix);
  for await (const entry of zip.eachEntry()) {
    if (!entry.fileName.startsWith('extension/') || entry.fileName.endsWith('/')) continue;
    const target = path.join(folder, entry.fileName.slice('extension/'.length));
    await mkdir(path.dirname(target), { recursive: true });
    await pipeline(await zip.openReadStreamPromise(entry), createWriteStream(target));
  }
}
