import type { DecoderAnatomy } from '../graph';
import type { ModelConfig } from './config';

/** Sizes that the graph of a file states; null where it does not. */
export interface GraphSizes extends Pick<DecoderAnatomy, 'heads' | 'kvHeads' | 'headSize' | 'vocabularySize'> {
  readonly layers: number;
  readonly width: number | null;
  /** Whether any layer computes attention that is recognised. */
  readonly hasAttention: boolean;
  /** Tokens that the file can take at most: by its tables of positions, or an input of fixed length. */
  readonly mostTokens: number | null;
}

export function graphSizes(anatomy: DecoderAnatomy): GraphSizes {
  const { layers, heads, kvHeads, headSize, hiddenSize: width, vocabularySize, bodies, positions } = anatomy;
  const { ids, cache } = anatomy.interface;
  const fixed = ids.dims?.[1];
  const length = typeof fixed === 'number' && cache.length === 0 ? fixed : Infinity;
  const most = Math.min(length, positions ?? Infinity);
  return {
    ...{ layers, heads, kvHeads, headSize, width, vocabularySize },
    hasAttention: bodies.some(({ blocks }) => blocks.some(({ mixing }) => mixing === 'attention')),
    mostTokens: Number.isFinite(most) ? most : null,
  };
}

/** Sizes as the tensors of a pass have them. Null where the file gives no such tensor. */
export interface MeasuredSizes {
  /** Heads of the attention; null where there is none, or where layers differ. */
  readonly heads: number | null;
  /** Where layers differ in their heads: the fewest and the most. */
  readonly headRange: readonly [fewest: number, most: number] | null;
  readonly width: number | null;
  readonly vocabularySize: number;
}

/** Sizes of a model, each from the best source that says it; null where none does. */
export interface KnownSizes {
  readonly heads: number | null;
  readonly width: number | null;
  readonly vocabularySize: number | null;
  readonly contextLength: number | null;
}

/** From the tensors of a pass, else from the graph, last from the config. */
export function knownSizes(graph: GraphSizes | null, config: ModelConfig, measured: MeasuredSizes | null): KnownSizes {
  // A file without any attention that is recognised has no heads to speak of, whatever the config says of it.
  const inConfig = graph && !graph.hasAttention ? null : config.heads;
  const contextLength = Math.min(config.contextLength ?? Infinity, graph?.mostTokens ?? Infinity);
  return {
    heads: measured?.heads ?? graph?.heads ?? inConfig,
    width: measured?.width ?? graph?.width ?? config.width,
    vocabularySize: measured?.vocabularySize ?? graph?.vocabularySize ?? config.vocabularySize,
    contextLength: Number.isFinite(contextLength) ? contextLength : null,
  };
}

/** Where the sources of a size disagree, or only the least of them says it: one sentence each. */
export function sizeNotes(
  file: string,
  sizes: GraphSizes,
  config: ModelConfig,
  measured: MeasuredSizes | null,
): string[] {
  const notes: string[] = [];
  const compare = (
    what: string,
    { tensor = null, graph, inConfig }: { tensor?: number | null; graph: number | null; inConfig: number | null },
  ): void => {
    if (tensor !== null && graph !== null && tensor !== graph) {
      notes.push(`The graph of ${file} states ${graph} ${what}, its tensors have ${tensor}: the tensors count.`);
    }
    const found = tensor ?? graph;
    if (found !== null && inConfig !== null && found !== inConfig) {
      notes.push(`config.json says ${inConfig} ${what}, ${file} has ${found}: the file counts.`);
    } else if (found === null && inConfig !== null) {
      notes.push(`${file} does not state its ${what}: the ${inConfig} are config.json’s, until a pass shows them.`);
    }
  };
  const { layers, heads, kvHeads, headSize, width, vocabularySize, hasAttention, mostTokens } = sizes;
  compare('layers', { graph: layers, inConfig: config.layers });
  if (hasAttention) {
    compare('heads', { tensor: measured?.heads ?? null, graph: heads, inConfig: config.heads });
    if (kvHeads !== null) compare('key-value heads', { graph: kvHeads, inConfig: config.kvHeads });
    if (headSize !== null) compare('numbers a head', { graph: headSize, inConfig: config.headSize });
  }
  compare('numbers a hidden state', { tensor: measured?.width ?? null, graph: width, inConfig: config.width });
  compare('tokens in the vocabulary', {
    tensor: measured?.vocabularySize ?? null,
    graph: vocabularySize,
    inConfig: config.vocabularySize,
  });
  if (mostTokens !== null && config.contextLength !== null && mostTokens < config.contextLength) {
    notes.push(
      `config.json says that a text may have ${config.contextLength} tokens, ${file} takes ${mostTokens}: the file counts.`,
    );
  }
  return notes;
}
