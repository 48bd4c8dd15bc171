import { createHash } from 'node:crypto';
import { createReadStream, statSync } from 'node:fs';
import { openForeign } from '../foreignFile';

const known = new Map<string, { stamp: string; sha256: string }>();

/** SHA-256 of a file, lower-case hex; read as a stream, and kept until size or time of change differ. */
export async function fileSha256(path: string): Promise<string> {
  const { size, mtimeMs } = statSync(path);
  const stamp = `${size} ${mtimeMs}`;
  const cached = known.get(path);
  if (cached?.stamp === stamp) return cached.sha256;
  const hash = createHash('sha256');
  const telling = { name: path, code: 'file', action: 'Put the model’s file back, as it came.' } as const;
  const { descriptor } = openForeign(path, telling);
  // The stream closes it.
  const pieces = createReadStream(path, { fd: descriptor, highWaterMark: 1 << 20 });
  for await (const piece of pieces) hash.update(piece as Buffer);
  const sha256 = hash.digest('hex');
  known.set(path, { stamp, sha256 });
  return sha256;
}
