import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { asStopped, type Comparison } from '../../core/compare/comparison';
import { traceEvents } from '../../core/trace/assemble';
import type { Trace } from '../../core/trace/record';
import { checkComparison } from '../../protocol/comparisonShape';
import type { ComparisonKeeper } from '../explorer/comparisons';
import { writeAtomically } from '../files';
import type { RunStore } from './store';

const ID = /^[0-9a-f-]{36}$/;
/** The oldest go first. */
const COMPARISONS_KEPT = 50;
/** One that is larger is not kept beyond its window: it would be sent to the page as one message. */
const LARGEST_BYTES = 8_000_000;

/** Comparisons of decoders, kept for all windows and the time after them; the runs of their rows go into the history. */
export class ComparisonStore implements ComparisonKeeper {
  constructor(
    private readonly folder: string,
    private readonly runs: RunStore,
    private readonly report: (what: string, error: unknown) => void,
  ) {}

  /** Where that fails, the log says so; the comparison itself is none the worse. */
  async keep(comparison: Comparison, runs: readonly Trace[]): Promise<void> {
    for (const trace of runs) {
      const recording = this.runs.record();
      recording.add([...traceEvents(trace)]);
      await recording.end(trace, comparison.id);
    }
    const text = JSON.stringify(comparison);
    if (!ID.test(comparison.id) || text.length > LARGEST_BYTES) return;
    try {
      await fs.mkdir(this.folder, { recursive: true });
      await writeAtomically(this.file(comparison.id), text);
      await this.prune();
    } catch (error) {
      this.report(`The comparison ${comparison.id} could not be kept`, error);
    }
  }

  async find(id: string): Promise<Comparison | undefined> {
    if (!ID.test(id)) return undefined;
    try {
      return asStopped(checkComparison(JSON.parse(await fs.readFile(this.file(id), 'utf8'))));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') {
        this.report(`The kept comparison ${id} could not be read`, error);
      }
      return undefined;
    }
  }

  async findRun(runId: string): Promise<Trace | undefined> {
    return (await this.runs.find(runId))?.trace;
  }

  private file(id: string): string {
    return path.join(this.folder, `${id}.json`);
  }

  private async prune(): Promise<void> {
    const names = (await fs.readdir(this.folder)).filter((name) => name.endsWith('.json'));
    if (names.length <= COMPARISONS_KEPT) return;
    // Another window may remove the same ones meanwhile.
    const timeOf = (name: string): Promise<number> =>
      fs.stat(path.join(this.folder, name)).then(
        ({ mtimeMs }) => mtimeMs,
        () => 0,
      );
    const dated = await Promise.all(names.map(async (name) => ({ name, time: await timeOf(name) })));
    dated.sort((a, b) => b.time - a.time);
    const old = dated.slice(COMPARISONS_KEPT);
    await Promise.all(old.map(({ name }) => fs.rm(path.join(this.folder, name), { force: true })));
  }
}
