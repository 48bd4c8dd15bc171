import { createContext, Script } from 'node:vm';

/** What a text may take, however short it is. */
const LEAST_MILLISECONDS = 5_000;
/** A tokenizer is a hundred times as fast even on a busy machine. */
const CHARACTERS_PER_MILLISECOND = 20;

/** The work took longer than it may. */
export class TookTooLong extends Error {}

const slot = { work: (): void => undefined };
createContext(slot);
const runSlot = new Script('work()');

/**
 * Does work on foreign text with foreign regular expressions, which can take for ever: unlike any loop of ours, an expression that runs
 * can be ended from outside alone, which the time limit of a script does.
 * @param length characters of the text
 * @throws TookTooLong
 */
export function withinTime<T>(length: number, work: () => T): T {
  let result: { readonly value: T } | undefined;
  slot.work = () => {
    result = { value: work() };
  };
  try {
    runSlot.runInContext(slot, { timeout: LEAST_MILLISECONDS + Math.ceil(length / CHARACTERS_PER_MILLISECOND) });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw new TookTooLong();
    throw error;
  } finally {
    slot.work = () => undefined;
  }
  return (result as { readonly value: T }).value;
}
