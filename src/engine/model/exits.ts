import { Tensor } from 'onnxruntime-node';
import { ExitModel, type Lens, SplitModel } from '../../core/decode/exit/split';
import { Trunk } from '../../core/decode/exit/trunk';
import type { CacheTensor } from '../graph';
import { type CacheSlot, slotKeys } from './cacheLayout';
import { CaptureShelf } from './captureShelf';
import type { ExitParts } from './exitSessions';
import { OnnxSequence, type SequenceParts } from './sequence';
import type { PartSession } from './session';
import { type Feed, type PassRequest, Stage } from './stage';
import { floats, isNumberType, NumberBuffer, zeros } from './tensors';
import type { ExitPair, Sequence, SequenceOptions } from './types';

/** What sequences over parts are made with. */
export interface ExitContext {
  /** As for the whole model, without its stages and slots. */
  readonly sequence: Omit<SequenceParts, 'first' | 'main' | 'slots' | 'givesHidden' | 'limits'>;
  /** All of the model's cache, and how each tensor of it is fed. */
  readonly cache: readonly CacheTensor[];
  readonly slots: readonly CacheSlot[];
  /** Opens a sequence over the whole model. */
  readonly openWhole: (options: SequenceOptions) => Sequence;
}

/** Two sequences over the parts of a model: the model itself, and the draft that leaves it after the lower part. */
export function exitPair(parts: ExitParts, context: ExitContext, options: SequenceOptions): ExitPair {
  const { layer, lower, upper, lens } = parts;
  const shelf = new CaptureShelf();
  const shared = upper !== null;
  const lowerSequence = new OnnxSequence(
    { ...sequenceOf(lower, context, []), givesHidden: true, lastLogitsOnly: false },
    {
      attention: shared ? options.attention.filter((each) => each < layer) : [],
      hidden: shared ? options.hidden.filter((block) => block <= layer) : [],
      onPass: (capture) => shelf.put(capture),
    },
  );
  const trunk = new Trunk(lowerSequence);
  const rank = (): number => lowerSequence.rowDims.length;
  const draft = new ExitModel(trunk, lensOf(lens, context.sequence, rank));
  if (!upper) return { target: context.openWhole(options), draft, shared, dispose: () => lowerSequence.dispose() };

  const rows = hiddenFeed(upper, rank, (past, fed) => trunk.rows(past, fed));
  const { onPass } = options;
  const upperSequence = new OnnxSequence(sequenceOf(upper, context, rows), {
    attention: options.attention.filter((each) => each >= layer),
    hidden: options.hidden.filter((block) => block > layer),
    ...(onPass ? { onPass: (capture) => onPass(shelf.complete(capture)) } : {}),
  });
  return {
    target: new SplitSequence(trunk, upperSequence),
    draft,
    shared,
    dispose: () => lowerSequence.dispose(),
  };
}

/** The whole model over a trunk, as a sequence. */
class SplitSequence extends SplitModel implements Sequence {
  constructor(
    trunk: Trunk,
    private readonly sequence: Sequence,
  ) {
    super(trunk, sequence);
  }

  dispose(): void {
    this.sequence.dispose();
  }
}

interface NamedFeed {
  readonly name: string;
  readonly make: Feed;
}

function sequenceOf(
  { part, stage }: PartSession,
  { sequence, cache, slots }: ExitContext,
  feeds: readonly NamedFeed[],
): SequenceParts {
  const slotOf = (tensor: CacheTensor): CacheSlot | undefined => slots[cache.indexOf(tensor)];
  const own = part.cache.flatMap((tensor) => slotOf(tensor) ?? []);
  const shapes = part.shapes.flatMap((tensor) => slotOf(tensor) ?? []).map((slot) => shapeFeed(slot, own));
  return {
    ...sequence,
    first: null,
    main: new Stage(stage, slotKeys(part.cache), [...feeds, ...shapes]),
    slots: own,
    limits: { takesSeveralOnCache: true },
  };
}

/** A cache of which the part reads the shape: one of its own that is alike, else zeros. */
function shapeFeed(slot: CacheSlot, own: readonly CacheSlot[]): NamedFeed {
  const { past: name, elementType, emptyDims, sequenceAxis } = slot;
  const alike = own.findIndex(
    (other) =>
      other.elementType === elementType &&
      other.sequenceAxis === sequenceAxis &&
      other.emptyDims.join() === emptyDims.join(),
  );
  const buffer = isNumberType(elementType) ? new NumberBuffer(elementType, () => 0) : null;
  const make: Feed = (past, _fed, cache) => {
    const same = cache[alike];
    if (same) return same;
    const dims = emptyDims.map((dim, axis) => (axis === sequenceAxis ? past : dim));
    const count = dims.reduce((product, dim) => product * dim, 1);
    return buffer?.tensor(0, count, dims) ?? zeros(elementType, dims);
  };
  return { name, make };
}

/** The hidden states that a part is fed; behind them zeros, where its graph fixes the number of tokens. */
function hiddenFeed(
  { part, stage }: PartSession,
  rank: () => number,
  rowsOf: (past: number, fed: number) => Float32Array,
): NamedFeed[] {
  if (part.hiddenInput === null) return [];
  const make: Feed = (past, fed) => {
    const rows = rowsOf(past, fed);
    const width = rows.length / fed;
    const count = stage.fixedTokens ?? fed;
    const padded = new Float32Array(count === fed ? 0 : count * width);
    padded.set(count === fed ? [] : rows);
    // A graph may hold the residual stream without the dimension of the batch.
    const dims = rank() === 2 ? [count, width] : [1, count, width];
    return new Tensor('float32', count === fed ? rows : padded, dims);
  };
  return [{ name: part.hiddenInput, make }];
}

const logitsOnly: PassRequest = { logits: true, attention: [], hidden: [] };

/** Final norm and head as a function. @param rank dimensions of the hidden states, where they are known better than by the file. */
export function lensOf(
  session: PartSession,
  sequence: ExitContext['sequence'],
  rank: () => number = () => session.part.hiddenRank,
): Lens {
  let next = new Float32Array();
  const stage = new Stage(
    session.stage,
    [],
    hiddenFeed(session, rank, () => next),
  );
  const step = stage.fixedTokens ?? (sequence.lastLogitsOnly ? 1 : Infinity);
  return async (rows, count) => {
    const width = rows.length / count;
    const logits = new Float32Array(count * sequence.vocabularySize);
    for (let start = 0; start < count; start += step) {
      const fed = Math.min(step, count - start);
      next = rows.slice(start * width, (start + fed) * width);
      const ids = new Array<number>(fed).fill(0);
      const outputs = await sequence.turn(() => stage.run(ids, 0, [], logitsOnly));
      const given = floats(outputs.logits as Tensor);
      logits.set(given.subarray(0, fed * sequence.vocabularySize), start * sequence.vocabularySize);
    }
    return logits;
  };
}
