import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import type { ModelRef, ModelSummary } from '../protocol/models';
import { Problem, type ProblemCode } from '../protocol/errors';
import type { Arguments, Options } from './arguments';
import { BUNDLED_MODELS, type Session } from './session';

/** Options of every verb that takes a model. */
export const MODEL_OPTIONS = {
  dtype: { type: 'string' },
  file: { type: 'string' },
} as const satisfies Options;

export const MODEL_HELP = [
  '  MODEL is a model folder, an ONNX file in one, or the name of a bundled model.',
  '  --dtype TYPE        which of its ONNX files: fp32, fp16, int8, q4, ... (the best one by default)',
  '  --file PATH         the ONNX file itself, relative to the folder',
];

/**
 * The model that was meant: a folder that exists, an ONNX file within one, or a bundled folder of that name.
 * @throws Problem `model-not-found`.
 */
export async function findModel(name: string): Promise<ModelRef> {
  const info = await stat(name).catch(() => null);
  if (info?.isDirectory()) return { folder: path.resolve(name) };
  if (info && /\.onnx$/i.test(name)) return modelOfFile(path.resolve(name));
  const bundled = await bundledNames();
  if (bundled.includes(name)) return { folder: path.join(BUNDLED_MODELS, name) };
  throw new Problem({
    code: 'model-not-found',
    message: info
      ? `${name} is no model folder.`
      : `There is no model folder ${name}, and no bundled model of that name.`,
    action:
      bundled.length > 0
        ? `Give the path of a model folder, or one of ${bundled.join(', ')}.`
        : 'Give the path of a model folder.',
  });
}

/**
 * The model that the arguments mean.
 * @throws Problem `model-not-found`, `onnx-missing` where no file has that dtype, `bad-request`.
 */
export async function chooseModel({ engine, signal }: Session, name: string, args: Arguments): Promise<ModelRef> {
  const [dtype, file] = [args.text('dtype'), args.text('file')];
  if (dtype !== undefined && file !== undefined) throw args.usage('--dtype and --file cannot be used together.');
  const model = await findModel(name);
  const { folder } = model;
  if (file !== undefined) return { folder, file: file.replaceAll('\\', '/') };
  if (dtype === undefined) return model;

  const found = await engine.call('listModels', { roots: [{ path: folder, origin: 'added' }] }, { signal });
  // A repository of the Hub's cache is found as the snapshot in it.
  const summary =
    found.find((model) => path.resolve(model.folder) === folder) ?? (found.length === 1 ? found[0] : undefined);
  const variant = summary?.variants.find((candidate) => candidate.dtype === dtype);
  if (!variant) throw noSuchType(folder, dtype, summary);
  return { folder: summary?.folder ?? folder, file: variant.file };
}

/**
 * The model of `--draft`, or undefined.
 * @throws Problem `model-not-found`.
 */
export async function chooseDraft(args: Arguments): Promise<ModelRef | undefined> {
  const name = args.text('draft');
  return name === undefined ? undefined : findModel(name);
}

function noSuchType(folder: string, dtype: string, summary: ModelSummary | undefined): Problem {
  if (summary?.problem && summary.variants.length === 0) {
    return new Problem({ ...summary.problem, code: summary.problem.code as ProblemCode });
  }
  const types = [...new Set(summary?.variants.map((variant) => variant.dtype))];
  return new Problem({
    code: 'onnx-missing',
    message: `${folder} has no ${dtype} model.`,
    action: types.length > 0 ? `Choose one of ${types.join(', ')}.` : 'Choose another folder.',
  });
}

async function bundledNames(): Promise<string[]> {
  const entries = await readdir(BUNDLED_MODELS, { withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
}

/** Files lie in the model's folder or in `onnx/` below it, as on the Hugging Face Hub. */
function modelOfFile(file: string): ModelRef {
  const parent = path.dirname(file);
  return path.basename(parent) === 'onnx'
    ? { folder: path.dirname(parent), file: `onnx/${path.basename(file)}` }
    : { folder: parent, file: path.basename(file) };
}
