import { closeSync, readSync } from 'node:fs';
import { basename } from 'node:path';
import { Problem } from '../../protocol/errors';
import { openForeign } from '../foreignFile';

/** Random access to the bytes of a file, wherever they are. Offsets and lengths are in bytes. */
export interface ByteSource {
  /** What to call the file in a message. */
  readonly name: string;
  readonly size: number;
  /**
   * Copies bytes `[offset, offset + length)` into `target` at `targetOffset`.
   * Fails with a {@link Problem} `file` where the source is shorter than it was when opened.
   */
  readInto(target: Uint8Array, targetOffset: number, offset: number, length: number): void;
}

/** A file that is opened for reading; `close()` when done. */
export interface FileSource extends ByteSource {
  close(): void;
}

/** Bytes that are in memory already. Nothing is copied until it is asked for. */
export function bufferSource(bytes: Uint8Array, name = 'the model'): ByteSource {
  return {
    name,
    size: bytes.length,
    readInto(target, targetOffset, offset, length) {
      if (offset + length > bytes.length) throw shorter(name);
      target.set(bytes.subarray(offset, offset + length), targetOffset);
    },
  };
}

/** A file on disk, read piece by piece. Fails with a {@link Problem} `file` where it cannot be opened. */
export function openFileSource(path: string, name = basename(path)): FileSource {
  const action = 'Check that the file exists and may be read.';
  const { descriptor, size } = openForeign(path, { name, code: 'file', action });
  // One read call takes at most 2^31 - 1 bytes.
  const largestRead = 1 << 30;
  return {
    name,
    size,
    readInto(target, targetOffset, offset, length) {
      for (let done = 0; done < length;) {
        const count = readSync(
          descriptor,
          target,
          targetOffset + done,
          Math.min(length - done, largestRead),
          offset + done,
        );
        if (count === 0) throw shorter(name);
        done += count;
      }
    },
    close: () => closeSync(descriptor),
  };
}

function shorter(name: string): Problem {
  return new Problem({
    code: 'file',
    message: `${name} became shorter while it was read.`,
    action: 'Try again when nothing is writing to the file.',
  });
}
