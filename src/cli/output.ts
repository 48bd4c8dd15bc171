import { appendFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { whyNotWritten } from '../core/text/fileError';
import type { TraceEvent } from '../core/trace/record';
import { serializeEvent } from '../core/trace/vivtrace';
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
export async function writeAtomically(file: string, data: string | Uint8Array): Promise<void> {
  const temporary = temporaryOf(file);
  try {
    await writeFile(temporary, data);
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw notWritten(file, error);
  }
}

/**
 * The trace of a run, written while it goes on as the editor does: what was recorded before it fails, or before the command is
 * killed, is in the file. A file that stood there is replaced when the run has begun.
 */
export class TraceFile {
  private begun = false;
  private failure: Problem | undefined;

  constructor(private readonly output: Output | undefined) {}

  /** The events of a run in their order, from the header on. Nothing that fails here ends the run: `end` tells it. */
  add(events: readonly TraceEvent[]): void {
    if (!this.output || this.failure || events.length === 0) return;
    const { trace: file } = this.output;
    const text = events.map(serializeEvent).join('');
    try {
      if (this.begun) appendFileSync(file, text);
      else begin(file, text);
      this.begun = true;
    } catch (error) {
      this.failure = notWritten(file, error);
    }
  }

  /**
   * The files of a run that ended, with its tensors beside the trace.
   * @param saveTensors writes them to a path, atomically.
   * @throws Problem `file`, or what `saveTensors` throws.
   */
  async end(saveTensors: (path: string) => Promise<{ readonly tensors: readonly string[] }>): Promise<WrittenRun> {
    if (!this.output) return { trace: null, tensors: null, tensorNames: [] };
    if (this.failure) throw this.failure;
    const { trace, tensors } = this.output;
    const saved = tensors === undefined ? null : await saveTensors(tensors);
    return { trace, tensors: tensors ?? null, tensorNames: saved?.tensors ?? [] };
  }

  /** A failure of the run, with where that is which came before. */
  withKept(failure: Problem): Problem {
    if (!this.output || !this.begun || failure.code === 'cancelled') return failure;
    const message = `${failure.message} What came before is in ${this.output.trace}.`;
    return new Problem({ ...failure.toData(), message });
  }
}

/** Writes the beginning of a file beside its place and renames it: where that fails, what stood there still does. */
function begin(file: string, text: string): void {
  const temporary = temporaryOf(file);
  try {
    writeFileSync(temporary, text);
    renameSync(temporary, file);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

const temporaryOf = (file: string): string => `${file}.${process.pid}.tmp`;

function notWritten(file: string, error: unknown): Problem {
  return new Problem({
    code: 'file',
    message: `${file} could not be written: ${whyNotWritten(error)}.`,
    action: 'Choose another place for --out.',
    details: String(error),
  });
}
