import type { Caller } from '../protocol/call';
import type { EngineApi, EngineMethod } from '../protocol/engine';
import { Problem } from '../protocol/errors';
import type { EngineStatus } from '../protocol/explorer';
import { cancelled } from '../protocol/rpc';
import { EngineProcess } from './engineProcess';

export interface EngineClientOptions {
  /** The engine's script. */
  readonly enginePath: string;
  /** The Node to run it with; this process's own by default. */
  readonly execPath?: string;
  /** Flags for that Node. */
  readonly execArgv?: readonly string[];
  /** Added to this process's environment; see `src/engine/main.ts` for what the engine reads. */
  readonly env?: Readonly<Record<string, string>>;
  /** Gets every line that the engine writes, and what the client does with the process. */
  readonly log: (line: string) => void;
  /** The process is ended after this time without a request; Infinity keeps it. */
  readonly idleMilliseconds: number;
  /** Bytes that the process may leak before it is renewed between runs; `LEAK_LIMIT_BYTES` by default. */
  readonly memoryLimitBytes?: number;
  readonly onStatus: (status: EngineStatus) => void;
}

/** Default of `memoryLimitBytes`: about fourteen loads at the 70 MB that onnxruntime loses with each. */
export const LEAK_LIMIT_BYTES = 1024 ** 3;
/** A request that is not answered this long after it was cancelled is given up; a run costs the process its life. */
export const CANCEL_MILLISECONDS = 2_000;
/** So many crashes during the start within `START_CRASH_WINDOW_MILLISECONDS`, and no new start is tried. */
export const START_CRASHES = 3;
export const START_CRASH_WINDOW_MILLISECONDS = 60_000;

/**
 * What a cancelled request may cost: a pass of a run cannot be interrupted, so the process is killed for it. The
 * rest (a hover, a count of tokens while typing) is too small a wish for that: it is given up and the engine goes on.
 */
const WORTH_A_KILL: ReadonlySet<EngineMethod> = new Set(['run']);
/** For these the process may be renewed. */
const STARTS_A_RUN: ReadonlySet<EngineMethod> = new Set(['run', 'restoreRun']);

/**
 * The engine process as its users see it: calls that always settle. It is forked on the first call, again on the
 * first call after a crash, ended when idle, and renewed between runs when its memory has grown by leaks. With a
 * process go the tensors of its runs: the next request for them fails with `run-unknown`, and `restoreRun` brings
 * them back.
 */
export class EngineClient implements Caller<EngineApi> {
  private engine: EngineProcess | undefined;
  private active = 0;
  private disposed = false;
  private idleTimer: NodeJS.Timeout | undefined;
  private startCrashes: number[] = [];
  private lastStartCrash: Problem | undefined;
  private lastGone: Promise<void> = Promise.resolve();

  constructor(private readonly options: EngineClientOptions) {}

  call: Caller<EngineApi>['call'] = async (method, params, options = {}) => {
    const { signal } = options;
    clearTimeout(this.idleTimer);
    this.active++;
    const waiting = new Waiting();
    const onAbort = (): void => waiting.start(CANCEL_MILLISECONDS, () => this.giveUp(method));
    try {
      if (signal?.aborted) throw cancelled();
      signal?.addEventListener('abort', onAbort, { once: true });
      const ask = async (engine: EngineProcess): Promise<EngineApi[typeof method]['result']> => {
        await engine.ready;
        const result = await engine.rpc.call(method, params, options);
        engine.hasRun ||= method === 'run';
        return result;
      };
      const engine = this.usableEngine(method);
      const answer = ask(engine).catch(async (error: unknown) => {
        if (!this.isWorthAFreshProcess(engine, method, error)) throw error;
        this.renew('the memory that other models take is needed');
        await engine.gone;
        return ask(this.usableEngine(method));
      });
      return await Promise.race([answer, waiting.givenUp]);
    } catch (error) {
      // Whatever became of the process, a call that was cancelled is answered as such.
      if (signal?.aborted && Problem.from(error).code.startsWith('engine-')) throw cancelled();
      throw error;
    } finally {
      waiting.stop();
      signal?.removeEventListener('abort', onAbort);
      this.active--;
      this.waitForIdleness();
    }
  };

  /** Process id of the engine, or undefined while there is none. */
  get pid(): number | undefined {
    return this.engine?.pid;
  }

  /** Ends the process for good. Calls under way, and later ones, fail with `engine-stopped`. */
  dispose(): void {
    if (this.disposed) return;
    this.disposed = true;
    clearTimeout(this.idleTimer);
    this.stop('politely', new Problem({ code: 'engine-stopped', message: 'The engine was stopped.' }));
  }

  /** Settles when every process that was started so far is gone, for example after {@link dispose}. */
  ended(): Promise<void> {
    return this.lastGone;
  }

  private usableEngine(method: EngineMethod): EngineProcess {
    if (this.disposed) throw new Problem({ code: 'engine-stopped', message: 'The engine was stopped.' });
    if (this.engine && STARTS_A_RUN.has(method) && this.active === 1 && this.hasLeaked(this.engine)) {
      this.renew('its memory has grown by leaks');
    }
    this.engine ??= this.startEngine();
    return this.engine;
  }

  private hasLeaked({ memory }: EngineProcess): boolean {
    const limit = this.options.memoryLimitBytes ?? LEAK_LIMIT_BYTES;
    return memory !== undefined && memory.resident - memory.expected > limit;
  }

  /** Models stay open, and a process gives little memory back: what does not fit beside them may fit without them. */
  private isWorthAFreshProcess(engine: EngineProcess, method: EngineMethod, error: unknown): boolean {
    const alone = this.engine === engine && this.active === 1;
    return alone && engine.hasRun && STARTS_A_RUN.has(method) && Problem.from(error).code === 'memory';
  }

  private renew(why: string): void {
    this.options.log(`Vivarium renews the engine process: ${why}.`);
    this.stop('politely', new Problem({ code: 'engine-stopped', message: 'The engine was renewed.' }));
  }

  private startEngine(): EngineProcess {
    const since = Date.now() - START_CRASH_WINDOW_MILLISECONDS;
    this.startCrashes = this.startCrashes.filter((time) => time > since);
    if (this.startCrashes.length >= START_CRASHES) {
      throw new Problem({
        code: 'engine-crashed',
        message: `The engine crashed ${START_CRASHES} times within a minute while starting. ${this.lastStartCrash?.message ?? ''}`,
        action: 'The log has the details; reinstall Vivarium if the engine is damaged, or try again in a minute.',
      });
    }
    let started = false;
    this.options.onStatus({ state: 'starting' });
    const engine: EngineProcess = new EngineProcess({
      enginePath: this.options.enginePath,
      execPath: this.options.execPath,
      execArgv: this.options.execArgv,
      env: this.options.env,
      log: this.options.log,
      onEnd: (problem) => {
        if (problem && !started) {
          this.startCrashes.push(Date.now());
          this.lastStartCrash = problem;
        }
        if (problem) this.options.log(`${problem.message}`);
        if (this.engine !== engine) return;
        this.engine = undefined;
        clearTimeout(this.idleTimer);
        this.options.onStatus(problem ? { state: 'crashed', message: problem.message } : { state: 'stopped' });
      },
    });
    this.lastGone = Promise.all([this.lastGone, engine.gone]).then(() => undefined);
    void engine.ready.then(
      () => {
        started = true;
        if (this.engine === engine) this.options.onStatus({ state: 'ready' });
      },
      () => undefined,
    );
    return engine;
  }

  /** Ends the process as ours to end; the next call starts another. */
  private stop(how: 'politely' | 'now', reason: Problem): void {
    const engine = this.engine;
    if (!engine) return;
    this.engine = undefined;
    engine.end(reason, how);
    this.options.onStatus({ state: 'stopped' });
  }

  /** The engine has not answered a cancelled request in time. */
  private giveUp(method: EngineMethod): void {
    if (!WORTH_A_KILL.has(method) || !this.engine) return;
    this.options.log(`Vivarium kills the engine process: a cancelled ${method} did not stop.`);
    this.stop(
      'now',
      new Problem({
        code: 'engine-stopped',
        message: `The engine was restarted because another run did not stop within ${CANCEL_MILLISECONDS / 1000} seconds.`,
        action: 'Run again.',
      }),
    );
  }

  private waitForIdleness(): void {
    clearTimeout(this.idleTimer);
    const { idleMilliseconds } = this.options;
    if (this.active > 0 || !this.engine || this.disposed || !Number.isFinite(idleMilliseconds)) return;
    this.idleTimer = setTimeout(() => {
      this.options.log('Vivarium ends the engine process: it was idle.');
      this.stop('politely', new Problem({ code: 'engine-stopped', message: 'The engine was idle and has ended.' }));
    }, idleMilliseconds);
    this.idleTimer.unref();
  }
}

/** A promise that is rejected as cancelled some time after it was started. */
class Waiting {
  readonly givenUp: Promise<never>;
  private reject!: (problem: Problem) => void;
  private timer: NodeJS.Timeout | undefined;

  constructor() {
    this.givenUp = new Promise((_resolve, reject) => (this.reject = reject));
    this.givenUp.catch(() => undefined);
  }

  start(milliseconds: number, onGivenUp: () => void): void {
    this.timer = setTimeout(() => {
      this.reject(cancelled());
      onGivenUp();
    }, milliseconds);
  }

  stop(): void {
    clearTimeout(this.timer);
  }
}
