import { decodeUtf8, encodeUtf8 } from '../text/utf8';
import type { SpeculationSummary } from '../trace/record';
import type { CompletionPart, ServerToken } from './completion';
import { countOf, isObject, listOf, logProbabilityOf, malformed, objectOf, type Json } from './json';
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

/**
 * Reads an answer of `/completion` of llama.cpp's own server, or a piece of its stream.
 * https://github.com/ggml-org/llama.cpp/blob/master/tools/server/README.md
 * @param asked `logprobs` is `n_probs`; −1 where that was the whole vocabulary.
 * @throws CoreError `server-answer` where it is none, or tells tokens without ids.
 */
export function readLlamaCompletion(value: unknown, asked: LlamaAsked): CompletionPart {
  const answer = objectOf(value, 'the completion');
  const text = typeof answer['content'] === 'string' ? answer['content'] : '';
  const ended = answer['stop'] === true;
  const timings = isObject(answer['timings']) ? answer['timings'] : {};
  const speculation = ended ? draftsOf(timings) : null;
  return {
    tokens: tokensOf(answer, text, asked),
    text,
    finish: ended ? (answer['stop_type'] === 'limit' ? 'length' : 'stop') : null,
    ...(speculation === null ? {} : { speculation }),
    ...timingOf(timings),
  };
}

/** How many tokens the server says it has generated so far; null where it does not. */
export function generatedSoFar(value: unknown): number | null {
  const count = isObject(value) ? value['tokens_predicted'] : undefined;
  return typeof count === 'number' && Number.isSafeInteger(count) && count >= 0 ? count : null;
}

function tokensOf(answer: Json, text: string, { logprobs: asked, vocabularySize }: LlamaAsked): ServerToken[] {
  const told = answer['completion_probabilities'];
  if (told == null) {
    const ids = answer['tokens'] == null ? [] : listOf(answer['tokens'], '"tokens"');
    if (ids.length === 0 && text !== '' && answer['stop'] !== true) throw malformed('it has no probabilities');
    // Of a step that verified a draft it tells the ids alone; the last piece of a stream has none.
    return ids.map((id, i) => ({
      id: countOf(id, 'an id'),
      text: i === ids.length - 1 ? text : '',
      judgement: null,
    }));
  }
  const places = listOf(told, '"completion_probabilities"').map((each) => objectOf(each, 'a place'));
  return places.map((place) => {
    if (place['id'] === undefined) throw malformed('it names its tokens without ids: its version is too old');
    const id = countOf(place['id'], 'an id');
    const own = textOf(place);
    const alternatives = listOf(place['top_logprobs'] ?? [], '"top_logprobs"').map((each): ToldAlternative => {
      const entry = objectOf(each, 'an alternative');
      return {
        id: countOf(entry['id'], 'an id'),
        text: textOf(entry),
        logProbability: logProbabilityOf(lowest(entry['logprob']), 'a logprob'),
      };
    });
    const logProbability = logProbabilityOf(lowest(place['logprob']), 'a logprob');
    // Without alternatives what stands as logprob is none.
    const judgement =
      alternatives.length === 0 && asked !== 0
        ? null
        : judgementOf({ id, text: own, logProbability, rank: null, alternatives, asked, vocabularySize });
    return { id, text: own, judgement };
  });
}

/** It writes the lowest number of its type for the logarithm of 0, which JSON may give as null. */
function lowest(value: unknown): unknown {
  return value === null ? -1e30 : typeof value === 'number' ? Math.max(value, -1e30) : value;
}

/** A token's text; the bytes of a part of a character as `<0xE2>`. */
function textOf(entry: Json): string {
  const bytes = Array.isArray(entry['bytes']) ? bytesOf(entry['bytes']) : null;
  if (bytes !== null && bytes.length > 0) return decodeUtf8(bytes, hexOf);
  return typeof entry['token'] === 'string' ? entry['token'] : '';
}

function bytesOf(list: readonly unknown[]): number[] {
  return list.map((each) => {
    const byte = countOf(each, 'a byte');
    if (byte > 255) throw malformed('a byte is larger than 255');
    return byte;
  });
}

function hexOf(byte: number): string {
  return `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`;
}

/** `draft_n` and `draft_n_accepted`: sums alone, so neither how many drafts there were nor where they stood is known. */
function draftsOf(timings: Json): ReportedSpeculation | null {
  if (timings['draft_n'] == null) return null;
  const drafted = countOf(timings['draft_n'], '"draft_n"');
  const accepted = countOf(timings['draft_n_accepted'] ?? 0, '"draft_n_accepted"');
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

function timingOf({ prompt_ms: first, predicted_ms: rest }: Json): Pick<CompletionPart, 'timing'> {
  const told = typeof first === 'number' && first >= 0 && typeof rest === 'number' && rest >= 0;
  return told ? { timing: { first, rest } } : {};
}

/**
 * Reads an answer of `/tokenize` with `with_pieces`: a piece is a text, or a list of bytes where it is no whole character.
 * @throws CoreError `server-answer`.
 */
export function readLlamaTokens(value: unknown): LlamaToken[] {
  return listOf(objectOf(value, 'the tokens')['tokens'], '"tokens"').map((each) => {
    const { id, piece } = objectOf(each, 'a token');
    if (Array.isArray(piece)) {
      const bytes = bytesOf(piece);
      return { id: countOf(id, 'an id'), text: decodeUtf8(bytes, hexOf), bytes };
    }
    const text = typeof piece === 'string' ? piece : '';
    return { id: countOf(id, 'an id'), text, bytes: encodeUtf8(text) };
  });
}
