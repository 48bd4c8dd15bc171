import type { Random } from '../../numeric/random';
import type { DecodeFinish, DecodeRequest, DecodeStep } from '../decoder';
import type { TokenOrigin, Write } from '../../sequence/pass';
import type { CausalModel } from '../../sequence/causal';
import { readPrompt, rowsOf } from '../prefill';
import { checkRequest, lengthOf } from '../request';
import { judgeByRule, type Judge } from './judge';
import type { AcceptanceRule } from './rule';
import type { Proposal } from './verify';

/** Proposes what may come next. */
export interface Drafter {
  /**
   * Before the first draft: reads the prompt, where that takes a model.
   * @param row [vocabulary] the target's logits of the first token after it.
   */
  begin(prompt: readonly number[], row: Float32Array): Promise<void>;
  /**
   * At most `most` tokens (1 or more) after the sequence; none where it has nothing to propose. How many there are may
   * depend on the tokens before each, never on whether the target will like it: else the result is not exact.
   */
  propose(sequence: readonly number[], most: number): Promise<readonly Proposal[]>;
  /**
   * How many of the tokens that were proposed last, cut to `drafted`, now stand in the sequence.
   * @param row row i: the target's logits at the place of drafted token i; row `drafted`: after all of them. What stands
   *            after the first rejection follows a token that is not in the sequence.
   */
  learn(drafted: number, accepted: number, row: (i: number) => Float32Array): void;
}

/** Where drafts come from, and how they are judged: by a rule with draws, or by a judge of the decoder's own. */
export type Speculation = { readonly drafter: Drafter } & (
  { readonly rule: AcceptanceRule; readonly random: Random } | { readonly judge: Judge }
);

/**
 * Draft and verify. The prompt is read, and the first token drawn, as without a draft; then every pass feeds the newest
 * token and a draft after it, keeps what the rule accepts and adds one token of the target's. A draft is cut after a token
 * that ends the text, and to what is left of the context, of `maxNewTokens` and of a pass; where nothing was drafted the
 * pass draws one token plainly. The target is rolled back to the accepted tokens before the next pass.
 */
export async function* speculate(
  target: CausalModel,
  request: DecodeRequest,
  { drafter, ...how }: Speculation,
): AsyncGenerator<DecodeStep, DecodeFinish> {
  checkRequest(target, request);
  const { prompt, signal } = request;
  const clock = request.clock ?? Date.now;
  const endIds = new Set(request.endIds);
  const { limit, finish } = lengthOf(target, request);
  const judge = 'judge' in how ? how.judge : judgeByRule(how.rule, how.random, request);

  const read = yield* readPrompt(target, request, clock);
  if (read === null) return 'cancelled';
  const sequence = [...prompt];
  const write = (id: number, origin: TokenOrigin, row: Float32Array): Write => ({
    index: sequence.push(id) - 1,
    id,
    origin,
    row,
  });
  const isOver = (): boolean => sequence.length >= limit || endIds.has(sequence.at(-1) as number);
  if (sequence.length >= limit) {
    yield read.step;
    return finish;
  }
  const first = write(judge.choose(read.row, sequence.length), 'sampled', read.row);
  const withFirst = { ...read.step, writes: [...read.step.writes, first] };
  if (isOver()) {
    yield withFirst;
  } else {
    const before = clock();
    await drafter.begin(prompt, read.row);
    yield { ...withFirst, draftMilliseconds: clock() - before };
  }

  while (!isOver()) {
    if (signal.aborted) return 'cancelled';
    const most = Math.min(limit - sequence.length, target.chunk) - 1;
    const started = clock();
    const drafted = most > 0 ? untilEnd(await drafter.propose(sequence, most), endIds) : [];
    const draftMilliseconds = clock() - started;
    if (signal.aborted) return 'cancelled';

    const start = sequence.length;
    const cached = target.length;
    const fed = [sequence.at(-1) as number, ...drafted.map(({ id }) => id)];
    const before = clock();
    const logits = await target.extend(fed);
    const milliseconds = clock() - before;
    const row = rowsOf(logits, target.vocabularySize);
    const step = { cached, fed: fed.length, milliseconds, ...(most > 0 ? { draftMilliseconds } : {}) };
    if (drafted.length === 0) {
      yield { ...step, writes: [write(judge.choose(row(0), start), 'sampled', row(0))] };
      continue;
    }
    const speculation = judge.verify({ start, drafted, row });
    const { accepted, next } = speculation;
    target.rollback(start + accepted);
    drafter.learn(drafted.length, accepted, row);
    const writes = drafted.slice(0, accepted).map(({ id }, i) => write(id, 'accepted', row(i)));
    if (next) writes.push(write(next.id, next.origin, row(accepted)));
    yield { ...step, writes, speculation };
  }
  return endIds.has(sequence.at(-1) as number) ? 'end-of-text' : finish;
}

/** The tokens up to the first that ends the text. */
function untilEnd(drafted: readonly Proposal[], endIds: ReadonlySet<number>): readonly Proposal[] {
  const end = drafted.findIndex(({ id }) => endIds.has(id));
  return end < 0 ? drafted : drafted.slice(0, end + 1);
}
