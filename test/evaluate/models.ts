import * as fs from 'node:fs';
import * as path from 'node:path';
import type { Caller } from '../../src/protocol/call';
import type { EngineApi } from '../../src/protocol/engine';
import type { ModelSummary } from '../../src/protocol/models';
import { Problem } from '../../src/protocol/errors';
import { root } from './subject';

export const MODELS = path.join(root, 'models');

/** A model folder to measure; for a draft, with the model that it drafts for. */
export interface Chosen {
  readonly model: ModelSummary;
  readonly target: ModelSummary | null;
}

/**
 * The bundled models, or the one of this folder.
 * @param asked a folder, or the name of a bundled model.
 * @throws Problem `model-not-found`; `config-invalid` for a draft that does not say what it drafts for.
 */
export async function chooseModels(engine: Caller<EngineApi>, asked: string | undefined): Promise<Chosen[]> {
  const models =
    asked === undefined
      ? await modelsIn(engine, MODELS)
      : [await modelAt(engine, folderOf(asked), 'There is no model')];
  return Promise.all(models.map(async (model) => ({ model, target: await targetOf(engine, model) })));
}

function folderOf(asked: string): string {
  return fs.existsSync(asked) ? path.resolve(asked) : path.join(MODELS, asked);
}

async function modelsIn(engine: Caller<EngineApi>, folder: string): Promise<readonly ModelSummary[]> {
  return engine.call('listModels', { roots: [{ path: folder, origin: 'bundled' }] });
}

async function modelAt(engine: Caller<EngineApi>, folder: string, otherwise: string): Promise<ModelSummary> {
  const [model, another] = await modelsIn(engine, folder);
  if (model && !another) return model;
  throw new Problem({
    code: 'model-not-found',
    message: `${otherwise} at ${folder}${another ? ', but several below it' : ''}.`,
    action: 'Name one model folder, or a folder in models/.',
  });
}

/** The model beside a draft whose name `vivarium.draftOf` in the draft's config.json gives; null where it is no draft. */
async function targetOf(engine: Caller<EngineApi>, { folder, role }: ModelSummary): Promise<ModelSummary | null> {
  if (role !== 'draft') return null;
  const file = path.join(folder, 'config.json');
  const config = JSON.parse(fs.readFileSync(file, 'utf8')) as { readonly vivarium?: { readonly draftOf?: unknown } };
  const name = config.vivarium?.draftOf;
  if (typeof name !== 'string' || name !== path.basename(name)) {
    throw new Problem({
      code: 'config-invalid',
      message: `${file} declares a draft and does not say what it drafts for.`,
      action: 'Add "draftOf" with the name of a model folder beside it to "vivarium".',
    });
  }
  return modelAt(
    engine,
    path.join(path.dirname(folder), name),
    `${path.basename(folder)} drafts for "${name}". There is no model`,
  );
}
