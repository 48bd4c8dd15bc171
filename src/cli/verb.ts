import type { Arguments, Options } from './arguments';
import type { Session } from './session';
import type { Terminal } from './terminal';

/** One command of `vivarium`: one file, one entry in `main.ts`. */
export interface Verb {
  readonly name: string;
  /** How it is called, after `vivarium `. */
  readonly usage: string;
  readonly summary: string;
  /** Lines that explain the options. */
  readonly help: readonly string[];
  readonly options: Options;
  /**
   * Checks the arguments, before an engine is started for them.
   * @returns what to do with an engine.
   * @throws Problem where the arguments make no sense.
   */
  prepare(args: Arguments): Promise<(session: Session, terminal: Terminal) => Promise<void>>;
}
