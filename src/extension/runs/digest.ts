import type { Trace } from '../../core/trace/record';
import { boolean, check, integer, nullable, number, object, oneOf, optional, string } from '../../protocol/validate';

/** What the list shows of a run without reading its trace; kept beside it as JSON. */
export interface RunDigest {
  readonly id: string;
  /** The user's name for it; absent until one is given. */
  readonly name?: string;
  readonly pinned?: boolean;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  readonly model: string;
  readonly task: 'text' | 'life';
  readonly decoder: string;
  /** The beginning of the prompt, on one line. */
  readonly prompt: string;
  readonly tokens: number;
  readonly promptTokens: number;
  /** Why it ended; null where its end is not recorded, because the window or the engine went before. */
  readonly finish: string | null;
  readonly tokensPerSecond: number | null;
  /** Accepted of drafted tokens; null where nothing was drafted. */
  readonly acceptanceRate: number | null;
}

const PROMPT_SHOWN = 120;

export function digestOf({ header, tokens, summary }: Trace): RunDigest {
  const prompt =
    header.promptText ??
    tokens
      .slice(0, header.promptLength)
      .map(({ id }) => id)
      .join(', ');
  return {
    id: header.id,
    createdAt: header.createdAt,
    model: header.model.name,
    task: header.model.task,
    decoder: header.decoder.name,
    prompt: prompt.replace(/\s+/g, ' ').trim().slice(0, PROMPT_SHOWN),
    tokens: tokens.length,
    promptTokens: Math.min(header.promptLength, tokens.length),
    finish: summary?.finish ?? null,
    tokensPerSecond: summary?.tokensPerSecond ?? null,
    acceptanceRate: summary?.speculation?.acceptanceRate ?? null,
  };
}

/** What a list calls a run: the user's name for it, else its prompt; empty where neither says anything. */
export function labelOf({ name, prompt }: Pick<RunDigest, 'name' | 'prompt'>): string {
  return name ?? prompt;
}

const text = string({ max: 10_000 });
const shape = object({
  id: text,
  name: optional(text),
  pinned: optional(boolean()),
  createdAt: text,
  model: text,
  task: oneOf('text', 'life'),
  decoder: text,
  prompt: text,
  tokens: integer({ min: 0 }),
  promptTokens: integer({ min: 0 }),
  finish: nullable(text),
  tokensPerSecond: nullable(number()),
  acceptanceRate: nullable(number()),
});

/** @throws Problem `bad-request` where the text is no digest, SyntaxError where it is no JSON. */
export function readDigest(json: string): RunDigest {
  return check(shape, JSON.parse(json), 'The digest of a run');
}
