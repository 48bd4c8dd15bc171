export { modelFolder } from './hubCache';
export { listModels } from './listModels';
export { inspectModel } from './report';
export { type EstimateRequest, estimate, megabytes } from './memory';
export { estimateMemory } from './report';
export { type OpenOptions, ModelStore } from './store';
export { onnxruntimeVersion } from './session';
export type {
  ExitPair,
  LoadedModel,
  ModelTokenizer,
  OpenExit,
  PassCapture,
  Sequence,
  SequenceOptions,
  TakeTurn,
} from './types';
