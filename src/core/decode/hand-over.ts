import { CoreError } from '../errors';
import { Random } from '../numeric/random';
import { chooseToken } from './autoregressive';
import type { DecodeFinish, DecodeRequest, Decoder, DecodeStep } from './decoder';
import type { Write } from '../sequence/pass';
import type { CausalModel } from '../sequence/causal';
import { chooseOptions, type DecoderOptions } from './options';
import { readPrompt, rowsOf } from './prefill';
import { checkRequest, lengthOf, needAid } from './request';
import { ofDraft } from './speculation/draft-logits';

const OPTIONS = {
  at: {
    kind: 'integer',
    about: 'Tokens that the model writes before the small one takes over.',
    default: 16,
    min: 0,
    max: 1_000_000,
  },
  block: {
    kind: 'integer',
    about: 'Tokens that the small model writes before the model scores them, in one pass.',
    default: 16,
    min: 1,
    max: 512,
  },
} as const satisfies DecoderOptions;

/**
 * The model writes the beginning, the draft model all the rest (CoDe's setting, arXiv 2411.17787, without its fine-tuning).
 * No rule judges what the small model says: lossy. The model still scores it, a block at a time, so that its surprise at the
 * small one's part is known; those passes are no part of the method.
 */
export const handOver: Decoder = {
  name: 'hand-over',
  about: 'The model writes the beginning, a small one the rest; the model only scores that.',
  exact: false,
  drafts: false,
  needs: ['draft'],
  task: 'any',
  options: OPTIONS,
  decode: decodeAndHandOver,
};

async function* decodeAndHandOver(
  target: CausalModel,
  request: DecodeRequest,
): AsyncGenerator<DecodeStep, DecodeFinish> {
  checkRequest(target, request);
  const { at, block } = chooseOptions(OPTIONS, request.options);
  const draft = needAid(target, request, 'draft');
  const { prompt, sampling, signal } = request;
  const clock = request.clock ?? Date.now;
  const random = Random.fromSeed(sampling.seed);
  const endIds = new Set(request.endIds);
  const whole = lengthOf(target, request);
  if (prompt.length >= draft.contextLength) {
    throw new CoreError(
      'request-invalid',
      `The prompt has ${prompt.length} tokens, and the draft model takes ${draft.contextLength}.`,
    );
  }
  // The small model holds what it continues.
  const small = lengthOf(draft, request);
  const { limit, finish } = small.limit < whole.limit ? small : whole;
  const handedOver = Math.min(prompt.length + at, limit);

  const read = yield* readPrompt(target, request, clock);
  if (read === null) return 'cancelled';
  const sequence = [...prompt];
  const isOver = (): boolean => sequence.length >= limit || endIds.has(sequence.at(-1) as number);
  const ending = (): DecodeFinish => (endIds.has(sequence.at(-1) as number) ? 'end-of-text' : finish);

  let { step, row } = read;
  if (handedOver === prompt.length) {
    yield step;
    if (handedOver === limit) return finish;
    // The block below feeds the newest token first; this one was read with the prompt.
    target.rollback(prompt.length - 1);
  }
  while (sequence.length < handedOver) {
    const id = chooseToken(row, sampling, random);
    yield { ...step, writes: [...step.writes, { index: sequence.push(id) - 1, id, origin: 'sampled', row }] };
    if (isOver()) return ending();
    if (sequence.length === handedOver) break;
    if (signal.aborted) return 'cancelled';
    const cached = target.length;
    const before = clock();
    row = await target.extend([id]);
    step = { cached, fed: 1, milliseconds: clock() - before, writes: [] };
  }

  draft.rollback(0);
  do {
    if (signal.aborted) return 'cancelled';
    const started = clock();
    const start = sequence.length;
    const most = Math.min(block, target.chunk, limit - start);
    do {
      const row = await catchUp(draft, sequence);
      sequence.push(ofDraft(() => chooseToken(row, sampling, random)));
    } while (sequence.length < start + most && !isOver() && !signal.aborted);
    const draftMilliseconds = clock() - started;

    const cached = target.length;
    const before = clock();
    const logits = await target.extend(sequence.slice(cached, -1));
    const milliseconds = clock() - before;
    const rowAt = rowsOf(logits, target.vocabularySize);
    const writes = sequence
      .slice(start)
      .map((id, i): Write => ({ index: start + i, id, origin: 'handed-over', row: rowAt(i) }));
    yield { cached, fed: writes.length, milliseconds, draftMilliseconds, writes };
  } while (!isOver());
  return ending();
}

/** Feeds the tokens that the draft model has not seen; the row after them. */
async function catchUp(draft: CausalModel, sequence: readonly number[]): Promise<Float32Array> {
  let row = new Float32Array();
  while (draft.length < sequence.length) {
    row = (await draft.extend(sequence.slice(draft.length, draft.length + draft.chunk))).slice(-draft.vocabularySize);
  }
  return row;
}
