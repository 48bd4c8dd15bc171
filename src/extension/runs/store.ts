import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import type * as vscode from 'vscode';
import { parseTrace, serializeTrace } from '../../core/trace/vivtrace';
import type { Trace } from '../../core/trace/record';
import type { Log } from '../log';

/** Runs kept on disk so that a window reload finds them; the oldest go first. */
const RUNS_KEPT = 50;
const RUN_ID = /^[0-9a-f-]{36}$/;

/** Traces of this window's runs: in memory while they are shown, on disk for the next window. No tensors. */
export class RunStore {
  private readonly traces = new Map<string, Trace>();
  private readonly folder: string;

  constructor(
    context: vscode.ExtensionContext,
    private readonly log: Log,
  ) {
    this.folder = path.join((context.storageUri ?? context.globalStorageUri).fsPath, 'runs');
  }

  /** Keeps a trace for the window; `persist` writes it too. */
  async keep(trace: Trace, persist: boolean): Promise<void> {
    const id = trace.header.id;
    this.traces.set(id, trace);
    if (!persist || !RUN_ID.test(id)) return;
    try {
      await fs.mkdir(this.folder, { recursive: true });
      await writeAtomically(this.file(id), serializeTrace(trace));
      await this.prune();
    } catch (error) {
      this.log.problem(`The run ${id} could not be kept for the next window`, error);
    }
  }

  /** The trace of a run, from memory or disk; undefined where neither has it. */
  async find(id: string): Promise<Trace | undefined> {
    const kept = this.traces.get(id);
    if (kept || !RUN_ID.test(id)) return kept;
    let text: string;
    try {
      text = await fs.readFile(this.file(id), 'utf8');
    } catch {
      return undefined;
    }
    try {
      const { trace } = parseTrace(text);
      this.traces.set(id, trace);
      return trace;
    } catch (error) {
      this.log.problem(`The kept run ${id} could not be read`, error);
      return undefined;
    }
  }

  /** Forgets a trace in memory once no view shows it. */
  release(id: string): void {
    this.traces.delete(id);
  }

  private file(id: string): string {
    return path.join(this.folder, `${id}.vivtrace`);
  }

  private async prune(): Promise<void> {
    const names = (await fs.readdir(this.folder)).filter((name) => name.endsWith('.vivtrace'));
    if (names.length <= RUNS_KEPT) return;
    const dated = await Promise.all(
      names.map(async (name) => ({ name, time: (await fs.stat(path.join(this.folder, name))).mtimeMs })),
    );
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
