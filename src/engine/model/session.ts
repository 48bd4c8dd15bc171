import { dirname } from 'node:path';
import * as ort from 'onnxruntime-node';
import { applyEdits, openFileSource, planProbes, type ProbePlan } from '../graph';
import type { ModelGraph } from './modelGraph';
import { loadProblem } from './ortErrors';

/** An open file: the session has all outputs that the file can be made to give; those not fetched cost nothing measurable. */
export interface DecoderSession {
  readonly session: ort.InferenceSession;
  readonly graph: ModelGraph;
  readonly plan: ProbePlan;
}

/**
 * Opens a session over the file with all its probes. The file is read once, into one buffer that has room for the probes.
 * @throws Problem `onnx-invalid`, `onnx-unsupported`, `external-data`, `memory`.
 */
export async function openSession(graph: ModelGraph): Promise<DecoderSession> {
  const { path, model, anatomy } = graph;
  const plan = planProbes(model, { attention: 'all', hidden: 'all', logits: true }, anatomy);
  const source = openFileSource(path, graph.file);
  let bytes: Uint8Array;
  try {
    bytes = applyEdits(source, plan.edits);
  } finally {
    source.close();
  }
  try {
    const session = await ort.InferenceSession.create(bytes, {
      // Errors arrive as exceptions; what onnxruntime would print besides is noise.
      logSeverityLevel: 4,
      extra: { session: { model_external_initializers_file_folder_path: dirname(path) } },
    });
    return { session, graph, plan };
  } catch (error) {
    throw loadProblem(error, graph.file);
  }
}

/** Version of onnxruntime that runs the sessions. */
export const onnxruntimeVersion: string = ort.env.versions.node ?? ort.env.versions.common;
