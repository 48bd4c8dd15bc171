import type { Trace } from '../../../src/core/trace/record';

/** One token of a prompt, by a model that is nowhere. */
export const TRACE: Trace = {
  header: {
    type: 'header',
    version: 2,
    id: '00000000-0000-4000-8000-000000000000',
    createdAt: '2026-01-02T03:04:05.000Z',
    software: { vivarium: '0.1.0', onnxruntime: '1.30.0', node: '20.20.2', platform: 'linux-x64' },
    model: {
      name: 'tiny',
      folder: '/no/such/folder',
      file: 'model.onnx',
      sha256: 'ab'.repeat(32),
      dtype: 'fp32',
      architecture: 'llama',
      task: 'text',
      layers: 2,
      heads: 4,
      vocabularySize: 3,
      contextLength: null,
    },
    sequence: { form: 'causal' },
    tokenizer: 'none',
    promptLength: 1,
    decoder: { name: 'autoregressive', exact: true },
    sampling: { temperature: 0.7, topK: 0, topP: 1, minP: 0, seed: 1 },
    maxNewTokens: 0,
    endIds: [],
    capture: { attention: [0, 1], hidden: [], logits: true },
  },
  tokens: [
    { type: 'token', index: 0, id: 1, text: '1', bytes: [49], special: false, origin: 'prompt', judgement: null },
  ],
  passes: [{ type: 'pass', step: 0, cached: 0, fed: 1, writes: 1, milliseconds: 1 }],
};
