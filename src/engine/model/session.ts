import { realpathSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import * as ort from 'onnxruntime-node';
import { applyEdits, openFileSource, planProbes, type ProbePlan, type WeightPlace } from '../graph';
import { fileChanged, HeldFiles } from './heldFiles';
import { fileStamp, type ModelGraph } from './modelGraph';
import { loadProblem } from './ortErrors';

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
  const files = new HeldFiles([path, ...graph.externalFiles]);
  try {
    const plan = planProbes(model, { attention: 'all', hidden: 'all', logits: true }, anatomy, weights);
    const bytes = assemble(graph, plan);
    const session = await ort.InferenceSession.create(bytes, {
      // Errors arrive as exceptions; what onnxruntime would print besides is noise.
      logSeverityLevel: 4,
      extra: { session: { model_external_initializers_file_folder_path: folder } },
    });
    // The graph was read earlier, and says where in the file the weights are.
    if (fileStamp(path) !== graph.stamp) throw fileChanged(path);
    files.check();
    return { session, graph, plan, files };
  } catch (error) {
    files.close();
    throw loadProblem(error, graph.file);
  }
}

/**
 * Where the edited graph finds its weights. onnxruntime takes external data from one folder, and refuses links that lead out
 * of it: so the model's file is named as it is really called, in the folder where it really lies (download caches have links).
 * Only a link with external data of its own beside it cannot be done so, since its weights lie in two folders: its own bytes,
 * mostly graph, are then copied.
 */
function weightPlace({ path, externalFiles }: ModelGraph): { folder: string; weights: WeightPlace } {
  const real = realpathSync(path);
  const beside = realpathSync(dirname(path));
  if (externalFiles.length > 0 && dirname(real) !== beside) return { folder: beside, weights: 'inline' };
  return { folder: dirname(real), weights: { from: basename(real) } };
}

function assemble({ path, file }: ModelGraph, { edits }: ProbePlan): Uint8Array {
  const source = openFileSource(path, file);
  try {
    return applyEdits(source, edits);
  } finally {
    source.close();
  }
}

/** Version of onnxruntime that runs the sessions. */
export const onnxruntimeVersion: string = ort.env.versions.node ?? ort.env.versions.common;
