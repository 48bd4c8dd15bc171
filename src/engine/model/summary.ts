import { stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { ModelOrigin, ModelSummary, ModelVariant, ProbeReport } from '../../protocol/models';
import { Problem, type ProblemData } from '../../protocol/errors';
import { checkTokenizerFile } from '../tokenizer';
import type { ModelConfig } from './config';
import { type ModelFolder, readFolder } from './folder';
import { readsBothWays } from '../graph';
import { type GraphFacts, measuredBefore, readGraphFacts } from './modelGraph';
import type { OnnxFile } from './onnxFiles';
import { knownSizes } from './sizes';

/**
 * A model folder as lists show it, for the file that is run when none is chosen. Reads the heads of its files; never
 * fails: what keeps the model from running is the summary's `problem`.
 */
export async function summarizeFolder(folder: string, origin: ModelOrigin): Promise<ModelSummary> {
  let known: ModelFolder;
  try {
    known = await readFolder(folder);
  } catch (error) {
    return unreadable(folder, origin, Problem.from(error).toData());
  }
  const [file] = known.files as [OnnxFile];
  try {
    const summary = await summarizeModel(known, file, origin);
    await checkTokenizerFile(folder);
    return summary;
  } catch (error) {
    const { code, message, action } = Problem.from(error).toData();
    const summary = await summarizeModel(known, file, origin, null);
    return { ...summary, problem: { code, message, ...(action === undefined ? {} : { action }) } };
  }
}

/**
 * @param facts null where the file cannot be read: what the config says is then all there is.
 * @throws Problem where the file is no decoder that can be read; not with `facts`.
 */
export async function summarizeModel(
  { folder, config, files }: ModelFolder,
  chosen: OnnxFile,
  origin: ModelOrigin,
  facts: GraphFacts | null = readGraphFacts(folder, chosen.file).facts,
): Promise<ModelSummary> {
  const variants: ModelVariant[] = files.map((file) => variantOf(folder, file));
  const variant = variantOf(folder, chosen);
  const measured = facts && measuredBefore(join(folder, chosen.file));
  if (facts && config.fillsIn !== null && !facts.isSurelyDecoder) {
    throw readsBothWays(chosen.file, `config.json calls it ${config.fillsIn}, which fills in tokens from both sides`);
  }
  const sizes = knownSizes(facts?.sizes ?? null, config, measured);
  return {
    ...identityOf(folder, origin, config),
    file: chosen.file,
    variants,
    dtype: variant.dtype,
    bytes: variant.bytes,
    parameters: facts?.parameters ?? null,
    layers: facts?.sizes.layers ?? config.layers,
    heads: sizes.heads,
    vocabularySize: sizes.vocabularySize,
    contextLength: sizes.contextLength,
    tokenizer: (await hasTokenizer(folder)) ? 'tokenizer.json' : 'none',
    ...(config.life ? { life: config.life } : {}),
    probes: facts?.probes ?? noProbes,
  };
}

function identityOf(
  folder: string,
  origin: ModelOrigin,
  config: ModelConfig,
): Pick<ModelSummary, 'name' | 'folder' | 'origin' | 'kind' | 'role' | 'architecture'> {
  const { kind, role, architecture } = config;
  return { name: modelName(folder), folder, origin, kind, role, architecture };
}

/** The folder's name; in Hugging Face's cache, where that is a commit, the repository's. */
export function modelName(folder: string): string {
  const repository = /^models--(?:.*--)?(.+)$/s.exec(basename(dirname(dirname(folder))))?.[1];
  return basename(dirname(folder)) === 'snapshots' && repository ? repository : basename(folder);
}

/** dtype and size of one file; where it cannot be read, what its name and its own bytes say. */
function variantOf(folder: string, file: OnnxFile): ModelVariant {
  const names = [file.file, ...(file.partner === null ? [] : [file.partner])];
  const sizes = names.map((name): { dtype: string | null; bytes: number } => {
    try {
      const { facts, bytes } = readGraphFacts(folder, name);
      return { dtype: facts.dtype, bytes };
    } catch {
      return { dtype: null, bytes: name === file.file ? file.bytes : 0 }; // Why is said when the file is chosen.
    }
  });
  return {
    file: file.file,
    dtype: file.dtype ?? sizes[0]?.dtype ?? 'unknown',
    bytes: sizes.reduce((sum, { bytes }) => sum + bytes, 0),
  };
}

async function hasTokenizer(folder: string): Promise<boolean> {
  const info = await stat(join(folder, 'tokenizer.json')).catch(() => null);
  return info?.isFile() ?? false;
}

const unknownProbe = { available: false, how: 'The file could not be read.' };
const noProbes: ProbeReport = { attention: unknownProbe, hidden: unknownProbe, logits: unknownProbe };

function unreadable(folder: string, origin: ModelOrigin, { code, message, action }: ProblemData): ModelSummary {
  return {
    name: modelName(folder),
    folder,
    origin,
    kind: 'text',
    role: 'target',
    architecture: 'unknown',
    file: '',
    variants: [],
    dtype: 'unknown',
    bytes: 0,
    parameters: null,
    layers: null,
    heads: null,
    vocabularySize: null,
    contextLength: null,
    tokenizer: 'none',
    probes: noProbes,
    problem: { code, message, ...(action === undefined ? {} : { action }) },
  };
}
