import { closeSync, fstatSync } from 'node:fs';
import { Problem } from '../../protocol/errors';
import { openForeign } from '../foreignFile';

/**
 * The files whose weights a session maps. onnxruntime reads external data by mapping it, and weights that it does not pack
 * anew (embeddings, those of few bits) stay mapped as long as the session: where a program writes into the file, passes
 * would compute with what it wrote, and where it shortens the file, the process would die of a bus error. A file that is
 * replaced by another of its name, as downloads do, or deleted, stays whole for those who have it open, and does no harm; so
 * what is watched is the open file, not its name. Windows itself refuses to shorten a file that is mapped.
 */
export class HeldFiles {
  private readonly files: { readonly path: string; readonly descriptor: number; readonly stamp: string }[] = [];

  constructor(paths: readonly string[]) {
    try {
      for (const path of paths) {
        const action = 'Put the model’s file back, as it came.';
        const { descriptor } = openForeign(path, { name: path, code: 'file', action });
        this.files.push({ path, descriptor, stamp: contentStamp(descriptor) });
      }
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /**
   * Takes about a microsecond: meant for before every pass, which would else die of a file cut short since the pass before,
   * and for after it, so that nothing is told that was computed from changed weights.
   * @throws Problem `file` where one was written into since it was opened.
   */
  check(): void {
    const path = this.changed;
    if (path !== null) throw fileChanged(path);
  }

  /** A file that was written into since it was opened, or null. */
  get changed(): string | null {
    return this.files.find(({ descriptor, stamp }) => contentStamp(descriptor) !== stamp)?.path ?? null;
  }

  close(): void {
    for (const { descriptor } of this.files.splice(0)) closeSync(descriptor);
  }
}

export function fileChanged(path: string): Problem {
  return new Problem({
    code: 'file',
    message: `${path} was changed while the model was in use.`,
    action: 'Run again when nothing is writing to the file: the model is then loaded anew.',
  });
}

function contentStamp(descriptor: number): string {
  const { size, mtimeMs } = fstatSync(descriptor);
  return `${size} ${mtimeMs}`;
}
