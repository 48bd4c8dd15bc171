import { join } from 'node:path';
import type { LifeGrid, ModelTask } from '../../core/trace/record';
import { Problem } from '../../protocol/errors';
import { readForeignJson } from '../foreignFile';

/** What a folder's JSON files say about its model. Null where they do not; the graph has the last word on sizes. */
export interface ModelConfig {
  /** Whether there is a config.json or a genai_config.json: without, everything that follows is empty. */
  readonly isStated: boolean;
  /** `model_type`, or `unknown`. */
  readonly architecture: string;
  /** Of `architectures` one that fills in masked tokens from both sides (`BertForMaskedLM`); null where there is none. */
  readonly fillsIn: string | null;
  readonly kind: ModelTask;
  readonly role: 'target' | 'draft';
  readonly life: LifeGrid | null;
  readonly layers: number | null;
  readonly heads: number | null;
  readonly kvHeads: number | null;
  /** Width of a head; genai's may be padded beyond width / heads. */
  readonly headSize: number | null;
  /** Width of the residual stream. */
  readonly width: number | null;
  readonly vocabularySize: number | null;
  /** Longest sequence in tokens. */
  readonly contextLength: number | null;
  /** Tokens that attention reaches back, where limited. */
  readonly slidingWindow: number | null;
  /** Tokens that end generation. */
  readonly endIds: readonly number[];
  /** The ONNX file that genai_config.json names, relative to the folder. */
  readonly genaiFile: string | null;
}

type Json = Readonly<Record<string, unknown>>;

/**
 * Reads `config.json`, `generation_config.json` and `genai_config.json`, as many as there are. Without any of them the graph
 * alone says what the model is.
 * @throws Problem `config-invalid` where one cannot be read, or is not a JSON object.
 */
export function readConfig(folder: string): ModelConfig {
  const [config, generation, genai] = ['config.json', 'generation_config.json', 'genai_config.json'].map((name) =>
    readObject(join(folder, name)),
  );
  return { ...interpret(config ?? {}, generation ?? {}, genai ?? {}, folder), isStated: Boolean(config ?? genai) };
}

/** Bytes of one of these files: a thousand times what they have. */
const MOST_CONFIG_BYTES = 16 * 2 ** 20;
const action = 'Replace it with the file that came with the model.';

function readObject(path: string): Json | null {
  const value = readForeignJson(path, MOST_CONFIG_BYTES, { name: path, code: 'config-invalid', action });
  if (value === undefined) return null;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw invalid(path, 'is not a JSON object.');
  return value as Json;
}

function invalid(path: string, what: string): Problem {
  return new Problem({ code: 'config-invalid', message: `${path} ${what}`, action });
}

function interpret(config: Json, generation: Json, genai: Json, folder: string): Omit<ModelConfig, 'isStated'> {
  // Models that also see or hear keep the language model's sizes apart.
  const text = { ...config, ...object(config.text_config ?? config.llm_config ?? config.language_config) };
  const genaiModel = object(genai.model);
  const decoder = object(genaiModel.decoder);
  const first = (...names: readonly string[]): number | null => {
    for (const name of names) {
      const size = positive(decoder[name]) ?? positive(text[name]) ?? positive(genaiModel[name]);
      if (size !== null) return size;
    }
    return null;
  };

  const heads = first('num_attention_heads', 'n_head', 'n_heads', 'num_heads');
  const width = first('hidden_size', 'n_embd', 'd_model', 'dim');
  const ownHeadSize = first('head_size', 'head_dim', 'd_kv');
  // Falcon: one key-value head where multi_query is set, unless the newer layout says otherwise.
  const multiQuery = text.multi_query === true && text.new_decoder_architecture !== true ? 1 : null;
  const vivarium = object(config.vivarium);
  return {
    architecture: string(config.model_type) ?? string(genaiModel.type) ?? 'unknown',
    fillsIn: text.is_decoder === true ? null : fillsIn(config.architectures),
    kind: vivarium.task === 'life' ? 'life' : 'text',
    role: vivarium.role === 'draft' ? 'draft' : 'target',
    life: vivarium.task === 'life' ? lifeGrid(vivarium, folder) : null,
    layers: first('num_hidden_layers', 'n_layer', 'n_layers', 'num_layers'),
    heads,
    kvHeads: multiQuery ?? first('num_key_value_heads', 'num_kv_heads', 'n_head_kv') ?? heads,
    headSize: ownHeadSize ?? (width !== null && heads !== null && width % heads === 0 ? width / heads : null),
    width,
    vocabularySize: first('vocab_size'),
    contextLength: first(
      'max_position_embeddings',
      'n_positions',
      'n_ctx',
      'max_seq_len',
      'seq_length',
      'max_sequence_length',
      'context_length',
    ),
    slidingWindow: slidingWindow(text, decoder),
    endIds: endIds(generation.eos_token_id ?? text.eos_token_id ?? genaiModel.eos_token_id),
    genaiFile: string(decoder.filename),
  };
}

function fillsIn(architectures: unknown): string | null {
  const names = Array.isArray(architectures)
    ? (architectures as unknown[]).filter((name) => typeof name === 'string')
    : [];
  return names.find((name) => /^\w{1,100}ForMaskedLM$/.test(name)) ?? null;
}

function slidingWindow(text: Json, decoder: Json): number | null {
  const genai = positive(object(decoder.sliding_window).window_size);
  if (genai !== null) return genai;
  // Qwen2 states a window and switches it off.
  return text.use_sliding_window === false ? null : positive(text.sliding_window);
}

function lifeGrid(vivarium: Json, folder: string): LifeGrid {
  const width = positive(vivarium.width);
  const height = positive(vivarium.height);
  const { topology } = vivarium;
  const rule = string(vivarium.rule);
  const prompt = string(vivarium.prompt);
  const answer = string(vivarium.answer);
  if (
    width === null ||
    height === null ||
    (topology !== 'torus' && topology !== 'plane') ||
    rule === null ||
    prompt === null ||
    answer === null
  ) {
    throw invalid(
      join(folder, 'config.json'),
      'lacks part of its Life grid: "vivarium" needs width, height, topology, rule, prompt and answer.',
    );
  }
  return { width, height, topology, rule, prompt, answer };
}

function object(value: unknown): Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {};
}

function string(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

function positive(value: unknown): number | null {
  return typeof value === 'number' && Number.isInteger(value) && value > 0 ? value : null;
}

function endIds(value: unknown): number[] {
  const ids = Array.isArray(value) ? (value as unknown[]) : [value];
  return ids.filter((id): id is number => typeof id === 'number' && Number.isInteger(id) && id >= 0);
}
