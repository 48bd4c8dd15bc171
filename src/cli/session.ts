import { fileURLToPath } from 'node:url';
import { EngineClient } from '../client/index';
import type { Caller } from '../protocol/call';
import type { EngineApi } from '../protocol/engine';
import { cancelled } from '../protocol/rpc';
import { terminal } from './terminal';

/** Where things lie beside this script, `dist/cli.mjs`, in the project as in the package. */
export const ENGINE_PATH = fileURLToPath(new URL('./engine.mjs', import.meta.url));
export const BUNDLED_MODELS = fileURLToPath(new URL('../models', import.meta.url));
export const PACKAGE_JSON = new URL('../package.json', import.meta.url);

/** An engine for one command, and the wish to stop it. */
export interface Session {
  readonly engine: Caller<EngineApi>;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
}

/**
 * Runs a command with an engine that lives as long as it does. The first Ctrl-C stops the command, which then fails with
 * `cancelled`; a second one ends the process at once.
 */
export async function withSession<T>(verbose: boolean, command: (session: Session) => Promise<T>): Promise<T> {
  const abort = new AbortController();
  const client = new EngineClient({
    enginePath: ENGINE_PATH,
    idleMilliseconds: Infinity,
    log: (line) => {
      if (verbose) terminal.log(line);
    },
    onStatus: () => undefined,
  });
  const stop = (): void => {
    if (abort.signal.aborted) process.exit(130);
    abort.abort();
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  try {
    const result = await command({ engine: client, signal: abort.signal });
    if (abort.signal.aborted) throw cancelled();
    return result;
  } finally {
    client.dispose();
    await client.ended();
    process.off('SIGINT', stop);
    process.off('SIGTERM', stop);
  }
}
