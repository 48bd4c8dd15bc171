import { request as requestPlain, type ClientRequest, type IncomingMessage } from 'node:http';
import { request as requestSecure } from 'node:https';
import { CoreError } from '../../core/errors';
import { plainAddress } from '../../core/server/address';
import { parseJson } from '../../core/server/answer';
import { quoted } from '../../core/text/quoted';
import { Problem } from '../../protocol/errors';
import { cancelled } from '../../protocol/rpc';
import type { ServerAccess } from '../../protocol/servers';
import { ProxyRefusal, routeTo } from './route';

/** Most bytes of one answer that is read whole: 20 alternatives at 10,000 places of a prompt are about 20 MB. */
const LARGEST_ANSWER = 64 * 1024 ** 2;
/** Most of a refusal that is looked into for a sentence. */
const LARGEST_REFUSAL = 64 * 1024;
/** Milliseconds without a byte after which a server counts as gone: a long prompt is read in less. */
const SILENCE = 120_000;
/** Milliseconds that a whole answer may take, however it trickles: its numbers are there before its first byte. */
const LONGEST_ANSWER = 600_000;
/** The same of a stream, which takes as long as its tokens are generated. */
const LONGEST_STREAM = 6 * 3_600_000;

export interface HttpOptions extends ServerAccess {
  readonly largestAnswer?: number;
  /** Milliseconds without a byte. */
  readonly silence?: number;
  /** Milliseconds of a whole answer, and of a stream. */
  readonly longest?: number;
}

/** What a server refused, with its status. */
export class Refusal extends Problem {
  constructor(
    readonly status: number,
    data: ConstructorParameters<typeof Problem>[0],
  ) {
    super(data);
  }
}

/** An address that a server answers at, and how it is asked. Every failure is a Problem of one sentence: `server`, or `server-key`. */
export class ServerHttp {
  /** Without user, password, query and fragment: it may be shown and written. */
  readonly address: string;
  private readonly largestAnswer: number;
  private readonly silence: number;
  private readonly longest: { readonly answer: number; readonly stream: number };

  /** @throws Problem `server` for an address that is none, or that holds a key; `server-key` for what cannot be one. */
  constructor(
    address: string,
    private readonly options: HttpOptions = {},
  ) {
    this.address = cleanAddress(address);
    if (options.key !== undefined && !/^[\x21-\x7e]+$/.test(options.key)) {
      throw new Problem({
        code: 'server-key',
        message: `The key of the server at ${this.address} has blanks or characters that a key cannot have.`,
        action: 'Give it anew.',
      });
    }
    this.largestAnswer = options.largestAnswer ?? LARGEST_ANSWER;
    this.silence = options.silence ?? SILENCE;
    this.longest = { answer: options.longest ?? LONGEST_ANSWER, stream: options.longest ?? LONGEST_STREAM };
  }

  /** A whole answer as text. @throws Problem `server` or `cancelled`. */
  async text(path: string, body: unknown, signal: AbortSignal): Promise<string> {
    const pieces: Uint8Array[] = [];
    let total = 0;
    for await (const piece of this.bytes(path, body, signal, 'answer')) {
      total += piece.length;
      if (total > this.largestAnswer) throw this.tooLarge();
      pieces.push(piece);
    }
    return Buffer.concat(pieces).toString('utf8');
  }

  /** A whole answer that is JSON. @throws Problem `server` or `cancelled`. */
  async json(path: string, body: unknown, signal: AbortSignal): Promise<unknown> {
    const text = await this.text(path, body, signal);
    return this.reading(() => parseJson(text));
  }

  /** As `json`; null where the server answers, but not with it: an address that it does not have, or something else than JSON. */
  async jsonIfAny(path: string, body: unknown, signal: AbortSignal): Promise<unknown> {
    const text = await this.textIfAny(path, signal, body);
    try {
      return text === null ? null : (JSON.parse(text) as unknown);
    } catch {
      return null;
    }
  }

  /** As `text`; null where the server refuses, but for its key. */
  async textIfAny(path: string, signal: AbortSignal, body?: unknown): Promise<string | null> {
    try {
      return await this.text(path, body, signal);
    } catch (error) {
      if (error instanceof Refusal && error.status !== 401 && error.status !== 403) return null;
      throw error;
    }
  }

  /**
   * The bytes of an answer as they come, however many, as long as an answer of its kind may take. The connection is closed when the signal is aborted and when the reader
   * stops.
   * @param body sent as JSON with POST; GET where it is undefined.
   * @throws Problem `server` or `cancelled`.
   */
  async *bytes(
    path: string,
    body: unknown,
    signal: AbortSignal,
    kind: 'answer' | 'stream' = 'stream',
  ): AsyncGenerator<Uint8Array> {
    if (signal.aborted) throw cancelled();
    const connection = new AbortController();
    let why: Problem | undefined;
    const giveUpFor = (reason: Problem): void => {
      why ??= reason;
      connection.abort();
    };
    const giveUp = (): void => giveUpFor(this.silenceOf());
    const longest = this.longest[kind];
    const whole = setTimeout(() => giveUpFor(this.tooSlow(longest)), longest);
    const stop = (): void => connection.abort();
    signal.addEventListener('abort', stop, { once: true });
    let timer = setTimeout(giveUp, this.silence);
    let began = false;
    try {
      const response = await this.ask(path, body, connection.signal);
      const status = response.statusCode ?? 0;
      const ok = status >= 200 && status < 300;
      const refusal: Uint8Array[] = [];
      let refused = 0;
      for await (const piece of response as AsyncIterable<Uint8Array>) {
        clearTimeout(timer);
        began = true;
        if (ok) yield piece;
        else {
          refusal.push(piece);
          refused += piece.length;
          if (refused > LARGEST_REFUSAL) break;
        }
        timer = setTimeout(giveUp, this.silence);
      }
      if (!ok) throw this.refused(status, Buffer.concat(refusal).toString('utf8'), response.headers['retry-after']);
    } catch (error) {
      if (error instanceof Problem) throw error;
      if (signal.aborted) throw cancelled();
      throw why ?? this.lost(error, began);
    } finally {
      clearTimeout(timer);
      clearTimeout(whole);
      signal.removeEventListener('abort', stop);
      connection.abort();
    }
  }

  /** What `work` gives; what core refuses of an answer is a Problem `server`. */
  reading<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof CoreError)) throw error;
      throw this.problem(error.message, `See what the server at ${this.address} is, and its version.`);
    }
  }

  /** A problem of this server, without its key whatever the sentence holds. */
  problem(message: string, action?: string): Problem {
    return new Problem({
      code: 'server',
      message: this.withoutKey(message),
      ...(action === undefined ? {} : { action: this.withoutKey(action) }),
    });
  }

  tooLarge(): Problem {
    return this.problem(
      `The answer of ${this.address} is larger than ${Math.round(this.largestAnswer / 1024 ** 2)} MB and was not read to its end.`,
      'Ask for fewer tokens or fewer alternatives.',
    );
  }

  private async ask(path: string, body: unknown, signal: AbortSignal): Promise<IncomingMessage> {
    const { key, transport = {} } = this.options;
    const url = new URL(this.address + path);
    const content = body === undefined ? undefined : Buffer.from(JSON.stringify(body));
    const route = await routeTo(url, transport, signal);
    return new Promise((resolve, reject) => {
      const options = {
        ...route.options,
        method: content === undefined ? 'GET' : 'POST',
        headers: {
          ...route.headers,
          accept: content === undefined ? '*/*' : 'application/json, text/event-stream',
          // Nothing here unpacks.
          'accept-encoding': 'identity',
          ...(content === undefined
            ? {}
            : { 'content-type': 'application/json', 'content-length': String(content.length) }),
          ...(key ? { authorization: `Bearer ${key}` } : {}),
        },
        // A connection of its own: stopping the request closes it. With an agent, node makes the connection itself.
        ...(route.options.createConnection ? {} : { agent: false as const }),
        signal,
      };
      const request: ClientRequest = url.protocol === 'https:' ? requestSecure(options) : requestPlain(options);
      request.on('response', resolve);
      request.on('error', reject);
      request.end(content);
    });
  }

  /** It goes on saying something, and does not come to an end, or to an event. */
  tooSlow(milliseconds: number): Problem {
    return this.problem(
      `The server at ${this.address} was not done with its answer after ${milliseconds / 1000} seconds.`,
      'See whether it is busy or stuck, and try again, with fewer tokens.',
    );
  }

  /** Milliseconds after which a stream without a whole event is given up, though bytes come. */
  get longestWait(): number {
    return this.longest.answer;
  }

  private silenceOf(): Problem {
    return this.problem(
      `The server at ${this.address} said nothing for ${this.silence / 1000} seconds.`,
      'See whether it is busy or stuck, and try again.',
    );
  }

  private lost(error: unknown, began: boolean): Problem {
    if (began) {
      return this.problem(
        `The server at ${this.address} was gone in the middle of its answer.`,
        'See its log for the reason, and try again.',
      );
    }
    if (error instanceof ProxyRefusal) {
      return this.problem(
        `${error.message}, so ${this.address} cannot be reached.`,
        'Check the settings of the proxy.',
      );
    }
    const { code } = (error ?? {}) as { code?: unknown };
    const why = typeof code === 'string' ? code : '';
    const certificate = CERTIFICATE.test(why);
    return this.problem(
      `The server at ${this.address} cannot be reached${why === '' ? '' : ` (${why})`}.`,
      certificate
        ? 'Nobody that is trusted vouches for its certificate: trust the one who does, or turn strict SSL off.'
        : 'See whether it runs and whether the address is right.',
    );
  }

  /** What a status means, with the server's own sentence where it has one. */
  private refused(status: number, body: string, retryAfter: string | undefined): Problem {
    const said = this.errorIn(body);
    const message = `The server at ${this.address} answered ${status}${said === '' ? '.' : `: ${said}`}`;
    const wait = status === 429 || status === 503 ? secondsOf(retryAfter) : null;
    const action =
      wait !== null
        ? `Wait ${wait} ${wait === 1 ? 'second' : 'seconds'}, and try again.`
        : (ACTIONS[status] ??
          (status >= 500
            ? 'See its log for the reason.'
            : status >= 300 && status < 400
              ? 'It is somewhere else: give the address that it leads to.'
              : undefined));
    const code = status === 401 || status === 403 ? 'server-key' : 'server';
    return new Refusal(status, { code, message, ...(action === undefined ? {} : { action }) });
  }

  /** What an answer says of an error, as a sentence quotes it; the empty string where it says nothing. */
  errorIn(body: string): string {
    // The key goes first: of one that a quotation cuts, a part would be left.
    return quoted(this.withoutKey(errorText(body)));
  }

  private withoutKey(text: string): string {
    return this.options.key ? text.replaceAll(this.options.key, '(key)') : text;
  }
}

const CERTIFICATE = /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|UNABLE_TO_GET_ISSUER/;

const ACTIONS: Readonly<Record<number, string>> = {
  400: 'Change what is asked for.',
  401: 'Give its key (the command line reads it from VIVARIUM_SERVER_KEY).',
  403: 'Give a key that may do this (the command line reads it from VIVARIUM_SERVER_KEY).',
  404: 'Check the address and the name of the model.',
  429: 'Wait, and try again.',
};

/** `Retry-After` as whole seconds from now; null where it says nothing that can be read. */
function secondsOf(header: string | undefined): number | null {
  if (header === undefined || header.trim() === '') return null;
  const seconds = /^\d{1,6}$/.test(header.trim()) ? Number(header) : (Date.parse(header) - Date.now()) / 1000;
  return Number.isFinite(seconds) ? Math.max(0, Math.ceil(seconds)) : null;
}

/** The text of `{error: {message}}`, `{error}` or `{message}`. */
function errorText(body: string): string {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return '';
  }
  const { error, message } = (value ?? {}) as { error?: unknown; message?: unknown };
  const said = typeof error === 'string' ? error : ((error as { message?: unknown } | null)?.message ?? message);
  return typeof said === 'string' ? said : '';
}

function cleanAddress(address: string): string {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (!url || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    throw new Problem({
      code: 'server',
      message: 'The address of the server is no http or https address.',
      action: 'Give one such as http://127.0.0.1:8000.',
    });
  }
  if (url.username !== '' || url.password !== '') {
    throw new Problem({
      code: 'server',
      message: 'The address of the server holds a user or a password, which would be written into traces.',
      action: 'Leave them out, and give the key by itself.',
    });
  }
  return plainAddress(url);
}
