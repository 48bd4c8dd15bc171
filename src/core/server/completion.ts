import type { Judgement } from '../trace/record';
import { anything, entries, maybe, number, object, orElse, type Checked } from '../check/check';
import { count, list, logProbability, malformed, MANY, readAnswer, text } from './answer';
import { judgementOf, type ToldAlternative } from './judgement';
import { readSpeculation, type ReportedSpeculation } from './speculation';

/** A token as a server told it. */
export interface ServerToken {
  readonly id: number;
  /** What it adds to the text; empty for a token within a character, whose last token has all of it. */
  readonly text: string;
  /** null for the first token of a prompt, and where the server told no probability. */
  readonly judgement: Judgement | null;
}

/** A completion, or one piece of a stream of them. What is absent was not told. */
export interface CompletionPart {
  readonly prompt?: readonly ServerToken[];
  /** Ids of the prompt where they were told without probabilities. */
  readonly promptIds?: readonly number[];
  readonly tokens: readonly ServerToken[];
  readonly text: string;
  /** `stop`, `length`, or what else the server says; null while it goes on. */
  readonly finish: string | null;
  readonly speculation?: ReportedSpeculation;
  /** Milliseconds until the first token, and from it to the last. */
  readonly timing?: { readonly first: number; readonly rest: number };
}

/** How many of the most probable tokens were asked for; −1 for all. */
export interface Asked {
  readonly logprobs: number;
  readonly promptLogprobs: number;
}

const BY_ID = 'token_id:';

const choiceCheck = object({
  text: orElse(text, ''),
  token_ids: maybe(list(count)),
  logprobs: maybe(
    object({
      tokens: list(text),
      token_logprobs: list(logProbability),
      top_logprobs: maybe(list(maybe(entries(logProbability, MANY)))),
    }),
  ),
  prompt_token_ids: maybe(list(count)),
  /** `{"3987": {logprob, rank, decoded_token}}`: keyed by id, and with ranks. */
  prompt_logprobs: maybe(
    list(
      maybe(entries(object({ logprob: logProbability, rank: maybe(count), decoded_token: orElse(text, '') }), MANY)),
    ),
  ),
  finish_reason: orElse(text, null),
});
type Choice = Checked<typeof choiceCheck>;

const milliseconds = orElse(number({ min: 0 }), null);
const completionCheck = object({
  choices: list(choiceCheck),
  metrics: orElse(
    object({
      speculative_decoding: orElse(anything(), null),
      time_to_first_token_ms: milliseconds,
      generation_time_ms: milliseconds,
    }),
    null,
  ),
});

/**
 * Reads an answer of `/v1/completions` (vLLM's OpenAI-compatible server), or a piece of its stream.
 * @throws CoreError `server-answer` where it is none, has no logprobs, or does not name its tokens by id.
 */
export function readCompletion(value: unknown, asked: Asked): CompletionPart {
  const { choices, metrics } = readAnswer(completionCheck, value, 'the completion');
  const speculation = readSpeculation(metrics?.speculative_decoding);
  const [first, rest] = [metrics?.time_to_first_token_ms ?? null, metrics?.generation_time_ms ?? null];
  const about = {
    ...(speculation === null ? {} : { speculation }),
    ...(first !== null && rest !== null ? { timing: { first, rest } } : {}),
  };
  const [choice] = choices;
  if (choice === undefined) return { tokens: [], text: '', finish: null, ...about };
  return {
    ...promptPart(choice, asked.promptLogprobs),
    tokens: generated(choice, asked.logprobs),
    text: choice.text,
    finish: choice.finish_reason,
    ...about,
  };
}

/**
 * The tokens of the prompt of an answer, whatever it generated.
 * @param asked `prompt_logprobs`.
 * @throws CoreError `server-answer` where it has none.
 */
export function readPrompt(value: unknown, asked: number): readonly ServerToken[] {
  const [choice] = readAnswer(completionCheck, value, 'the completion').choices;
  const prompt = choice && promptPart(choice, asked).prompt;
  if (prompt === undefined) throw malformed('it has no prompt_logprobs');
  return prompt;
}

function generated({ token_ids: ids, logprobs, text: whole }: Choice, asked: number): ServerToken[] {
  if (logprobs === null) {
    if (whole === '' && (ids === null || ids.length === 0)) return [];
    throw malformed('it has no logprobs');
  }
  const { tokens: names, token_logprobs: values, top_logprobs: tops } = logprobs;
  if (values.length !== names.length || (ids !== null && ids.length !== names.length)) {
    throw malformed('its tokens, ids and logprobs are not equally many');
  }
  return names.map((name, i) => {
    const id = ids === null ? idOf(name) : ids[i]!;
    if (id === null) throw malformed('it does not name its tokens by id');
    // Named by its id, a token's own text is told only where it is the only one.
    const own = idOf(name) !== id ? name : names.length === 1 ? whole : '';
    const alternatives = (tops?.[i] ?? []).map(([key, each]): ToldAlternative => ({
      id: idOf(key),
      text: idOf(key) === id ? own : idOf(key) === null ? key : '',
      logProbability: each,
    }));
    const judged = { id, text: own, logProbability: values[i]!, rank: null, alternatives, asked };
    return { id, text: own, judgement: judgementOf(judged) };
  });
}

/** The id in `token_id:7042` (`return_tokens_as_token_ids`); null for other names. */
function idOf(name: string): number | null {
  if (!name.startsWith(BY_ID)) return null;
  const digits = name.slice(BY_ID.length);
  return /^\d{1,9}$/.test(digits) ? Number(digits) : null;
}

function promptPart(choice: Choice, asked: number): Pick<CompletionPart, 'prompt' | 'promptIds'> {
  const { prompt_token_ids: ids, prompt_logprobs: places } = choice;
  if (ids === null) return {};
  if (places === null) return { promptIds: ids };
  if (places.length !== ids.length) throw malformed('prompt_logprobs and prompt_token_ids are not equally many');
  return { promptIds: ids, prompt: ids.map((id, i) => promptToken(id, places[i] ?? null, asked)) };
}

function promptToken(id: number, place: NonNullable<Choice['prompt_logprobs']>[number], asked: number): ServerToken {
  if (place === null) return { id, text: '', judgement: null };
  const told = place.map(([key, { logprob, rank, decoded_token }]) => ({
    id: readAnswer(count, Number(key), 'an id in prompt_logprobs'),
    text: decoded_token,
    logProbability: logprob,
    rank,
  }));
  const own = told.find((each) => each.id === id);
  if (own === undefined) throw malformed('a token of the prompt has no logprob');
  return { id, text: own.text, judgement: judgementOf({ ...own, alternatives: told, asked }) };
}
