import { fork, type ChildProcess } from 'node:child_process';
import * as path from 'node:path';

export interface Timed {
  readonly seconds: number;
  readonly ids: readonly number[];
}

/** A process that does one kind of work on request, so that no contestant shares a process with another. */
export class Worker {
  private constructor(private readonly child: ChildProcess) {}

  static async start(script: string): Promise<Worker> {
    const child = fork(path.join(import.meta.dirname, script), { serialization: 'advanced' });
    const worker = new Worker(child);
    await worker.next();
    return worker;
  }

  async run(request: object): Promise<Timed> {
    this.child.send(request);
    return (await this.next()) as Timed;
  }

  stop(): void {
    this.child.kill();
  }

  private next(): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const onExit = (code: number | null): void => reject(new Error(`The worker ended with code ${code}.`));
      this.child.once('exit', onExit);
      this.child.once('message', (message) => {
        this.child.off('exit', onExit);
        resolve(message);
      });
    });
  }
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/**
 * Runs the contestants in turn, `rounds` times after one round of warming up, and gives each one's seconds.
 * Taking turns spreads what else the machine does over all of them.
 */
export async function inTurns<K extends string>(
  contestants: Readonly<Record<K, () => Promise<number>>>,
  rounds: number,
): Promise<Record<K, number[]>> {
  const names = Object.keys(contestants) as K[];
  const seconds = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<K, number[]>;
  for (let round = -1; round < rounds; round++) {
    for (let turn = 0; turn < names.length; turn++) {
      const name = names[(turn + Math.max(round, 0)) % names.length]!;
      const taken = await contestants[name]();
      if (round >= 0) seconds[name].push(taken);
    }
  }
  return seconds;
}
