import type { InferenceSession, Tensor } from 'onnxruntime-node';
import { Problem } from '../../protocol/errors';
import type { DecoderInput } from '../graph';
import { runProblem } from './ortErrors';
import type { DecoderSession } from './session';
import { slotKeys } from './cacheLayout';
import { isNumberType, NumberBuffer, numbersTensor, type NumberType } from './tensors';

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

/** How an input is made from the tokens cached (`past`) and fed; shapes are those of `InputRole`. */
type Feed = (past: number, fed: number) => Tensor;

/**
 * One ONNX file as a step from (tokens, cache) to (logits, cache): feeds what the graph asks for, and fetches no more than
 * is wanted. Its buffers belong to one sequence.
 */
export class Stage {
  private readonly feeds: { readonly name: string; readonly make: Feed }[] = [];
  private readonly idsType: NumberType;
  private readonly presents: readonly string[];
  private readonly pasts: readonly string[];
  private readonly fetches = new Map<PassRequest, string[]>();
  /** Tokens that a pass must have, where the graph fixes the number. */
  readonly fixedTokens: number | null;

  /** @param keys the slots of the cache (see {@link slotKeys}), in the order in which it is handed on. */
  constructor(
    private readonly decoder: DecoderSession,
    keys: readonly string[],
  ) {
    const { anatomy, file } = decoder.graph;
    const { ids, inputs, cache } = anatomy.interface;
    const stepDim = ids.dims?.[1];
    this.fixedTokens = typeof stepDim === 'number' && stepDim > 0 ? stepDim : null;
    this.idsType = numberType(ids.name, ids.elementType, file);
    const own = slotKeys(cache);
    const slots = keys.map((key) => cache[own.indexOf(key)]);
    this.presents = slots.map((slot) => slot?.present ?? '');
    this.pasts = slots.map((slot) => slot?.past ?? '').filter(Boolean);
    for (const input of inputs) this.feeds.push({ name: input.name, make: feedOf(input, this.fixedTokens, file) });
  }

  /** Whether the file goes on from a cache. */
  get takesCache(): boolean {
    return this.pasts.length > 0;
  }

  /** Whether the file gives a cache to go on from. */
  get givesCache(): boolean {
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
    const { session, graph, plan, files } = this.decoder;
    const length = this.fixedTokens ?? tokens.length;
    const feeds: Record<string, Tensor> = {
      [graph.anatomy.interface.ids.name]: numbersTensor(this.idsType, tokens, [1, length], length),
    };
    for (const { name, make } of this.feeds) feeds[name] = make(past, tokens.length);
    this.pasts.forEach((name, i) => {
      feeds[name] = cache[i] as Tensor;
    });
    let outputs: InferenceSession.ReturnType;
    files.check();
    try {
      outputs = await session.run(feeds, this.fetchesOf(request));
      files.check();
    } catch (error) {
      throw runProblem(error, graph.file);
    }
    const output = (name: string): Tensor => outputs[name] as Tensor;
    const chosen = <P extends { layer: number; output: string }>(probes: readonly P[], layers: readonly number[]) =>
      new Map(probes.filter(({ layer }) => layers.includes(layer)).map((probe) => [probe.layer, output(probe.output)]));
    return {
      logits: request.logits ? output(plan.logits.output) : undefined,
      cache: this.givesCache ? this.presents.map(output) : [],
      attention: chosen(plan.attention, request.attention),
      hidden: chosen(plan.hidden, request.hidden),
    };
  }

  /** Names of the outputs; made once for each request, which is the same object pass after pass. */
  private fetchesOf(request: PassRequest): string[] {
    const known = this.fetches.get(request);
    if (known) return known;
    const { plan } = this.decoder;
    const names = new Set<string>();
    if (request.logits) names.add(plan.logits.output);
    if (this.givesCache) for (const name of this.presents) names.add(name);
    for (const { layer, output } of plan.attention) if (request.attention.includes(layer)) names.add(output);
    for (const { layer, output } of plan.hidden) if (request.hidden.includes(layer)) names.add(output);
    // A pass with no output is no pass.
    if (names.size === 0) names.add(plan.logits.output);
    const list = [...names];
    this.fetches.set(request, list);
    return list;
  }
}

function numberType(name: string, type: string, file: string): NumberType {
  if (isNumberType(type)) return type;
  throw new Problem({
    code: 'onnx-unsupported',
    message: `${file} has an input ${name} of type ${type}, which cannot be fed here.`,
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
