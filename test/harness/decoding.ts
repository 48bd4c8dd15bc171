import type { DecodeFinish, DecodeRequest, DecodeStep, Decoder } from '../../src/core/decode/decoder';
import type { CausalModel } from '../../src/core/sequence/causal';
import { filterLogits } from '../../src/core/decode/filters';
import { CausalTable, type CausalTableOptions } from '../../src/core/sequence/causal-table';
import { Random } from '../../src/core/numeric/random';
import type { Sampling } from '../../src/core/decode/sampling';
import type { TokenOrigin } from '../../src/core/sequence/pass';
import { chiSquared } from './chiSquared';

export const PLAIN: Sampling = { temperature: 1, topK: 0, topP: 1, minP: 0, seed: 0 };
export const GREEDY: Sampling = { ...PLAIN, temperature: 0 };

export interface Decoded {
  readonly steps: DecodeStep[];
  /** The whole sequence, prompt first. */
  readonly ids: number[];
  readonly origins: TokenOrigin[];
  readonly finish: DecodeFinish;
}

/** Decodes to the end; the prompt is token 0 unless another is given. */
export async function decodeAll(
  decoder: Pick<Decoder, 'decode'>,
  target: CausalModel,
  request: Partial<DecodeRequest> = {},
): Promise<Decoded> {
  const steps: DecodeStep[] = [];
  const generator = decoder.decode(target, {
    prompt: [0],
    maxNewTokens: 8,
    endIds: [],
    sampling: PLAIN,
    signal: { aborted: false },
    ...request,
  });
  for (;;) {
    const next = await generator.next();
    if (next.done) {
      const writes = steps.flatMap((step) => step.writes);
      return {
        steps,
        ids: writes.map(({ id }) => id),
        origins: writes.map(({ origin }) => origin),
        finish: next.value,
      };
    }
    steps.push(next.value);
  }
}

/** Probabilities of a random distribution; the larger `peak`, the more uneven. */
export function randomDistribution(random: Random, size: number, peak = 2): number[] {
  const weights = Array.from({ length: size }, () => random.uniform() ** peak + 0.01);
  const sum = weights.reduce((a, b) => a + b);
  return weights.map((weight) => weight / sum);
}

export type ChainOptions = Partial<CausalTableOptions> & { readonly seed: number; readonly peak?: number };

/** The rows of a Markov chain of order 1, at random. */
export function randomRows(vocabularySize: number, seed: number, peak?: number): number[][] {
  const random = Random.fromSeed(seed);
  return Array.from({ length: vocabularySize }, () => randomDistribution(random, vocabularySize, peak));
}

/** A Markov chain of order 1. @param rows the distribution after each token. */
export function chainOf(rows: readonly (readonly number[])[], options: Partial<CausalTableOptions> = {}): CausalTable {
  return CausalTable.markov(rows.length, 1, Object.fromEntries(rows.entries()), options);
}

/** A Markov chain of order 1 with random rows. */
export function randomChain(vocabularySize: number, { seed, peak, ...options }: ChainOptions): CausalTable {
  return chainOf(randomRows(vocabularySize, seed, peak), options);
}

/** The law of everything that follows the prompt, keyed by its ids, under sampling one token after another. */
export async function sequenceLaw(
  target: CausalModel,
  {
    prompt = [0],
    maxNewTokens,
    endIds = [],
    sampling,
  }: Partial<DecodeRequest> & { maxNewTokens: number; sampling: Sampling },
): Promise<Map<string, number>> {
  const law = new Map<string, number>();
  const visit = async (ids: readonly number[], probability: number): Promise<void> => {
    if (ids.length === maxNewTokens || endIds.includes(ids.at(-1) ?? -1)) {
      law.set(ids.join(), probability);
      return;
    }
    target.rollback(0);
    const rows = await target.extend([...prompt, ...ids]);
    const p = filterLogits(rows.slice(-target.vocabularySize), sampling).probabilities;
    for (const [id, share] of p.entries()) if (share > 0) await visit([...ids, id], probability * share);
  };
  await visit([], 1);
  return law;
}

export interface LawTest {
  readonly decoder: Pick<Decoder, 'decode'>;
  readonly target: CausalModel;
  readonly request: Partial<DecodeRequest> & { readonly maxNewTokens: number; readonly sampling: Sampling };
  readonly samples: number;
  /** What differs from sample to sample beside the seed. */
  readonly aids?: () => NonNullable<DecodeRequest['aids']>;
}

/** p-value of whole sequences, drawn with the seeds 0, 1, 2, ..., against sampling one token after another. */
export async function sequenceTest({ decoder, target, request, samples, aids }: LawTest): Promise<number> {
  const counts = new Map<string, number>();
  const promptLength = request.prompt?.length ?? 1;
  for (let seed = 0; seed < samples; seed++) {
    const { ids } = await decodeAll(decoder, target, {
      ...request,
      sampling: { ...request.sampling, seed },
      ...(aids ? { aids: aids() } : {}),
    });
    const key = ids.slice(promptLength).join();
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return chiSquared(counts, await sequenceLaw(target, request));
}
