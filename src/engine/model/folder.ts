import { statSync } from 'node:fs';
import { isAbsolute, join, normalize } from 'node:path';
import type { ModelRef } from '../../protocol/models';
import { Problem } from '../../protocol/errors';
import { quoted } from '../../core/text/quoted';
import { whyIrregular } from '../foreignFile';
import { type ModelConfig, readConfig } from './config';
import { foldersIn, modelFolder, onnxNames } from './hubCache';
import { findOnnxFiles, type OnnxFile } from './onnxFiles';

/** A model folder with its JSON files read and its ONNX files listed, best first. */
export interface ModelFolder {
  readonly folder: string;
  readonly config: ModelConfig;
  readonly files: readonly OnnxFile[];
}

/**
 * @param path of the folder, or of a repository in the Hub's cache.
 * @throws Problem `model-not-found`, `config-invalid`, `onnx-missing`.
 */
export async function readFolder(path: string): Promise<ModelFolder> {
  const folder = modelFolder(path);
  let isFolder: boolean;
  try {
    isFolder = statSync(folder).isDirectory();
  } catch {
    isFolder = false;
  }
  if (!isFolder) {
    throw new Problem({
      code: 'model-not-found',
      message: `There is no model folder ${folder}.`,
      action: 'Choose another model, or add the folder again where it is now.',
    });
  }
  const config = readConfig(folder);
  const files = await findOnnxFiles(folder, config.genaiFile);
  if (files.length === 0) throw withoutFile(folder);
  return { folder, config, files };
}

function withoutFile(folder: string): Problem {
  const names = [folder, join(folder, 'onnx')].flatMap((each) => onnxNames(each).map((name) => join(each, name)));
  const found = names[0];
  if (found !== undefined) {
    // Only what is no file was left out: say what it is.
    const action = 'Put the model’s file in its place: download or copy it again.';
    const problem = whyIrregular(found, { name: found, code: 'onnx-missing', action });
    if (problem) return problem;
  }
  const repository = foldersIn(folder).find((name) => name.startsWith('models--'));
  return new Problem({
    code: 'onnx-missing',
    message: `${folder} has no ONNX file, neither in the folder itself nor in onnx/.`,
    action:
      repository === undefined
        ? 'Export the model to ONNX (optimum-cli export onnx), or choose a folder that has one.'
        : `It is a cache of models: choose one in it, such as ${quoted(repository)}.`,
  });
}

/**
 * The file that `ref` names, or the folder's first where it names none.
 * @throws Problem `onnx-missing` where the file is not there, `bad-request` where it is outside the folder.
 */
export function chooseFile({ folder, files }: ModelFolder, { file }: ModelRef): OnnxFile {
  if (file === undefined) return files[0] as OnnxFile;
  const known = files.find((candidate) => candidate.file === file);
  if (known) return known;
  const path = normalize(file);
  if (isAbsolute(path) || path.startsWith('..')) {
    throw new Problem({ code: 'bad-request', message: `${file} is not inside the model folder ${folder}.` });
  }
  const info = statSync(join(folder, file), { throwIfNoEntry: false });
  if (!info?.isFile()) {
    throw new Problem({
      code: 'onnx-missing',
      message: `There is no ${file} in ${folder}.`,
      action: `Choose one of its files: ${files.map((candidate) => candidate.file).join(', ')}.`,
    });
  }
  return { file, bytes: info.size, dtype: null, layout: 'other', partner: null };
}
