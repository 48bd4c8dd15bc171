import { createHash } from 'node:crypto';
import { createReadStream, statSync } from 'node:fs';

const known = new Map<string, { stamp: string; sha256: string }>();

/** SHA-256 of a file, lower-case hex; read as a stream, and kept until size or time of change differ. */
export async function fileSha256(path: string): Promise<string> {
  const { size, mtimeMs } = statSync(path);
  const stamp = `${size} ${mtimeMs}`;
  const cached = known.get(path);
  if (cached?.stamp === stamp) return cached.sha256;
  const hash = createHash('sha256');
  for await (const piece of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(piece as Buffer);
  const sha256 = hash.digest('hex');
  known.set(path, { stamp, sha256 });
  return sha256;
}
