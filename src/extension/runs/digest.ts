import { decodedBy } from '../../core/decode/titles';
import { allOptions, type OptionValues } from '../../core/decode/options';
import { findDecoder } from '../../core/decode/registry';
import { locateLife } from '../../core/life/sequence';
import type { Trace } from '../../core/trace/record';
import { generatedText } from '../../core/trace/text';
import { boolean, integer, nullable, number, object, oneOf, optional, string } from '../../core/check/check';
import { check } from '../../protocol/checked';

/** What the list shows of a run without reading its trace; kept beside it as JSON. */
export interface RunDigest {
  readonly id: string;
  /** The user's name for it; absent until one is given. */
  readonly name?: string;
  readonly pinned?: boolean;
  /** The comparison of decoders that it is a row of. */
  readonly comparison?: string;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  readonly model: string;
  readonly task: 'text' | 'life';
  readonly decoder: string;
  /** How it was decoded, in a word or two, with the options that are not at their default. Absent in older ones. */
  readonly decoded?: string;
  /** The beginning of the prompt, on one line. */
  readonly prompt: string;
  /** The beginning of what was generated, on one line; ids without a tokenizer. Absent in older ones. */
  readonly generated?: string;
  /** Live cells of the board that a Life model was given, and of the part of its answer that is there. */
  readonly alive?: { readonly given: number; readonly answered: number };
  readonly tokens: number;
  readonly promptTokens: number;
  /** Why it ended; null where its end is not recorded, because the window or the engine went before. */
  readonly finish: string | null;
  readonly tokensPerSecond: number | null;
  /** Accepted of drafted tokens; null where nothing was drafted. */
  readonly acceptanceRate: number | null;
}

const TEXT_SHOWN = 400;

export function digestOf(trace: Trace): RunDigest {
  const { header, tokens, summary } = trace;
  const ids = (from: number, to?: number): string =>
    tokens
      .slice(from, to)
      .map(({ id }) => id)
      .join(', ');
  const alive = aliveOf(trace);
  return {
    id: header.id,
    createdAt: header.createdAt,
    model: header.model.name,
    task: header.model.task,
    decoder: header.decoder.name,
    decoded: decodedWith(trace),
    prompt: onOneLine(header.promptText ?? ids(0, header.promptLength)),
    generated: onOneLine(generatedText(trace) ?? ids(header.promptLength)),
    ...(alive ? { alive } : {}),
    tokens: tokens.length,
    promptTokens: Math.min(header.promptLength, tokens.length),
    finish: summary?.finish ?? null,
    tokensPerSecond: summary?.tokensPerSecond ?? null,
    acceptanceRate: summary?.speculation?.acceptanceRate ?? null,
  };
}

/** An older digest with what newer ones say, from its trace; what the user gave it stays. */
export function renewedDigest({ name, pinned, comparison }: RunDigest, trace: Trace): RunDigest {
  return {
    ...digestOf(trace),
    ...(name === undefined ? {} : { name }),
    ...(pinned === undefined ? {} : { pinned }),
    ...(comparison === undefined ? {} : { comparison }),
  };
}

function decodedWith({ header: { model, decoder, sampling } }: Trace): string {
  const title = decodedBy(model.server ? 'autoregressive' : decoder.name, sampling.temperature);
  return [title, ...changedOptions(decoder.name, decoder.options)].join(', ');
}

function changedOptions(decoder: string, options: OptionValues = {}): string[] {
  const defaults = allOptions(findDecoder(decoder)?.options ?? {});
  return Object.entries(options)
    .filter(([name, value]) => value !== defaults[name])
    .map(([name, value]) => `${name} ${value}`);
}

function aliveOf({ header, tokens }: Trace): RunDigest['alive'] | null {
  const found = header.model.life && locateLife(tokens, header.promptLength, header.model.life);
  if (!found) return null;
  const { before, firstAnswer } = found;
  const given = before.reduce((sum, cell) => sum + cell, 0);
  const answer = tokens.slice(firstAnswer, firstAnswer + before.length);
  return { given, answered: answer.filter(({ text }) => text === '1').length };
}

function onOneLine(text: string): string {
  return text
    .slice(0, 2 * TEXT_SHOWN)
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, TEXT_SHOWN);
}

const text = string({ max: 10_000 });
const shape = object({
  id: text,
  name: optional(text),
  pinned: optional(boolean()),
  comparison: optional(text),
  createdAt: text,
  model: text,
  task: oneOf('text', 'life'),
  decoder: text,
  decoded: optional(text),
  prompt: text,
  generated: optional(text),
  alive: optional(object({ given: integer({ min: 0 }), answered: integer({ min: 0 }) })),
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
