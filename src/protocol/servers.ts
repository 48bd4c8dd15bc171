import { array, boolean, integer, object, oneOf, optional, string, union, type Checked } from '../core/check/check';
import type { ServerKind } from '../core/trace/record';
import type { AllCounters } from '../core/server/counters';
import { ids, longText, MAX_TOKENS, path, runId } from './bounds';
import { sampling, serverKind } from '../core/trace/setupShape';

const serverRef = object({
  /** `http` or `https`; a path before `/v1` belongs to it, `/v1` itself may be left out. No user, password or query. */
  address: path,
  /** May be left out where the server has one model. */
  model: optional(string({ min: 1, max: 1_000 })),
});
/** A server that runs models, and one of its models. */
export type ServerRef = Checked<typeof serverRef>;

const transport = object({
  /** Address of a proxy (`http://host:port`, user and password allowed); `https` servers are reached through `CONNECT`. */
  proxy: optional(path),
  /** Value of the header `Proxy-Authorization`, where the proxy's address has no user. */
  proxyAuthorization: optional(string({ max: 10_000 })),
  /** Whether a certificate that nobody vouches for is refused (true). */
  strictSSL: optional(boolean()),
  /** Certificates (PEM) that are trusted beside node's own. */
  certificates: optional(array(string({ max: 1_000_000 }), { max: 10_000 })),
  /** Hosts that no proxy is used for: `host`, `.domain`, `*.domain`, `host:port` or `*`. */
  noProxy: optional(array(string({ max: 1_000 }), { max: 10_000 })),
});
/** How connections are made, as the editor's own settings say; all that is left out is node's own way, without a proxy. */
export type ServerTransport = Checked<typeof transport>;

const access = object({
  /** Sent as `Authorization: Bearer`. */
  key: optional(string({ min: 1, max: 10_000 })),
  transport: optional(transport),
});
/**
 * What a request needs beside the address. It is handed over with every request and held no longer than that: the engine
 * keeps no key, and none stands in a trace, a log or an error.
 */
export type ServerAccess = Checked<typeof access>;

export interface ServerModel {
  readonly name: string;
  /** null where the server does not say. */
  readonly contextLength: number | null;
}

/** What a server gives of a run. Nobody's server gives attention, hidden states or logits. */
export interface ServerAbilities {
  /** Probability and rank of every token of the prompt. */
  readonly promptLogprobs: boolean;
  /** Most alternatives that may be asked for at a place; `whole`: the distribution over the vocabulary; 0: none. */
  readonly alternatives: number | 'whole';
  /** Tokens are told by id. Where not, `id` in a trace numbers the different texts of the run and is no id of a vocabulary. */
  readonly tokenIds: boolean;
  /** `tokenizeOnServer` works: tokens are known before a run. */
  readonly tokenize: boolean;
  /** A prompt may be messages, which the server puts into the model's chat template. */
  readonly chat: boolean;
  /** The same seed gives the same draws. */
  readonly seeds: boolean;
  /** What it tells of its own speculation: each step, the sums of a run, or nothing. */
  readonly speculation: 'steps' | 'sums' | 'none';
  /** `serverMetrics` works: counters of the server as a whole. */
  readonly metrics: boolean;
  readonly attention: false;
}

/** What was found at an address. */
export interface ServerReport {
  /** As it is written into traces: without `/v1`, query and fragment. */
  readonly address: string;
  readonly kind: ServerKind;
  /** What it calls itself: `vLLM`, `llama.cpp`, `Ollama`, `LM Studio`, `TGI`, or `OpenAI-compatible`. */
  readonly name: string;
  /** null where the server does not say. */
  readonly version: string | null;
  readonly models: readonly ServerModel[];
  /** Of `ServerRef.model`, or of the first model. */
  readonly can: ServerAbilities;
  /** What a person should know: one sentence each. */
  readonly notes: readonly string[];
}

const chatMessage = object({ role: oneOf('system', 'user', 'assistant'), content: longText });
export type ChatMessage = Checked<typeof chatMessage>;

export const serverPrompt = union(
  object({ text: longText }),
  object({ ids }),
  object({ messages: array(chatMessage, { max: 10_000 }) }),
);
/** `messages` are put into the model's chat template, open for the assistant's answer. */
export type ServerPrompt = Checked<typeof serverPrompt>;

export const onServer = { server: serverRef, access };
export const serverRequest = object(onServer);
export type ServerRequest = Checked<typeof serverRequest>;

export const serverRunRequest = object({
  ...onServer,
  /** As in the server's report; absent: it is found out, by requests that generate nothing. */
  kind: optional(serverKind),
  prompt: serverPrompt,
  sampling,
  /** 0 scores the prompt alone, where the server tells probabilities of prompts. */
  maxNewTokens: integer({ min: 0, max: MAX_TOKENS }),
  /** Most probable tokens to ask for at each place; what a server does not allow is a problem, with its own sentence. */
  alternatives: union(integer({ min: 0, max: MAX_TOKENS }), oneOf('whole')),
  /** Id for the trace; the caller makes it (a UUID). */
  runId,
});
export type ServerRunRequest = Checked<typeof serverRunRequest>;

/**
 * Counters of a server as a whole, since it started: what a window brought is `counterWindow` of two readings
 * (`core/server/counters.ts`).
 */
export interface ServerMetrics extends AllCounters {
  /** ISO 8601, UTC: when they were read. */
  readonly readAt: string;
}
