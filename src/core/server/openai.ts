import { decodeUtf8 } from '../text/utf8';
import type { CompletionPart, ServerToken } from './completion';
import { anything, array, entries, integer, maybe, object, orElse, readOrNull, type Checked } from '../check/check';
import { list, logProbability, malformed, MANY, readAnswer, text } from './answer';
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

const bytes = orElse(array(integer({ min: 0, max: 255 }), MANY), null);
const told = object({ token: text, bytes, logprob: logProbability });

/** Both forms of logprobs, wherever they stand: servers mix them. */
const choiceCheck = object({
  text: orElse(text, ''),
  delta: orElse(object({ text: orElse(text, ''), content: orElse(text, '') }), null),
  message: orElse(object({ text: orElse(text, ''), content: orElse(text, '') }), null),
  content: orElse(text, ''),
  logprobs: maybe(
    object({
      content: maybe(list(object({ token: text, bytes, logprob: logProbability, top_logprobs: maybe(list(told)) }))),
      tokens: maybe(list(text)),
      token_logprobs: maybe(list(logProbability)),
      top_logprobs: maybe(list(maybe(entries(logProbability, MANY)))),
    }),
  ),
  finish_reason: orElse(text, null),
});
type Logprobs = NonNullable<Checked<typeof choiceCheck>['logprobs']>;

const completionCheck = object({ choices: list(choiceCheck) });

/**
 * Reads an answer of `/v1/completions` or `/v1/chat/completions`, or a piece of its stream, of a server that tells no ids.
 * https://platform.openai.com/docs/api-reference/chat/object
 * https://platform.openai.com/docs/api-reference/completions/object
 * @param asked how many of the most probable tokens were asked for.
 * @throws CoreError `server-answer` where it is none, or has text without logprobs.
 */
export function readOpenAiCompletion(value: unknown, asked: number, numbers: TextNumbers): CompletionPart {
  const [choice] = readAnswer(completionCheck, value, 'the completion').choices;
  // A stream may end with a piece of counts alone.
  if (choice === undefined) return { tokens: [], text: '', finish: null };
  const texts = [choice, choice.delta, choice.message].flatMap((each) => (each ? [each.text, each.content] : []));
  const whole = texts.find((each) => each !== '') ?? '';
  return { tokens: tokensOf(choice.logprobs, whole, asked, numbers), text: whole, finish: choice.finish_reason };
}

const anyLogprobs = object({ choices: list(object({ logprobs: anything() })) });

/** Whether an answer has probabilities at all. */
export function tellsLogprobs(value: unknown): boolean {
  const answer = readOrNull(anyLogprobs, value);
  return (answer?.choices ?? []).some(({ logprobs }) => {
    const read = readOrNull(object({ content: maybe(list(anything())), tokens: maybe(list(anything())) }), logprobs);
    return (read?.content ?? read?.tokens ?? []).length > 0;
  });
}

interface Told {
  readonly text: string;
  readonly logProbability: number;
}

function tokensOf(logprobs: Logprobs | null, whole: string, asked: number, numbers: TextNumbers): ServerToken[] {
  const places = logprobs ? placesOf(logprobs) : [];
  if (places.length === 0 && whole !== '') throw malformed('it has no logprobs');
  return places.map(({ own, top }) => {
    const alternatives: readonly ToldAlternative[] = numbers.each(top);
    const mine = top.findIndex((each) => each.text === own.text && each.logProbability === own.logProbability);
    const id = alternatives[mine]?.id ?? numbers.of(own.text);
    return { id, text: own.text, judgement: judgementOf({ ...own, id, rank: null, alternatives, asked }) };
  });
}

/** `{content: [{token, bytes, logprob, top_logprobs: [...]}]}`, or `{tokens, token_logprobs, top_logprobs: [{text: logprob}]}`. */
function placesOf(logprobs: Logprobs): { readonly own: Told; readonly top: readonly Told[] }[] {
  const { content, tokens: names, token_logprobs: values, top_logprobs: tops } = logprobs;
  if (content) return content.map((place) => ({ own: toldOf(place), top: (place.top_logprobs ?? []).map(toldOf) }));
  if (names === null) return [];
  if (values?.length !== names.length) throw malformed('its tokens and logprobs are not equally many');
  return names.map((name, i) => ({
    own: { text: name, logProbability: values[i]! },
    top: (tops?.[i] ?? []).map(([other, each]) => ({ text: other, logProbability: each })),
  }));
}

function toldOf({ token, bytes, logprob }: Checked<typeof told>): Told {
  // A part of a character is a mark in the text and whole in the bytes.
  const exact =
    token.includes('\uFFFD') && bytes
      ? decodeUtf8(bytes, (byte) => `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`)
      : token;
  return { text: exact, logProbability: logprob };
}
