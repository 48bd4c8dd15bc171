import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import type * as vscode from 'vscode';
import { parseTrace, serializeTrace } from '../../core/trace/vivtrace';
import type { Trace } from '../../core/trace/record';
import type { Log } from '../log';

/** Runs kept on disk so that a window reload finds them; the oldest go first. */
const RUNS_KEPT = 50;
const RUN_ID = /^[0-9a-f-]{36}$/;

/** Traces of this window's runs, on disk for the time after a reload. No tensors. */
export class RunStore {
  private readonly folder: string;

  constructor(
    context: vscode.ExtensionContext,
    private readonly log: Log,
  ) {
    this.folder = path.join((context.storageUri ?? context.globalStorageUri).fsPath, 'runs');
  }

  /** Keeps a trace; where that fails the log says so, for the run itself is none the worse. */
  async keep(trace: Trace): Promise<void> {
    const { id } = trace.header;
    if (!RUN_ID.test(id)) return;
    try {
      await fs.mkdir(this.folder, { recursive: true });
      await writeAtomically(this.file(id), serializeTrace(trace));
      await this.prune();
    } catch (error) {
      this.log.problem(`The run ${id} could not be kept for the next window`, error);
    }
  }

  /** The trace of a run, or undefined where it is not kept any more. */
  async find(id: string): Promise<Trace | undefined> {
    if (!RUN_ID.test(id)) return undefined;
    let text: string;
    try {
      text = await fs.readFile(this.file(id), 'utf8');
    } catch {
      return undefined;
    }
    try {
      return parseTrace(text).trace;
    } catch (error) {
      this.log.problem(`The kept run ${id} could not be read`, error);
      return undefined;
    }
  }

  private file(id: string): string {
    return path.join(this.folder, `${id}.vivtrace`);
  }

  private async prune(): Promise<void> {
    const names = (await fs.readdir(this.folder)).filter((name) => name.endsWith('.vivtrace'));
    if (names.length <= RUNS_KEPT) return;
    // Windows without a folder share this one: a run may be removed by another of them meanwhile.
    const timeOf = (name: string): Promise<number> =>
      fs.stat(path.join(this.folder, name)).then(
        ({ mtimeMs }) => mtimeMs,
        () => 0,
      );
    const dated = await Promise.all(names.map(async (name) => ({ name, time: await timeOf(name) })));
    dated.sort((a, b) => b.time - a.time);
    await Promise.all(dated.slice(RUNS_KEPT).map(({ name }) => fs.rm(path.join(this.folder, name), { force: true })));
  }
}

/** Writes beside the file and renames, so that a reader sees the old file or the new one, never a part. */
export async function writeAtomically(file: string, text: string): Promise<void> {
  const temporary = `${file}.${process.pid}.${Date.now()}.tmp`;
  try {
    await fs.writeFile(temporary, text, 'utf8');
    await fs.rename(temporary, file);
  } catch (error) {
    await fs.rm(temporary, { force: true });
    throw error;
  }
}
