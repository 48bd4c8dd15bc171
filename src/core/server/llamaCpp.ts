import { decodeUtf8, encodeUtf8 } from '../text/utf8';
import type { SpeculationSummary } from '../trace/record';
import type { CompletionPart, ServerToken } from './completion';
import {
  array,
  boolean,
  integer,
  maybe,
  number,
  object,
  optional,
  orElse,
  readOrNull,
  union,
  type Check,
  type Checked,
} from '../check/check';
import { count, list, logProbability, malformed, MANY, readAnswer, text } from './answer';
import { judgementOf, type ToldAlternative } from './judgement';
import type { ReportedSpeculation } from './speculation';

/** A token of a prompt, as `/tokenize` with `with_pieces` tells it. */
export interface LlamaToken {
  readonly id: number;
  readonly text: string;
  readonly bytes: readonly number[];
}

export interface LlamaAsked {
  readonly logprobs: number;
  /** null where the server does not say. */
  readonly vocabularySize: number | null;
}

const bytes = array(integer({ min: 0, max: 255 }), MANY);

/** It writes the lowest number of its type for the logarithm of 0, which JSON may give as null. */
const lowest: Check<number> = {
  expected: logProbability.expected,
  read: (value) =>
    logProbability.read(value === null ? -1e30 : typeof value === 'number' ? Math.max(value, -1e30) : value),
};

const named = { token: orElse(text, ''), bytes: maybe(bytes) };
const placeCheck = object({
  id: optional(count),
  ...named,
  logprob: optional(lowest),
  top_logprobs: maybe(list(object({ id: count, ...named, logprob: lowest }))),
});

const timingsCheck = object({
  draft_n: maybe(count),
  draft_n_accepted: maybe(count),
  prompt_ms: orElse(number({ min: 0 }), null),
  predicted_ms: orElse(number({ min: 0 }), null),
});

const completionCheck = object({
  content: orElse(text, ''),
  stop: orElse(boolean(), false),
  stop_type: orElse(text, ''),
  timings: maybe(timingsCheck),
  tokens: maybe(list(count)),
  completion_probabilities: maybe(list(placeCheck)),
});
type Completion = Checked<typeof completionCheck>;

/**
 * Reads an answer of `/completion` of llama.cpp's own server, or a piece of its stream.
 * https://github.com/ggml-org/llama.cpp/blob/master/tools/server/README.md
 * @param asked `logprobs` is `n_probs`; −1 where that was the whole vocabulary.
 * @throws CoreError `server-answer` where it is none, or tells tokens without ids.
 */
export function readLlamaCompletion(value: unknown, asked: LlamaAsked): CompletionPart {
  const answer = readAnswer(completionCheck, value, 'the completion');
  const { content, stop, stop_type, timings } = answer;
  const speculation = stop ? draftsOf(timings) : null;
  const [first, rest] = [timings?.prompt_ms ?? null, timings?.predicted_ms ?? null];
  return {
    tokens: tokensOf(answer, asked),
    text: content,
    finish: stop ? (stop_type === 'limit' ? 'length' : 'stop') : null,
    ...(speculation === null ? {} : { speculation }),
    ...(first !== null && rest !== null ? { timing: { first, rest } } : {}),
  };
}

const progress = object({ tokens_predicted: count });

/** How many tokens the server says it has generated so far; null where it does not. */
export function generatedSoFar(value: unknown): number | null {
  return readOrNull(progress, value)?.tokens_predicted ?? null;
}

function tokensOf(answer: Completion, { logprobs: asked, vocabularySize }: LlamaAsked): ServerToken[] {
  const { completion_probabilities: places, content, stop } = answer;
  if (places === null) {
    const ids = answer.tokens ?? [];
    if (ids.length === 0 && content !== '' && !stop) throw malformed('it has no probabilities');
    // Of a step that verified a draft it tells the ids alone; the last piece of a stream has none.
    return ids.map((id, i) => ({ id, text: i === ids.length - 1 ? content : '', judgement: null }));
  }
  return places.map((place) => {
    const { id, logprob: logProbability, top_logprobs: top } = place;
    if (id === undefined) throw malformed('it names its tokens without ids: its version is too old');
    if (logProbability === undefined) throw malformed('a token of it has no "logprob"');
    const own = textOf(place);
    const alternatives = (top ?? []).map((entry): ToldAlternative => ({
      id: entry.id,
      text: textOf(entry),
      logProbability: entry.logprob,
    }));
    // Without alternatives what stands as logprob is none.
    const judgement =
      alternatives.length === 0 && asked !== 0
        ? null
        : judgementOf({ id, text: own, logProbability, rank: null, alternatives, asked, vocabularySize });
    return { id, text: own, judgement };
  });
}

/** A token's text; the bytes of a part of a character as `<0xE2>`. */
function textOf({ token, bytes }: { readonly token: string; readonly bytes: readonly number[] | null }): string {
  return bytes !== null && bytes.length > 0 ? decodeUtf8(bytes, hexOf) : token;
}

function hexOf(byte: number): string {
  return `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`;
}

/** `draft_n` and `draft_n_accepted`: sums alone, so neither how many drafts there were nor where they stood is known. */
function draftsOf(timings: Completion['timings']): ReportedSpeculation | null {
  const [drafted, accepted] = [timings?.draft_n ?? null, timings?.draft_n_accepted ?? 0];
  if (drafted === null) return null;
  if (accepted > drafted) throw malformed('it accepts more than it drafts');
  const summary: SpeculationSummary = {
    passes: 0,
    drafted,
    accepted,
    acceptanceRate: drafted === 0 ? null : accepted / drafted,
    meanAcceptanceLength: null,
    acceptedByPosition: [],
    alpha: null,
  };
  return drafted === 0 ? null : { steps: [], summary };
}

const tokensCheck = object({ tokens: list(object({ id: count, piece: maybe(union(text, bytes)) })) });

/**
 * Reads an answer of `/tokenize` with `with_pieces`: a piece is a text, or a list of bytes where it is no whole character.
 * @throws CoreError `server-answer`.
 */
export function readLlamaTokens(value: unknown): LlamaToken[] {
  return readAnswer(tokensCheck, value, 'the answer').tokens.map(({ id, piece }) =>
    piece === null || typeof piece === 'string'
      ? { id, text: piece ?? '', bytes: encodeUtf8(piece ?? '') }
      : { id, text: decodeUtf8(piece, hexOf), bytes: piece },
  );
}
