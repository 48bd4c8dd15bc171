import { rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Trace } from '../core/trace/record';
import { serializeTrace } from '../core/trace/vivtrace';
import { Problem } from '../protocol/errors';

/** Where a run is written. */
export interface Output {
  readonly trace: string;
  /** Absent where no tensors are wanted. */
  readonly tensors?: string;
}

export interface WrittenRun {
  readonly trace: string | null;
  readonly tensors: string | null;
  readonly tensorNames: readonly string[];
}

const EXTENSION = '.vivtrace';

/**
 * The files of `--out`, checked before the model runs: a run should not be lost for a misspelt folder.
 * @throws Problem `file`.
 */
export async function checkOutput(out: string, withTensors: boolean): Promise<Output> {
  if (!out.endsWith(EXTENSION) || path.basename(out) === EXTENSION) {
    throw new Problem({
      code: 'file',
      message: `--out ${out} is no ${EXTENSION} file.`,
      action: `Choose a name that ends in ${EXTENSION}.`,
    });
  }
  const trace = await checkOutFile(out);
  return withTensors ? { trace, tensors: `${trace.slice(0, -EXTENSION.length)}.safetensors` } : { trace };
}

/**
 * The absolute path of a file that is to be written, in a folder that is there.
 * @throws Problem `file`.
 */
export async function checkOutFile(out: string): Promise<string> {
  const file = path.resolve(out);
  const folder = path.dirname(file);
  const info = await stat(folder).catch(() => null);
  if (!info?.isDirectory()) {
    throw new Problem({
      code: 'file',
      message: `There is no folder ${folder}.`,
      action: 'Make it, or choose another.',
    });
  }
  return file;
}

/**
 * Writes a file beside its place and renames it: whole or not at all.
 * @throws Problem `file`.
 */
export function writeAtomically(file: string, data: string | Uint8Array): Promise<void> {
  return beside(file, data, () => Promise.resolve());
}

/**
 * Writes the trace, and has the tensors written beside it: both or neither, and neither ever half.
 * @param saveTensors writes them to a path, atomically.
 * @throws Problem `file`, or what `saveTensors` throws.
 */
export async function writeRun(
  output: Output,
  trace: Trace,
  saveTensors: (path: string) => Promise<{ readonly tensors: readonly string[] }>,
): Promise<WrittenRun> {
  const saved = await beside(output.trace, serializeTrace(trace), async () =>
    output.tensors === undefined ? null : saveTensors(output.tensors),
  );
  return { trace: output.trace, tensors: output.tensors ?? null, tensorNames: saved?.tensors ?? [] };
}

/** Writes a file; it takes its place when what is `meanwhile` to be done is done. */
async function beside<T>(file: string, data: string | Uint8Array, meanwhile: () => Promise<T>): Promise<T> {
  const temporary = `${file}.${process.pid}.tmp`;
  try {
    await writeFile(temporary, data);
    const done = await meanwhile();
    await rename(temporary, file);
    return done;
  } catch (error) {
    await rm(temporary, { force: true });
    if (error instanceof Problem) throw error;
    throw new Problem({
      code: 'file',
      message: `${file} could not be written: ${reasonOf(error as NodeJS.ErrnoException)}.`,
      action: 'Choose another place for --out.',
      details: String(error),
    });
  }
}

function reasonOf({ code, message }: NodeJS.ErrnoException): string {
  switch (code) {
    case 'ENOSPC':
      return 'the disk is full';
    case 'EACCES':
    case 'EPERM':
      return 'writing there is not allowed';
    case 'EROFS':
      return 'the disk is read-only';
    case 'EISDIR':
      return 'it is a folder';
    default:
      return message;
  }
}
