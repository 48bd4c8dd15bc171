import * as fs from 'node:fs';
import * as path from 'node:path';
import { NOTHING, startEngine, timedRun } from './engine';
import { inTurns, median, Worker } from './worker';

export interface BenchModel {
  readonly label: string;
  readonly folder: string;
  /** ONNX file, relative. */
  readonly file: string;
  /** transformers.js's name for it. */
  readonly dtype: string;
  readonly newTokens: number;
}

export interface DecodeResult {
  readonly model: BenchModel;
  readonly promptTokens: number;
  /** Median seconds of a whole call: prompt and generated tokens. */
  readonly seconds: Readonly<Record<'trace' | 'oneLayer' | 'everything' | 'bare' | 'transformers', number>>;
  /** Whether the three gave the same tokens. */
  readonly sameTokens: boolean;
}

/**
 * The same prompt and the same number of greedy tokens: Vivarium with its trace, with one layer of attention, with all
 * attention and logits kept; a bare onnxruntime-node loop; transformers.js. Each in a process of its own, in turns.
 */
export async function measureDecoding(model: BenchModel, rounds: number): Promise<DecodeResult> {
  const config = JSON.parse(fs.readFileSync(path.join(model.folder, 'config.json'), 'utf8')) as Record<string, number>;
  const heads = config['num_attention_heads'] ?? 1;
  const ids = promptIds(config['vocab_size'] ?? 512, 32);
  const engine = startEngine();
  const bare = await Worker.start('bare-worker.mjs');
  const transformers = await Worker.start('transformers-worker.mjs');
  const ref = { folder: model.folder, file: model.file };
  const produced: Record<string, readonly number[]> = {};
  const timed = async (name: string, work: Promise<{ seconds: number; ids: readonly number[] }>): Promise<number> => {
    const { seconds, ids: generated } = await work;
    produced[name] = generated;
    if (generated.length !== model.newTokens) {
      throw new Error(`${name} gave ${generated.length} tokens instead of ${model.newTokens} on ${model.label}.`);
    }
    return seconds;
  };
  const ours = async (attention: readonly number[] | 'all', logits: boolean): Promise<number> => {
    const capture = attention.length === 0 && !logits ? NOTHING : { attention, hidden: [], logits };
    const { seconds, result } = await timedRun(engine, ref, ids, model.newTokens, capture);
    if (result.summary.generatedTokens !== model.newTokens) {
      throw new Error(`Vivarium stopped after ${result.summary.generatedTokens} tokens on ${model.label}.`);
    }
    return seconds;
  };
  try {
    const seconds = await inTurns(
      {
        trace: () => ours([], false),
        oneLayer: () => ours([0], false),
        everything: () => ours('all', true),
        bare: () =>
          timed(
            'bare',
            bare.run({
              file: path.join(model.folder, model.file),
              kvHeads: config['num_key_value_heads'] ?? heads,
              headSize: config['head_dim'] ?? (config['hidden_size'] ?? 0) / heads,
              ids,
              newTokens: model.newTokens,
            }),
          ),
        transformers: () =>
          timed(
            'transformers',
            transformers.run({ folder: model.folder, dtype: model.dtype, ids, newTokens: model.newTokens }),
          ),
      },
      rounds,
    );
    return {
      model,
      promptTokens: ids.length,
      seconds: {
        trace: median(seconds.trace),
        oneLayer: median(seconds.oneLayer),
        everything: median(seconds.everything),
        bare: median(seconds.bare),
        transformers: median(seconds.transformers),
      },
      sameTokens: produced['bare']?.join() === produced['transformers']?.join(),
    };
  } finally {
    engine.dispose();
    bare.stop();
    transformers.stop();
  }
}

/** Ids spread over the vocabulary by a fixed rule, past the special tokens at its start: work for the model, no meaning. */
export function promptIds(vocabularySize: number, count: number): number[] {
  const first = Math.min(16, vocabularySize >> 2);
  return Array.from({ length: count }, (_, index) => first + ((index * 7919) % (vocabularySize - first)));
}
