/**
 * Reading decoders from ONNX files and giving them further outputs, without their weights and without onnxruntime.
 *
 *     const source = openFileSource(path);
 *     const model = readOnnx(source);                       // the graph; weights are skipped
 *     const anatomy = findDecoder(model);                   // inputs, cache, layers; fails for what is no decoder
 *     const plan = planProbes(model, { attention: [0], hidden: 'none', logits: true }, anatomy);
 *     const bytes = applyEdits(source, plan.edits);         // one buffer, each original byte read once
 *     source.close();
 *
 * A large file is better left where it is: planProbes(model, request, anatomy, { from: 'model.onnx' }) gives edits whose
 * result holds the graph alone and takes its weights from the original.
 */
export { type DecoderSummary, describe, type ModelDescription } from './describe';
export { type DecoderAnatomy, findDecoder, readsBothWays } from './decoder';
export { applyEdits, type Edit, type Piece, pieces } from './edits';
export { tokenEmbeddings } from './embeddings';
export { byteLength, type ElementType, halfToNumber } from './elementType';
export { withoutFunctions } from './functions';
export { type CacheTensor, type DecoderInput, type DecoderInterface, type InputRole } from './interface';
export { readOnnx } from './model';
export { type ExternalFile, modelSize, type ModelSize, shapesElsewhere } from './parameters';
export type { Dimension, OnnxGraph, OnnxModel, OnnxNode, OnnxTensor, OnnxValue } from './onnx';
export { decoderPart, type DecoderPart, type PartRange, type ProbedDecoder } from './part';
export {
  type AttentionProbe,
  type HiddenProbe,
  planProbes,
  type ProbeOutput,
  type ProbePlan,
  type ProbeRequest,
  type Unavailable,
} from './probes/plan';
export { bufferSource, type ByteSource, type FileSource, openFileSource } from './source';
export type { WeightPlace } from './weights';
