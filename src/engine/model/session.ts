import { realpathSync } from 'node:fs';
import { dirname, isAbsolute, relative, sep } from 'node:path';
import * as ort from 'onnxruntime-node';
import { Problem } from '../../protocol/errors';
import {
  applyEdits,
  bufferSource,
  decoderPart,
  type DecoderPart,
  openFileSource,
  type PartRange,
  planProbes,
  type ProbedDecoder,
  type ProbePlan,
  readOnnx,
  type WeightPlace,
} from '../graph';
import { fileChanged, HeldFiles } from './heldFiles';
import { fileStamp, type ModelGraph } from './modelGraph';
import { loadProblem } from './ortErrors';
import type { StageFile } from './stage';

/** An open file: the session has all outputs that the file can be made to give; those not fetched cost nothing measurable. */
export interface DecoderSession {
  readonly session: ort.InferenceSession;
  readonly graph: ModelGraph;
  readonly plan: ProbePlan;
  /** The files that the session maps. */
  readonly files: HeldFiles;
}

/**
 * Opens a session over the file with all its probes. What is made in memory is the graph; onnxruntime takes the weights from
 * the file itself, as external data.
 * @throws Problem `onnx-invalid`, `onnx-unsupported`, `external-data`, `memory`; `file` where it changes meanwhile.
 */
export async function openSession(graph: ModelGraph): Promise<DecoderSession> {
  const { path, model, anatomy } = graph;
  const { folder, weights } = weightPlace(graph);
  const files = new HeldFiles([path, ...graph.externalFiles.values()]);
  try {
    const plan = planProbes(model, { attention: 'all', hidden: 'all', logits: true }, anatomy, weights);
    const session = await createSession(assemble(graph, plan), folder, graph);
    // The graph was read earlier, and says where in the file the weights are.
    if (fileStamp(path) !== graph.stamp) throw fileChanged(path);
    files.check();
    return { session, graph, plan, files };
  } catch (error) {
    files.close();
    throw loadProblem(error, graph.file);
  }
}

/** What a stage needs to know of the whole file. */
export function wholeStage({ session, graph, plan, files }: DecoderSession): StageFile {
  const { ids, inputs, cache } = graph.anatomy.interface;
  const { attention, hidden, logits } = plan;
  const rows = logits.output;
  const fixedTokens = fixedTokensOf(graph);
  return { session, file: graph.file, files, ids, inputs, cache, rows, attention, hidden, fixedTokens };
}

function fixedTokensOf({ anatomy }: ModelGraph): number | null {
  const step = anatomy.interface.ids.dims?.[1];
  return typeof step === 'number' && step > 0 ? step : null;
}

/** Some blocks of an open file, in a session of their own over the same weights on disk. */
export interface PartSession {
  readonly part: DecoderPart;
  readonly stage: StageFile;
}

/** The graph of an open file with its probes, to make parts of; its weights are not read. */
export function probedDecoder({ graph, plan }: DecoderSession): ProbedDecoder {
  const source = bufferSource(assemble(graph, plan), graph.file);
  return { model: readOnnx(source), source, anatomy: graph.anatomy, plan };
}

/**
 * Opens some blocks of a file that is open.
 * @throws Problem `not-available` where it cannot be cut there; what {@link openSession} throws.
 */
export async function openPart(
  { graph, files }: DecoderSession,
  probed: ProbedDecoder,
  range: PartRange,
): Promise<PartSession> {
  const part = decoderPart(probed, range);
  const { ids, inputs, cache, attention, hidden } = part;
  try {
    files.check();
    const session = await createSession(part.bytes, weightPlace(graph).folder, graph);
    const stage: StageFile = {
      session,
      file: graph.file,
      files,
      ids,
      inputs,
      cache,
      rows: part.rows.output,
      attention,
      hidden,
      fixedTokens: fixedTokensOf(graph),
      isRowwise: range.from === graph.anatomy.layers,
    };
    return { part, stage };
  } catch (error) {
    throw loadProblem(error, graph.file);
  }
}

/**
 * Below so many parameters a pass is over before a second thread has taken its share of it. And a draft takes turns with its
 * target: threads of its own, which go on looking for work for a while after each pass, would take the cores from the target.
 */
const ONE_THREAD_PARAMETERS = 1_000_000;

function createSession(bytes: Uint8Array, folder: string, { facts }: ModelGraph): Promise<ort.InferenceSession> {
  return ort.InferenceSession.create(bytes, {
    // Errors arrive as exceptions; what onnxruntime would print besides is noise.
    logSeverityLevel: 4,
    ...(facts.parameters < ONE_THREAD_PARAMETERS ? { intraOpNumThreads: 1 } : {}),
    extra: { session: { model_external_initializers_file_folder_path: folder } },
  });
}

/**
 * Where the edited graph finds its weights. onnxruntime takes external data from one folder, and refuses links that lead out
 * of it: so every file is named as it is really called, from the folder that holds the model's file and its external data
 * where they really lie (download caches have links). That these are the model's own was checked when its graph was read.
 * @throws Problem `external-data` where they lie on different drives.
 */
function weightPlace({ path, file, externalFiles }: ModelGraph): { folder: string; weights: WeightPlace } {
  const real = realpathSync(path);
  let folder = dirname(real);
  for (const other of externalFiles.values()) {
    while (relative(folder, other).startsWith('..') && dirname(folder) !== folder) folder = dirname(folder);
  }
  const named = (to: string): string => {
    const way = relative(folder, to);
    if (!isAbsolute(way)) return way.replaceAll(sep, '/');
    throw new Problem({
      code: 'external-data',
      message: `${file} and its weights lie on different drives, from which onnxruntime does not read them.`,
      action: 'Copy the model and its weights into one folder.',
    });
  };
  const moved = new Map([...externalFiles].map(([location, to]) => [location, named(to)]));
  return { folder, weights: { from: named(real), moved } };
}

function assemble({ path, file, inlined }: ModelGraph, { edits }: ProbePlan): Uint8Array {
  if (inlined) return applyEdits(inlined, edits);
  const source = openFileSource(path, file);
  try {
    return applyEdits(source, edits);
  } finally {
    source.close();
  }
}

/** Version of onnxruntime that runs the sessions. */
export const onnxruntimeVersion: string = ort.env.versions.node ?? ort.env.versions.common;
