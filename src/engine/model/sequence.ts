import type { Tensor } from 'onnxruntime-node';
import { Problem } from '../../protocol/errors';
import { readsBothWays } from '../graph';
import { type CacheSlot, emptyCache } from './cacheLayout';
import { attentionRows, laterMass, LATER_MASS, lastRows } from './capture';
import type { PassOutputs, PassRequest, Stage } from './stage';
import { head } from './tensors';
import type { PassCapture, Sequence, SequenceOptions, TakeTurn } from './types';

/** What a sequence runs on: prepared once for each sequence by its model. */
export interface SequenceParts {
  readonly vocabularySize: number;
  /** The stages give hidden states, not logits: the lower part of a model. */
  readonly givesHidden?: boolean;
  readonly contextLength: number;
  readonly chunk: number;
  /** For an empty cache, where another file goes on from it; null where one file does both. */
  readonly first: Stage | null;
  readonly main: Stage;
  readonly slots: readonly CacheSlot[];
  /** The file gives the logits of the last token of a pass only. */
  readonly lastLogitsOnly: boolean;
  readonly limits: FileLimits;
  readonly turn: TakeTurn;
}

/** What is found out about a file while it runs, for all its sequences. */
export interface FileLimits {
  /** Whether it takes several tokens at once when the cache is not empty. */
  takesSeveralOnCache: boolean;
}

/** Gives the cache alone: for tokens that are read again. */
const cacheOnly: PassRequest = { logits: false, attention: [], hidden: [] };
/** Gives no tensors of layers. */
const logitsOnly: PassRequest = { logits: true, attention: [], hidden: [] };

/**
 * A sequence with its own cache. The cache stays in onnxruntime's tensors from pass to pass; a model without a cache reads
 * the whole sequence again in every pass.
 */
export class OnnxSequence implements Sequence {
  readonly vocabularySize: number;
  readonly contextLength: number;
  readonly chunk: number;
  private readonly tokens: number[] = [];
  private cache: readonly Tensor[];
  /** Tokens that the cache holds; fewer than `length` after a rollback of a cache that cannot be cut. */
  private cached = 0;
  private readonly request: PassRequest;
  private readonly isCached: boolean;
  private oneByOne: boolean;

  constructor(
    private readonly parts: SequenceParts,
    private readonly options: SequenceOptions,
  ) {
    this.vocabularySize = parts.vocabularySize;
    this.contextLength = parts.contextLength;
    this.chunk = parts.chunk;
    this.isCached = parts.main.isCached;
    this.oneByOne = this.isCached && (parts.lastLogitsOnly || parts.main.fixedTokens === 1);
    this.request = { logits: true, attention: options.attention, hidden: options.hidden };
    this.cache = this.startCache();
  }

  get length(): number {
    return this.tokens.length;
  }

  /** Dimensions of what the last pass gave, as the file has them. */
  get rowDims(): readonly number[] {
    return this.parts.main.rowDims;
  }

  async extend(tokens: readonly number[]): Promise<Float32Array> {
    this.check(tokens);
    const before = this.length;
    try {
      await this.readAgain();
      const logits = tokens.length === 1 || this.takesSeveral() ? await this.severalOrNone(tokens) : null;
      return logits ?? (await this.passes(tokens));
    } catch (error) {
      this.rollback(before);
      throw error;
    }
  }

  rollback(length: number): void {
    if (!Number.isInteger(length) || length < 0 || length > this.length) {
      throw new RangeError(`cannot roll back to ${length} of ${this.length} tokens`);
    }
    this.tokens.length = length;
    if (length >= this.cached) return;
    const { slots } = this.parts;
    const canBeCut =
      length > 0 &&
      slots.every(({ sequenceAxis: axis }, i) => axis !== null && this.cache[i]?.dims[axis] === this.cached);
    if (canBeCut) {
      this.cache = this.cache.map((tensor, i) => head(tensor, slots[i]?.sequenceAxis as number, length));
      this.cached = length;
    } else {
      // A sliding or recurrent cache has no way back: the tokens are read again before the next ones.
      this.cache = this.startCache();
      this.cached = 0;
    }
  }

  dispose(): void {
    this.tokens.length = 0;
    this.cache = [];
    this.cached = 0;
  }

  private check(tokens: readonly number[]): void {
    if (tokens.length === 0) throw new RangeError('no tokens to extend the sequence with');
    const unknown = tokens.find((id) => !Number.isInteger(id) || id < 0 || id >= this.vocabularySize);
    if (unknown !== undefined) {
      throw new Problem({
        code: 'vocabulary-mismatch',
        message: `Token ${unknown} is not in the model’s vocabulary of ${this.vocabularySize} tokens.`,
        action: 'Use the tokenizer that belongs to the model, or smaller token ids.',
      });
    }
    if (this.length + tokens.length > this.contextLength) {
      throw new Problem({
        code: 'prompt-too-long',
        message: `${this.length + tokens.length} tokens are more than the ${this.contextLength} that this model takes.`,
        action: 'Shorten the prompt, or choose a model with a longer context.',
      });
    }
  }

  private startCache(): readonly Tensor[] {
    return this.isCached ? emptyCache(this.parts.slots) : [];
  }

  private stage(): Stage {
    const { first, main } = this.parts;
    return first && this.cached === 0 ? first : main;
  }

  /** Fills a cache that was thrown away by a rollback. */
  private async readAgain(): Promise<void> {
    if (!this.isCached) return;
    while (this.cached < this.length) {
      const count = this.takesSeveral() ? this.chunk : 1;
      const tokens = this.tokens.slice(this.cached, this.cached + count);
      const outputs = await this.parts.turn(() => this.stage().run(tokens, this.cached, this.cache, cacheOnly));
      this.keep(outputs, tokens.length);
    }
  }

  /** Whether several tokens may be fed at once, as far as is known. */
  private takesSeveral(): boolean {
    return !this.oneByOne && (this.cached === 0 || this.parts.limits.takesSeveralOnCache);
  }

  /** One pass of several tokens; null where the file turns out to take or to give only one. */
  private async severalOrNone(tokens: readonly number[]): Promise<Float32Array | null> {
    try {
      return await this.pass(tokens);
    } catch (error) {
      // Exports for onnxruntime-genai with MultiHeadAttention read several tokens into an empty cache only.
      const isLimit = error instanceof Problem && error.code === 'run-failed' && this.cached > 0;
      if (!isLimit) throw error;
      this.parts.limits.takesSeveralOnCache = false;
      return null;
    }
  }

  /** One pass a token, for files that take or give no more; their logits put together. */
  private async passes(tokens: readonly number[]): Promise<Float32Array> {
    const rows: Float32Array[] = [];
    for (const token of tokens) rows.push((await this.pass([token])) ?? new Float32Array());
    const width = rows[0]?.length ?? 0;
    const all = new Float32Array(rows.length * width);
    for (const [i, row] of rows.entries()) all.set(row, i * width);
    return all;
  }

  /** One pass, after which the sequence is longer by `tokens`; null, and nothing changed, where the logits lack rows. */
  private async pass(tokens: readonly number[]): Promise<Float32Array | null> {
    const past = this.length;
    const total = past + tokens.length;
    const fed = this.isCached ? tokens : [...this.tokens, ...tokens];
    const request = past < (this.options.captureFrom ?? 0) ? logitsOnly : this.request;
    const outputs = await this.parts.turn(() => this.stage().run(fed, this.cached, this.cache, request));
    const logits = outputs.logits as Tensor;
    const rows = logits.dims[1] as number;
    if (rows < fed.length && tokens.length > 1) {
      this.oneByOne = true;
      return null;
    }
    const result = lastRows(logits, Math.min(rows, fed.length), tokens.length);
    this.checkWidth(logits);
    this.keep(outputs, fed.length);
    for (const token of tokens) this.tokens.push(token);
    this.options.onPass?.(
      captured(outputs, past, tokens.length, this.isCached ? tokens.length : total, this.parts.main.file),
    );
    return result;
  }

  private checkWidth(logits: Tensor): void {
    const width = logits.dims.at(-1);
    if (this.parts.givesHidden || width === this.vocabularySize) return;
    throw new Problem({
      code: 'vocabulary-mismatch',
      message: `The model gives logits of ${width} tokens, but its vocabulary has ${this.vocabularySize}.`,
      action: 'Put the config.json and tokenizer.json that belong to this model beside it.',
    });
  }

  private keep(outputs: PassOutputs, fed: number): void {
    if (!this.isCached) return;
    this.cache = outputs.cache;
    this.cached += fed;
  }
}

function captured(outputs: PassOutputs, past: number, fed: number, queries: number, file: string): PassCapture {
  const attention = new Map<number, Float32Array>();
  for (const [layer, tensor] of outputs.attention) {
    // Looked at when the model was opened; a long text may still show what a short one did not.
    if (laterMass(tensor, queries) > LATER_MASS) {
      throw readsBothWays(file, `on a pass, attention of layer ${layer} lies on later tokens`);
    }
    attention.set(layer, attentionRows(tensor, queries, fed, past + fed));
  }
  const hidden = new Map<number, Float32Array>();
  for (const [block, tensor] of outputs.hidden) hidden.set(block, lastRows(tensor, queries, fed));
  return { pastLength: past, fed, attention, hidden };
}
