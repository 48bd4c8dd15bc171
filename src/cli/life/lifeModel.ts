import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { LifeModel } from '../../core/life/ask';
import type { ModelRef, ModelSummary } from '../../protocol/models';
import { Problem } from '../../protocol/errors';
import { lifeWriter } from '../../protocol/life';
import type { Arguments } from '../arguments';
import { chooseModel } from '../modelChoice';
import type { Session } from '../session';
import type { Terminal } from '../terminal';

/** A Life model that was chosen, ready to be asked. */
export interface ChosenLife {
  readonly model: LifeModel;
  /** What `--json` says of it. */
  readonly document: { readonly name: string; readonly folder: string; readonly file: string; readonly dtype: string };
}

/** The model of `--model`, before an engine is started for it. */
export function modelName(args: Arguments): string {
  const name = args.text('model');
  if (name === undefined) throw args.usage('Which model? Give --model.');
  return name;
}

/**
 * @throws Problem as `chooseModel`, `not-available` where it is no Life model.
 */
export async function chooseLife(session: Session, args: Arguments, terminal: Terminal): Promise<ChosenLife> {
  const ref = await chooseModel(session, modelName(args), args);
  const { engine, signal } = session;
  const { summary } = await engine.call('inspectModel', { model: ref }, { signal });
  if (!summary.life) {
    throw new Problem({
      code: 'not-available',
      message: `${summary.name} is no model of the Game of Life.`,
      action: 'Choose a folder whose config.json says "task": "life", such as the bundled lifegpt-16.',
    });
  }
  const run: ModelRef = { folder: ref.folder, file: summary.file };
  const writer = lifeWriter(engine, run, randomUUID(), {
    signal,
    onProgress: (event) => {
      if (event.type === 'loading') terminal.status(event.message);
    },
  });
  return { model: new LifeModel(summary.life, writer), document: documentOf(summary) };
}

function documentOf({ name, folder, file, dtype }: ModelSummary): ChosenLife['document'] {
  return { name, folder: path.resolve(folder), file, dtype };
}
