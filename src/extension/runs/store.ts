import { constants } from 'node:fs';
import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { whyNotWritten } from '../../core/text/fileError';
import type { Trace, TraceEvent } from '../../core/trace/record';
import { parseTrace, serializeEvent, type ParsedTrace } from '../../core/trace/vivtrace';
import { Problem } from '../../protocol/errors';
import { writeAtomically } from '../files';
import { digestOf, readDigest, renewedDigest, type RunDigest } from './digest';

const MINUTE = 60_000;
/** Milliseconds after which a run that nothing was added to is not being written any more. */
const LONGEST_PAUSE = 24 * 60 * MINUTE;
/** To add to a file that is there. */
const APPEND = constants.O_WRONLY | constants.O_APPEND;
const RUN_ID = /^[0-9a-f-]{36}$/;

export interface RunStoreOptions {
  /** Where the runs stand; made with the first one. */
  readonly folder: string;
  /** Bytes that all runs may take together; the oldest that are not pinned go first. 0 keeps none. */
  readonly limit: () => number;
  /** For what fails in the background: the run itself is none the worse. */
  readonly report: (what: string, error: unknown) => void;
  /** For a run that could not be written down, or not to its end: whoever looks for it later is to know. */
  readonly onLost: (problem: Problem) => void;
  readonly onChange: () => void;
}

/**
 * The history of runs, for all windows and the time after them: a `.vivtrace` each, written while the run goes on, so that
 * a window that goes in the middle of it loses nothing of what was recorded, and a digest beside it for the list. No
 * tensors: they are computed again when they are looked at.
 */
export class RunStore {
  constructor(private readonly options: RunStoreOptions) {}

  /** Takes down a run from its first event on. */
  record(): RunRecording {
    return new RunRecording(this);
  }

  /** All runs whose digest can be read, pinned ones first, then the newest. */
  async list(): Promise<readonly RunDigest[]> {
    const names = await this.names();
    const digests = await Promise.all(names.map((id) => this.digest(id)));
    return digests
      .filter((digest) => digest !== undefined)
      .sort((a, b) => Number(b.pinned ?? false) - Number(a.pinned ?? false) || (a.createdAt < b.createdAt ? 1 : -1));
  }

  /** The trace of a run and what is to be said about it; undefined where it is not kept any more. */
  async find(id: string): Promise<ParsedTrace | undefined> {
    if (!RUN_ID.test(id)) return undefined;
    let text: string;
    try {
      text = await fs.readFile(this.traceFile(id), 'utf8');
    } catch {
      return undefined;
    }
    try {
      return parseTrace(text);
    } catch (error) {
      this.options.report(`The kept run ${id} could not be read`, error);
      return undefined;
    }
  }

  /** Gives a run a name of the user's (an empty one takes it away), or pins it. */
  async change(id: string, { name, pinned }: { readonly name?: string; readonly pinned?: boolean }): Promise<void> {
    const before = await this.digest(id);
    if (!before) return;
    const { name: oldName, pinned: oldPinned, ...rest } = before;
    const [newName, newPinned] = [name?.trim() ?? oldName, pinned ?? oldPinned];
    const digest = { ...rest, ...(newName ? { name: newName } : {}), ...(newPinned ? { pinned: true } : {}) };
    await writeAtomically(this.digestFile(id), JSON.stringify(digest));
    this.options.onChange();
  }

  async remove(ids: readonly string[]): Promise<void> {
    await Promise.all(ids.filter((id) => RUN_ID.test(id)).map((id) => this.erase(id)));
    this.options.onChange();
  }

  /** @returns whether the run is kept at all */
  async begin(id: string, text: string): Promise<boolean> {
    if (!RUN_ID.test(id) || this.options.limit() === 0) return false;
    await fs.mkdir(this.options.folder, { recursive: true });
    // Whole or not at all: where the disk is full, nothing empty is left.
    await writeAtomically(this.traceFile(id), text);
    return true;
  }

  async append(id: string, text: string): Promise<void> {
    // Where it was deleted meanwhile, nothing without a beginning is made.
    await fs.appendFile(this.traceFile(id), text, { flag: APPEND });
  }

  async end(trace: Trace, comparison?: string): Promise<void> {
    const { id } = trace.header;
    const { name, pinned } = (await this.keptDigest(id)) ?? {};
    const given = { ...(name ? { name } : {}), ...(pinned ? { pinned } : {}) };
    const digest = { ...digestOf(trace), ...given, ...(comparison === undefined ? {} : { comparison }) };
    await writeAtomically(this.digestFile(id), JSON.stringify(digest));
    await this.prune();
    this.options.onChange();
  }

  /** A run could not be written down. */
  lost(id: string, error: unknown): void {
    this.options.report(`The run ${id} could not be kept`, error);
    this.options.onLost(
      new Problem({
        code: 'file',
        message: `The run could not be kept in the history: ${whyNotWritten(error)}.`,
        action: 'Make room on the disk, or set vivarium.runs.historyMegabytes to 0, which keeps none.',
        details: String(error),
      }),
    );
  }

  private traceFile(id: string): string {
    return path.join(this.options.folder, `${id}.vivtrace`);
  }

  private digestFile(id: string): string {
    return path.join(this.options.folder, `${id}.json`);
  }

  /** Ids of the runs that are there. */
  private async names(): Promise<readonly string[]> {
    const files = await fs.readdir(this.options.folder).catch(() => []);
    return files
      .filter((file) => file.endsWith('.vivtrace'))
      .map((file) => path.basename(file, '.vivtrace'))
      .filter((id) => RUN_ID.test(id));
  }

  /**
   * What the list shows of a run; made anew from its trace where the window went before its end, and where an older version
   * said less of it, once.
   */
  private async digest(id: string): Promise<RunDigest | undefined> {
    const digest = await this.keptDigest(id);
    if (digest?.generated !== undefined) return digest;
    const found = await this.find(id);
    if (!digest || !found) return digest ?? (found && digestOf(found.trace));
    const renewed = renewedDigest(digest, found.trace);
    await writeAtomically(this.digestFile(id), JSON.stringify(renewed)).catch((error: unknown) =>
      this.options.report(`What the list shows of the run ${id} could not be kept`, error),
    );
    return renewed;
  }

  /** What stands beside the trace; undefined where that is nothing, or no digest. */
  private async keptDigest(id: string): Promise<RunDigest | undefined> {
    try {
      return readDigest(await fs.readFile(this.digestFile(id), 'utf8'));
    } catch {
      return undefined;
    }
  }

  private async erase(id: string): Promise<void> {
    await fs.rm(this.traceFile(id), { force: true });
    await fs.rm(this.digestFile(id), { force: true });
  }

  /**
   * Removes the oldest runs, until the rest is within the limit, and what is empty. Another window may remove the same ones
   * meanwhile, or be writing one.
   */
  private async prune(): Promise<void> {
    const limit = this.options.limit();
    const found = await Promise.all((await this.names()).map((id) => this.standing(id)));
    const runs = found.filter((run) => run !== undefined);
    runs.sort((a, b) => Number(b.stays) - Number(a.stays) || b.time - a.time);
    let total = 0;
    const erased: string[] = [];
    for (const { id, bytes, stays } of runs) {
      total += bytes;
      if (!stays && (total > limit || bytes === 0)) erased.push(id);
    }
    await Promise.all(erased.map((id) => this.erase(id)));
  }

  /** What pruning asks of a run: when it was made, and whether it must not go. */
  private async standing(id: string): Promise<Standing | undefined> {
    const info = await fs.stat(this.traceFile(id)).catch(() => undefined);
    if (!info) return undefined;
    const now = Date.now();
    const kept = await this.keptDigest(id);
    const digest = kept ?? (await this.digest(id));
    // A date in the future says nothing of its age: its file may, else it counts as the oldest.
    const time = [Date.parse(digest?.createdAt ?? ''), info.mtimeMs].find((each) => each <= now + MINUTE) ?? 0;
    // The digest is written at the end: without one a window may be writing it, or went in the middle of it.
    const isBeingWritten = !kept && Math.abs(now - info.mtimeMs) < LONGEST_PAUSE;
    return { id, bytes: info.size, time, stays: digest?.pinned === true || isBeingWritten };
  }
}

interface Standing {
  readonly id: string;
  readonly bytes: number;
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly stays: boolean;
}

/** One run, written down event by event. Nothing that fails here fails the run. */
export class RunRecording {
  private id: string | undefined;
  /** Writes follow each other; false once one failed, or where the run is not kept. */
  private written: Promise<boolean> = Promise.resolve(true);

  constructor(private readonly store: RunStore) {}

  /** The events of a run in their order, from the header on. */
  add(events: readonly TraceEvent[]): void {
    const [first] = events;
    const begins = this.id === undefined && first?.type === 'header';
    if (begins) this.id = first.id;
    const { id } = this;
    if (id === undefined) return;
    const text = events.map(serializeEvent).join('');
    this.written = this.written.then(async (ok) => {
      if (!ok) return false;
      try {
        if (begins) return await this.store.begin(id, text);
        await this.store.append(id, text);
        return true;
      } catch (error) {
        this.store.lost(id, error);
        return false;
      }
    });
  }

  /**
   * After the last event, however the run ended.
   * @param comparison of which it is a row
   */
  async end(trace: Trace, comparison?: string): Promise<void> {
    if (this.id === undefined || !(await this.written)) return;
    try {
      await this.store.end(trace, comparison);
    } catch (error) {
      this.store.lost(this.id, error);
    }
  }
}
