import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { EngineApi } from '../protocol/engine';

import { Problem } from '../protocol/errors';
import { ENGINE_PROTOCOL, HELLO, MEMORY, readHello, readMemoryReport, type MemoryReport } from '../protocol/handshake';
import { unpackedMessage } from '../protocol/packedTrace';
import { isRpcMessage, RpcClient, type RpcMessage } from '../protocol/rpc';
import { crashProblem, followLines } from './crash';

/** How long the process may take from its start to its first word before it counts as crashed. */
const HANDSHAKE_MILLISECONDS = 60_000;
/** How long a process that was asked to end may take. */
const END_MILLISECONDS = 1_000;

export interface EngineProcessOptions {
  readonly enginePath: string;
  readonly execPath?: string | undefined;
  readonly execArgv?: readonly string[] | undefined;
  readonly env?: Readonly<Record<string, string>> | undefined;
  readonly log: (line: string) => void;
  /** Called once, when the process is gone; `problem` says why where nobody asked for it. */
  readonly onEnd: (problem: Problem | undefined) => void;
}

/** One run of the engine script: started, greeted, talked to, and gone. */
export class EngineProcess {
  readonly rpc: RpcClient<EngineApi>;
  /** Settles with the handshake: rejected with `engine-version` or `engine-crashed`. */
  readonly ready: Promise<void>;
  /** Settles when the process is gone. */
  readonly gone: Promise<void>;
  /** What the engine last said of its memory. */
  memory: MemoryReport | undefined;
  /** Whether it has done a run, so that it holds a model. */
  hasRun = false;

  private readonly child: ChildProcess;
  private readonly lastLines: readonly string[];
  private welcome!: () => void;
  private refuse!: (problem: Problem) => void;
  private farewell!: () => void;
  private handshakeTimer: NodeJS.Timeout | undefined;
  private ended = false;
  /** Why it is being ended, where that was our doing: what waits is told this. */
  private endReason: Problem | undefined;
  private spawnError: Error | undefined;

  constructor(private readonly options: EngineProcessOptions) {
    this.ready = new Promise((resolve, reject) => {
      this.welcome = resolve;
      this.refuse = reject;
    });
    // Whoever waits for it handles the rejection; where nobody does, onEnd has told all the same.
    this.ready.catch(() => undefined);
    this.gone = new Promise((resolve) => (this.farewell = resolve));
    this.child = fork(options.enginePath, [], {
      serialization: 'advanced',
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      // The editor's own flags (an inspector's port, a loader) are not for the engine.
      execArgv: [...(options.execArgv ?? [])],
      ...(options.execPath === undefined ? {} : { execPath: options.execPath }),
      // Under Electron the editor's executable is then plain Node.
      env: { ...inherited(process.env), ...options.env, ELECTRON_RUN_AS_NODE: '1' },
    });
    this.rpc = new RpcClient({ post: (message) => this.post(message) });
    followLines(this.child.stdout, options.log);
    this.lastLines = followLines(this.child.stderr, options.log);
    this.handshakeTimer = setTimeout(() => {
      this.end(
        new Problem({
          code: 'engine-crashed',
          message: `The engine process did not answer within ${HANDSHAKE_MILLISECONDS / 1000} seconds of its start.`,
          action: 'Run again; the log has the details.',
        }),
        'now',
      );
    }, HANDSHAKE_MILLISECONDS);
    this.child.on('message', (message) => this.receive(message));
    this.child.on('error', (error) => {
      // Also raised where a message could not be delivered; only a process that never came to be counts here.
      if (this.child.pid === undefined) {
        this.spawnError = error;
        this.finish(null, null);
      }
    });
    // The last words are known when stderr was read to its end. (`close` says so too, but not after `disconnect()`.)
    this.child.on('exit', (code, signal) => void untilRead(this.child).then(() => this.finish(code, signal)));
    this.child.on('disconnect', () => {
      // A process that is just exiting closes its channel too; one that lives on cannot be talked to any more.
      const unreachable = new Problem({
        code: 'engine-crashed',
        message: 'The engine process closed its channel.',
        action: 'Run again: the engine starts afresh. The log has the details.',
      });
      setTimeout(() => this.end(unreachable, 'now'), END_MILLISECONDS).unref();
    });
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  /**
   * Ends the process. Everything that waits fails with `reason` at once.
   * @param how `politely` lets it remove what it was writing, for a second at most; `now` kills it.
   */
  end(reason: Problem, how: 'politely' | 'now'): void {
    if (this.ended || this.endReason) return;
    this.endReason = reason;
    this.refuse(reason);
    this.rpc.failAll(reason);
    if (how === 'now') {
      this.kill();
    } else {
      if (this.child.connected) this.child.disconnect();
      setTimeout(() => this.kill(), END_MILLISECONDS).unref();
    }
  }

  private kill(): void {
    if (!this.ended) this.child.kill('SIGKILL');
  }

  private post(message: RpcMessage): void {
    if (this.ended || !this.child.connected) throw this.endReason ?? crashProblem(this.endState(null, null));
    // A message that cannot be delivered belongs to a process that is going: its end answers what waits.
    this.child.send(message, () => undefined);
  }

  private receive(message: unknown): void {
    if (!isRpcMessage(message)) return;
    if (message.rpc === 'notify' && message.name === HELLO) this.greet(readHello(message.data));
    else if (message.rpc === 'notify' && message.name === MEMORY) this.memory = readMemoryReport(message.data);
    else this.rpc.receive(unpackedMessage(message));
  }

  private greet(protocol: number | undefined): void {
    if (protocol !== ENGINE_PROTOCOL) {
      this.end(
        new Problem({
          code: 'engine-version',
          message: `The engine speaks version ${protocol ?? 'unknown'} of the protocol and this program version ${ENGINE_PROTOCOL}.`,
          action: 'Reload the window, or build or install Vivarium again, so that both come from one version.',
        }),
        'now',
      );
      return;
    }
    clearTimeout(this.handshakeTimer);
    this.post({ rpc: 'notify', name: HELLO, data: { protocol: ENGINE_PROTOCOL } });
    this.welcome();
  }

  private endState(code: number | null, signal: string | null): Parameters<typeof crashProblem>[0] {
    return { code, signal, ...(this.spawnError ? { error: this.spawnError } : {}), lastLines: this.lastLines };
  }

  private finish(code: number | null, signal: string | null): void {
    if (this.ended) return;
    this.ended = true;
    clearTimeout(this.handshakeTimer);
    const problem = this.endReason ?? crashProblem(this.endState(code, signal));
    this.refuse(problem);
    this.rpc.failAll(problem);
    this.options.onEnd(this.endReason === undefined || this.endReason.code === 'engine-crashed' ? problem : undefined);
    this.farewell();
  }
}

/**
 * Flags that a debugger or a test runner sets for every Node below it: with them the engine would open an inspector of its
 * own, wait for it, or load what is not its part.
 */
const NOT_INHERITED: ReadonlySet<string> = new Set([
  'NODE_OPTIONS',
  'VSCODE_INSPECTOR_OPTIONS',
  'NODE_INSPECT_RESUME_ON_START',
]);

function inherited(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  // Windows does not tell upper from lower case in these names.
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !NOT_INHERITED.has(name.toUpperCase())));
}

async function untilRead({ stdout, stderr }: ChildProcess): Promise<void> {
  for (const stream of [stdout, stderr]) if (stream && !stream.closed) await once(stream, 'close');
}
