import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { applyEdits, bufferSource, readOnnx } from '../../src/engine/graph/index';
import { withLengths } from '../../src/engine/graph/edits';
import { referToWeights } from '../../src/engine/graph/weights';
import { toy, toyDecoder, type ToyOptions } from './toyDecoder';

/** A vocabulary of the toy decoder's thirteen tokens: words, split at blanks. */
export const toyTokenizer = {
  version: '1.0',
  added_tokens: [],
  normalizer: null,
  pre_tokenizer: { type: 'WhitespaceSplit' },
  post_processor: null,
  decoder: null,
  model: {
    type: 'WordLevel',
    vocab: Object.fromEntries(Array.from({ length: toy.vocabulary }, (_, id) => [`w${id}`, id])),
    unk_token: 'w0',
  },
};

export const toyConfig = {
  model_type: 'toy',
  hidden_size: toy.width,
  num_attention_heads: toy.heads,
  num_hidden_layers: toy.layers,
  max_position_embeddings: toy.longest,
  vocab_size: toy.vocabulary,
};

/** The files of a model folder that is whole and runs, by name. */
export function toyFiles(options: ToyOptions = {}): Record<string, string | Uint8Array> {
  return {
    'model.onnx': toyDecoder(options),
    'config.json': JSON.stringify(toyConfig),
    'generation_config.json': JSON.stringify({ eos_token_id: 12 }),
    'tokenizer.json': JSON.stringify(toyTokenizer),
    'tokenizer_config.json': '{}',
  };
}

/** The same with a weight in a file of its own, `model.onnx_data`. */
export function toyFilesElsewhere(): Record<string, string | Uint8Array> {
  const files = toyFiles();
  const whole = files['model.onnx'] as Uint8Array;
  const edits = withLengths(referToWeights(readOnnx(bufferSource(whole)), { from: 'model.onnx_data' }));
  return { ...files, 'model.onnx': applyEdits(whole, edits), 'model.onnx_data': whole };
}

export function writeFiles(folder: string, files: Readonly<Record<string, string | Uint8Array>>): void {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
}
