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
  const trace = path.resolve(out);
  const folder = path.dirname(trace);
  const info = await stat(folder).catch(() => null);
  if (!info?.isDirectory()) {
    throw new Problem({
      code: 'file',
      message: `There is no folder ${folder}.`,
      action: 'Make it, or choose another.',
    });
  }
  return withTensors ? { trace, tensors: `${trace.slice(0, -EXTENSION.length)}.safetensors` } : { trace };
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
  const temporary = `${output.trace}.${process.pid}.tmp`;
  try {
    await writeFile(temporary, serializeTrace(trace));
    const saved = output.tensors === undefined ? null : await saveTensors(output.tensors);
    await rename(temporary, output.trace);
    return { trace: output.trace, tensors: output.tensors ?? null, tensorNames: saved?.tensors ?? [] };
  } catch (error) {
    await rm(temporary, { force: true });
    if (error instanceof Problem) throw error;
    throw new Problem({
      code: 'file',
      message: `${output.trace} could not be written: ${reasonOf(error as NodeJS.ErrnoException)}.`,
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
