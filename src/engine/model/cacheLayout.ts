import { type Tensor } from 'onnxruntime-node';
import { quoted } from '../../core/text/quoted';
import { Problem } from '../../protocol/errors';
import type { CacheTensor, DecoderAnatomy, Dimension } from '../graph';
import type { ModelConfig } from './config';
import { zeros } from './tensors';

/** One tensor of the cache, as the file that goes on from it takes it. */
export interface CacheSlot {
  /** Input that takes it. */
  readonly past: string;
  readonly elementType: string;
  /** Shape while no token is cached. */
  readonly emptyDims: readonly number[];
  /** Dimension that grows by one a token; null for a state that only moves forward. */
  readonly sequenceAxis: number | null;
}

/** What tells slots of two files apart: layer and part, and for states the order among them. */
export function slotKeys(cache: readonly CacheTensor[]): string[] {
  const seen = new Map<string, number>();
  return cache.map(({ layer, part }) => {
    const key = `${layer} ${part}`;
    const count = seen.get(key) ?? 0;
    seen.set(key, count + 1);
    return `${key} ${count}`;
  });
}

/**
 * Works out the shapes of an empty cache, for batch size 1: from the graph, and where it leaves a size open, from the config.
 * @throws Problem `config-invalid` where neither says a size, `onnx-unsupported` where the cache has a fixed length.
 */
export function cacheSlots(anatomy: DecoderAnatomy, config: ModelConfig, file: string): CacheSlot[] {
  const heads = anatomy.heads ?? config.heads;
  const kvHeads = anatomy.kvHeads ?? config.kvHeads ?? heads;
  const headSize = anatomy.headSize ?? config.headSize;
  return anatomy.interface.cache.map((tensor) => {
    const { past, part, dims, batchAxis, sequenceAxis, headAxis } = tensor;
    const rank = dims?.length ?? 4;
    // The last dimension of a state, or of keys and values side by side, is no size of a head.
    const isOfHeads = part === 'key' || part === 'value' || (part === 'key-value' && rank === 5);
    const lastSize = part === 'value' ? (anatomy.valueSize ?? headSize) : headSize;
    const emptyDims = Array.from({ length: rank }, (_, axis): number => {
      const dim: Dimension = dims?.[axis] ?? null;
      if (axis === sequenceAxis) {
        if (typeof dim !== 'number') return 0;
        throw new Problem({
          code: 'onnx-unsupported',
          message: `${file} has a cache of fixed length (${quoted(past ?? '')} holds ${dim} tokens), which cannot be run here.`,
          action: 'Export the model with a cache that grows.',
        });
      }
      if (typeof dim === 'number') return dim;
      // Bloom's older layout folds the heads into the batch.
      if (axis === batchAxis) return typeof dim === 'string' && /head/i.test(dim) && heads !== null ? heads : 1;
      const size = axis === headAxis ? kvHeads : axis === rank - 1 && isOfHeads ? lastSize : null;
      if (size !== null) return size;
      throw new Problem({
        code: 'config-invalid',
        message: `Neither ${file} nor config.json says how large the cache is (dimension ${axis + 1} of ${quoted(past ?? '')}).`,
        action: 'Add num_attention_heads, num_key_value_heads and head_dim to config.json.',
      });
    });
    return { past: past ?? '', elementType: tensor.elementType, emptyDims, sequenceAxis };
  });
}

/** The cache before the first token. */
export function emptyCache(slots: readonly CacheSlot[]): Tensor[] {
  return slots.map(({ elementType, emptyDims }) => zeros(elementType, emptyDims));
}

/** Bytes that a cache of `tokens` tokens takes. */
export function cacheBytes(slots: readonly CacheSlot[], tokens: number): number {
  return slots.reduce((sum, { elementType, emptyDims, sequenceAxis }) => {
    const count = emptyDims.reduce((product, dim, axis) => product * (axis === sequenceAxis ? tokens : dim), 1);
    return (
      sum + count * (elementType === 'float16' || elementType === 'bfloat16' ? 2 : elementType === 'float32' ? 4 : 1)
    );
  }, 0);
}
