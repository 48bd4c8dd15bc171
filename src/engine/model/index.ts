export { listModels } from './listModels';
export { inspectModel } from './report';
export { type EstimateRequest, estimate, megabytes } from './memory';
export { estimateMemory } from './report';
export { type OpenOptions, ModelStore } from './store';
export { onnxruntimeVersion } from './session';
export type { LoadedModel, ModelTokenizer, PassCapture, Sequence, SequenceOptions, TakeTurn } from './types';
