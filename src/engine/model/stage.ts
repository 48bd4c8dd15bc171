import type { InferenceSession, Tensor } from 'onnxruntime-node';
import { quoted } from '../../core/text/quoted';
import { Problem } from '../../protocol/errors';
import type { AttentionProbe, CacheTensor, DecoderInput, HiddenProbe, OnnxValue } from '../graph';
import { slotKeys } from './cacheLayout';
import type { HeldFiles } from './heldFiles';
import { runProblem } from './ortErrors';
import { isNumberType, NumberBuffer, numbersTensor, type NumberType } from './tensors';

/** An open session, what it is fed and what it gives: a whole decoder, or some of its blocks. */
export interface StageFile {
  readonly session: InferenceSession;
  /** As messages name it. */
  readonly file: string;
  readonly files: HeldFiles;
  /** Null where no token ids are taken. */
  readonly ids: OnnxValue | null;
  readonly inputs: readonly DecoderInput[];
  readonly cache: readonly CacheTensor[];
  /** Output of one row a token: the logits, or the hidden states of a part. */
  readonly rows: string;
  readonly attention: readonly AttentionProbe[];
  readonly hidden: readonly HiddenProbe[];
  /** Tokens that a pass must have, where the graph fixes the number. */
  readonly fixedTokens: number | null;
  /** Row i depends on what is fed at place i alone: there is nothing to cache. */
  readonly isRowwise?: boolean;
}

/** What one pass is asked for beside the logits and the cache. */
export interface PassRequest {
  readonly logits: boolean;
  readonly attention: readonly number[];
  readonly hidden: readonly number[];
}

/** Outputs of one pass, as onnxruntime gave them. */
export interface PassOutputs {
  /** [1, rows, vocabulary]; absent where not asked for. */
  readonly logits: Tensor | undefined;
  /** In the order of the slots that the stage was made with. */
  readonly cache: readonly Tensor[];
  /** layer -> [1, heads, query, key]. */
  readonly attention: ReadonlyMap<number, Tensor>;
  /** block -> [1, rows, width]. */
  readonly hidden: ReadonlyMap<number, Tensor>;
}

/** How an input is made from the tokens cached (`past`) and fed, and the cache; shapes are those of `InputRole`. */
export type Feed = (past: number, fed: number, cache: readonly Tensor[]) => Tensor;

/**
 * One ONNX file as a step from (tokens, cache) to (logits, cache): feeds what the graph asks for, and fetches no more than
 * is wanted. Its buffers belong to one sequence.
 */
export class Stage {
  private readonly feeds: { readonly name: string; readonly make: Feed }[] = [];
  private readonly ids: { readonly name: string; readonly type: NumberType } | null;
  private readonly presents: readonly string[];
  private readonly pasts: readonly string[];
  private readonly fetches = new Map<PassRequest, string[]>();
  readonly fixedTokens: number | null;
  /** Dimensions of the rows that the last pass gave. */
  rowDims: readonly number[] = [];

  /**
   * @param keys the slots of the cache (see {@link slotKeys}), in the order in which it is handed on.
   * @param more inputs that are made in a way of their own.
   */
  constructor(
    private readonly decoder: StageFile,
    keys: readonly string[],
    more: readonly { readonly name: string; readonly make: Feed }[] = [],
  ) {
    const { ids, inputs, cache, file, fixedTokens } = decoder;
    this.fixedTokens = fixedTokens;
    this.ids = ids && { name: ids.name, type: numberType(ids.name, ids.elementType, file) };
    const own = slotKeys(cache);
    const slots = keys.map((key) => cache[own.indexOf(key)]);
    this.presents = slots.map((slot) => slot?.present ?? '');
    this.pasts = slots.map((slot) => slot?.past ?? '').filter(Boolean);
    for (const input of inputs) this.feeds.push({ name: input.name, make: feedOf(input, this.fixedTokens, file) });
    this.feeds.push(...more);
  }

  /** Whether passes go on from the one before: tokens are fed once. */
  get isCached(): boolean {
    return this.decoder.isRowwise === true || (this.pasts.length > 0 && this.givesCache);
  }

  /** The file, as messages name it. */
  get file(): string {
    return this.decoder.file;
  }

  /** Whether the file gives a cache to go on from. */
  private get givesCache(): boolean {
    return this.presents.length > 0 && this.presents.every(Boolean);
  }

  /**
   * One pass. `cache` is in the order of the slots, and empty for a file that takes none.
   * @throws Problem `run-failed` or `memory`; `file` where the weights were changed on disk.
   */
  async run(
    tokens: readonly number[],
    past: number,
    cache: readonly Tensor[],
    request: PassRequest,
  ): Promise<PassOutputs> {
    const { session, file, files, rows, attention, hidden } = this.decoder;
    const length = this.fixedTokens ?? tokens.length;
    const feeds: Record<string, Tensor> = {};
    if (this.ids) feeds[this.ids.name] = numbersTensor(this.ids.type, tokens, [1, length], length);
    for (const { name, make } of this.feeds) feeds[name] = make(past, tokens.length, cache);
    this.pasts.forEach((name, i) => {
      feeds[name] = cache[i] as Tensor;
    });
    let outputs: InferenceSession.ReturnType;
    files.check();
    try {
      outputs = await session.run(feeds, this.fetchesOf(request));
      files.check();
    } catch (error) {
      throw runProblem(error, file);
    }
    const output = (name: string): Tensor => outputs[name] as Tensor;
    if (request.logits) this.rowDims = output(rows).dims;
    const chosen = <P extends { layer: number; output: string }>(probes: readonly P[], layers: readonly number[]) =>
      new Map(probes.filter(({ layer }) => layers.includes(layer)).map((probe) => [probe.layer, output(probe.output)]));
    return {
      logits: request.logits ? output(rows) : undefined,
      cache: this.givesCache ? this.presents.map(output) : [],
      attention: chosen(attention, request.attention),
      hidden: chosen(hidden, request.hidden),
    };
  }

  /** Names of the outputs; made once for each request, which is the same object pass after pass. */
  private fetchesOf(request: PassRequest): string[] {
    const known = this.fetches.get(request);
    if (known) return known;
    const { rows, attention, hidden } = this.decoder;
    const names = new Set<string>();
    if (request.logits) names.add(rows);
    if (this.givesCache) for (const name of this.presents) names.add(name);
    for (const { layer, output } of attention) if (request.attention.includes(layer)) names.add(output);
    for (const { layer, output } of hidden) if (request.hidden.includes(layer)) names.add(output);
    // A pass with no output is no pass.
    if (names.size === 0) names.add(rows);
    const list = [...names];
    this.fetches.set(request, list);
    return list;
  }
}

function numberType(name: string, type: string, file: string): NumberType {
  if (isNumberType(type)) return type;
  throw new Problem({
    code: 'onnx-unsupported',
    message: `${file} has an input ${quoted(name)} of type ${type}, which cannot be fed here.`,
    action: 'Export the model with int64 inputs.',
  });
}

function feedOf(input: DecoderInput, fixedTokens: number | null, file: string): Feed {
  const { role, name, dims } = input;
  const type = numberType(name, input.elementType, file);
  const one = dims?.length === 0 ? [] : [1];
  const single = (value: (past: number, fed: number) => number): Feed => {
    return (past, fed) => numbersTensor(type, [value(past, fed)], one);
  };
  const rows = (fed: number): number => fixedTokens ?? fed;
  switch (role) {
    case 'attention-mask': {
      const ones = new NumberBuffer(type, () => 1);
      return (past, fed) => {
        if (rows(fed) === fed) return ones.tensor(0, past + fed, [1, past + fed]);
        const mask = Array.from({ length: past + fed }, () => 1);
        return numbersTensor(type, mask, [1, past + rows(fed)], past + rows(fed));
      };
    }
    case 'position-ids': {
      const threeRows = dims?.length === 3;
      const places = new NumberBuffer(type, (index) => index);
      return (past, fed) => {
        const end = past + rows(fed);
        if (!threeRows) return places.tensor(past, end, [1, end - past]);
        const row = Array.from({ length: end - past }, (_, i) => past + i);
        return numbersTensor(type, [...row, ...row, ...row], [3, 1, row.length]);
      };
    }
    case 'cache-position': {
      const places = new NumberBuffer(type, (index) => index);
      return (past, fed) => places.tensor(past, past + rows(fed), [rows(fed)]);
    }
    case 'use-cache-branch':
      return single((past) => (past > 0 ? 1 : 0));
    case 'sequence-lengths':
      return single((past, fed) => past + fed - 1);
    case 'total-sequence-length':
      return single((past, fed) => past + fed);
    case 'past-sequence-length':
      return single((past) => past);
    case 'sequence-length':
      return single((_, fed) => fed);
    case 'logits-to-keep':
      return single(() => 0);
  }
}
