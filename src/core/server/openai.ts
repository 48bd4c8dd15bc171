import { decodeUtf8 } from '../text/utf8';
import type { CompletionPart, ServerToken } from './completion';
import { isObject, listOf, logProbabilityOf, malformed, objectOf, type Json } from './json';
import { judgementOf, type ToldAlternative } from './judgement';

/** Numbers the texts of a run, from 0, in the order in which they come: for servers that name tokens by their text alone. */
export class TextNumbers {
  private readonly numbers = new Map<string, number>();

  /** @param same how many tokens of the same text stood before it in the same list: they are different tokens. */
  of(text: string, same = 0): number {
    const key = same === 0 ? text : `${text}\u0000${same}`;
    const known = this.numbers.get(key);
    if (known !== undefined) return known;
    this.numbers.set(key, this.numbers.size);
    return this.numbers.size - 1;
  }

  /** A list of tokens with their numbers as ids. */
  each<T extends { readonly text: string }>(tokens: readonly T[]): (T & { readonly id: number })[] {
    const before = new Map<string, number>();
    return tokens.map((token) => {
      const same = before.get(token.text) ?? 0;
      before.set(token.text, same + 1);
      return { ...token, id: this.of(token.text, same) };
    });
  }
}

/**
 * Reads an answer of `/v1/completions` or `/v1/chat/completions`, or a piece of its stream, of a server that tells no ids. Both
 * forms of logprobs are read wherever they stand: servers mix them.
 * https://platform.openai.com/docs/api-reference/chat/object
 * https://platform.openai.com/docs/api-reference/completions/object
 * @param asked how many of the most probable tokens were asked for.
 * @throws CoreError `server-answer` where it is none, or has text without logprobs.
 */
export function readOpenAiCompletion(value: unknown, asked: number, numbers: TextNumbers): CompletionPart {
  const answer = objectOf(value, 'the completion');
  const choices = listOf(answer['choices'], '"choices"');
  // A stream may end with a piece of counts alone.
  if (choices.length === 0) return { tokens: [], text: '', finish: null };
  const choice = objectOf(choices[0], '"choices[0]"');
  const text = [choice, choice['delta'], choice['message']].map(contentOf).find((each) => each !== '') ?? '';
  return {
    tokens: tokensOf(choice['logprobs'], text, asked, numbers),
    text,
    finish: typeof choice['finish_reason'] === 'string' ? choice['finish_reason'] : null,
  };
}

function contentOf(value: unknown): string {
  const { text, content } = isObject(value) ? value : {};
  return [text, content].find((each) => typeof each === 'string') ?? '';
}

/** Whether an answer has probabilities at all. */
export function tellsLogprobs(value: unknown): boolean {
  const choices = isObject(value) && Array.isArray(value['choices']) ? value['choices'] : [];
  return choices.some(
    (choice) => isObject(choice) && isObject(choice['logprobs']) && placesOf(choice['logprobs']).length > 0,
  );
}

interface Told {
  readonly text: string;
  readonly logProbability: number;
}

function tokensOf(logprobs: unknown, text: string, asked: number, numbers: TextNumbers): ServerToken[] {
  const places = isObject(logprobs) ? placesOf(logprobs) : [];
  if (places.length === 0 && text !== '') throw malformed('it has no logprobs');
  return places.map(({ own, top }) => {
    const alternatives: readonly ToldAlternative[] = numbers.each(top);
    const mine = top.findIndex((each) => each.text === own.text && each.logProbability === own.logProbability);
    const id = alternatives[mine]?.id ?? numbers.of(own.text);
    return { id, text: own.text, judgement: judgementOf({ ...own, id, rank: null, alternatives, asked }) };
  });
}

/** `{content: [{token, bytes, logprob, top_logprobs: [...]}]}`, or `{tokens, token_logprobs, top_logprobs: [{text: logprob}]}`. */
function placesOf(logprobs: Json): { readonly own: Told; readonly top: readonly Told[] }[] {
  if (Array.isArray(logprobs['content'])) {
    return logprobs['content'].map((each) => {
      const place = objectOf(each, 'a place of "logprobs"');
      const top = place['top_logprobs'] == null ? [] : listOf(place['top_logprobs'], '"top_logprobs"');
      return { own: toldOf(place), top: top.map((one) => toldOf(objectOf(one, 'an alternative'))) };
    });
  }
  if (logprobs['tokens'] == null) return [];
  const names = listOf(logprobs['tokens'], '"tokens"');
  const values = listOf(logprobs['token_logprobs'], '"token_logprobs"');
  const tops = logprobs['top_logprobs'] == null ? [] : listOf(logprobs['top_logprobs'], '"top_logprobs"');
  if (values.length !== names.length) throw malformed('its tokens and logprobs are not equally many');
  return names.map((name, i) => {
    if (typeof name !== 'string') throw malformed(`"tokens[${i}]" is no text`);
    const top = tops[i] == null ? {} : objectOf(tops[i], `"top_logprobs[${i}]"`);
    return {
      own: { text: name, logProbability: logProbabilityOf(values[i], `"token_logprobs[${i}]"`) },
      top: Object.entries(top).map(([text, each]) => ({
        text,
        logProbability: logProbabilityOf(each, `"top_logprobs[${i}]"`),
      })),
    };
  });
}

function toldOf({ token, bytes, logprob }: Json): Told {
  if (typeof token !== 'string') throw malformed('a token has no text');
  // A part of a character is a mark in the text and whole in the bytes.
  const exact =
    token.includes('\uFFFD') && Array.isArray(bytes) && bytes.every((byte) => typeof byte === 'number')
      ? decodeUtf8(bytes, (byte) => `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`)
      : token;
  return { text: exact, logProbability: logProbabilityOf(logprob, 'a logprob') };
}
