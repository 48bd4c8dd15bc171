import type { EarlyExit } from '../../src/core/decode/decoder';
import type { CausalModel } from '../../src/core/sequence/causal';
import { ExitModel, SplitModel } from '../../src/core/decode/exit/split';
import { type LowerPart, Trunk } from '../../src/core/decode/exit/trunk';

/** A model of two tables: what its lower layers would say, and what it says. */
export interface ExitTable {
  readonly target: CausalModel;
  readonly exit: EarlyExit;
  /** Tokens that each part was fed, all passes together. */
  readonly fed: { lower: number; upper: number; lens: number };
}

export interface ExitTableOptions {
  readonly vocabularySize: number;
  readonly early: (context: readonly number[]) => ArrayLike<number>;
  readonly whole: (context: readonly number[]) => ArrayLike<number>;
  readonly layer?: number;
  readonly layers?: number;
  readonly contextLength?: number;
  readonly chunk?: number;
  /** For trunks with something wrong in them. */
  readonly trunkOf?: (lower: LowerPart) => Trunk;
}

/**
 * Cut in two as the engine cuts real ones. The hidden state of a token names the context that it was computed in, and both
 * the lens and the upper part speak of that context: who reads a hidden state of another continuation says other things.
 */
export function exitTable(options: ExitTableOptions): ExitTable {
  const { vocabularySize, early, whole, layer = 1, layers = 2, contextLength = Infinity, chunk = 512 } = options;
  const fed = { lower: 0, upper: 0, lens: 0 };
  const contexts: (readonly number[])[] = [];
  const held: number[] = [];
  const lower: LowerPart = {
    vocabularySize,
    contextLength,
    chunk,
    get length() {
      return held.length;
    },
    extend: (tokens) => {
      fed.lower += tokens.length;
      const rows = tokens.map((token) => {
        held.push(token);
        return contexts.push([...held]) - 1;
      });
      return Promise.resolve(Float32Array.from(rows));
    },
    rollback: (length) => {
      held.length = length;
    },
  };
  const trunk = options.trunkOf?.(lower) ?? new Trunk(lower);
  const say = (rows: Float32Array, table: ExitTableOptions['early']): Float32Array => {
    const logits = new Float32Array(rows.length * vocabularySize);
    rows.forEach((row, i) => {
      const p = table(contexts[row] ?? []);
      for (let id = 0; id < vocabularySize; id++) logits[i * vocabularySize + id] = Math.log(p[id] as number);
    });
    return logits;
  };
  let above = 0;
  const upper: CausalModel = {
    vocabularySize,
    contextLength,
    chunk,
    get length() {
      return above;
    },
    extend: (tokens) => {
      if (above + tokens.length > contextLength) return Promise.reject(new Error('The context is full.'));
      fed.upper += tokens.length;
      const logits = say(trunk.rows(above, tokens.length), whole);
      above += tokens.length;
      return Promise.resolve(logits);
    },
    rollback: (length) => {
      above = length;
    },
  };
  const draft = new ExitModel(trunk, (rows, count) => {
    fed.lens += count;
    return Promise.resolve(say(rows, early));
  });
  return { target: new SplitModel(trunk, upper), exit: { layer, layers, draft }, fed };
}
