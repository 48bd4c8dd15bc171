import type { Trace } from '../../core/trace/record';
import type { ExplorerSettings } from '../../protocol/explorerState';
import { readTokenIds } from './token-ids';

/** What tells the run on show from what the controls hold now. */
export interface Earlier {
  /** Two or three words, for the row of the tabs. */
  readonly mark: string;
  /** What was run, and how to run what is asked now. */
  readonly about: string;
}

const SHOWN = 200;

/**
 * Whether the run on show is of another prompt or model than the controls hold; null where it is theirs, or where nobody
 * recorded what its prompt was.
 */
export function earlierRun({ header, tokens }: Trace, settings: ExplorerSettings): Earlier | null {
  const { model, promptText, promptLength } = header;
  const run = 'Run, or Enter in the prompt, makes one of what is asked now.';
  if (settings.model && !model.server && settings.model.folder !== model.folder) {
    return { mark: 'of another model', about: `This run is of ${model.name}. ${run}` };
  }
  if (promptText === undefined && (model.server || tokens.length < promptLength)) return null;
  const ids = tokens.slice(0, promptLength).map(({ id }) => id);
  if (promptText === undefined ? isPrompt(settings.prompt, ids) : promptText === settings.prompt) return null;
  const was = promptText ?? ids.join(', ');
  const shown = was.length > SHOWN ? `${was.slice(0, SHOWN)}…` : was;
  return model.life
    ? { mark: 'of an earlier board', about: `This run is of another board than the one above. ${run}` }
    : { mark: 'of an earlier prompt', about: `This run is of “${shown}”. ${run}` };
}

function isPrompt(typed: string, ids: readonly number[]): boolean {
  const read = readTokenIds(typed, null);
  return read.ok && read.ids.length === ids.length && read.ids.every((id, place) => id === ids[place]);
}
