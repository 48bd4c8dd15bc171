import { Problem } from '../../protocol/errors';
import { cancelled } from '../../protocol/rpc';

/** Most bytes of one answer: 10,000 tokens with 20 alternatives are about 10 MB. */
const LARGEST_ANSWER = 64 * 1024 ** 2;
/** Milliseconds without a byte after which a server counts as gone: a long prompt is read in less. */
const SILENCE = 120_000;

export interface ServerOptions {
  /** The key, from the environment; it goes into the request's header and nowhere else. */
  readonly key?: string | undefined;
  readonly largestAnswer?: number;
  /** Milliseconds without a byte. */
  readonly silence?: number;
}

/** An address that a server answers at, and how it is asked. Every failure is a Problem `server` of one sentence. */
export class ServerHttp {
  /** Without user, password, query and fragment: it may be shown and written. */
  readonly address: string;

  /** @throws Problem `server` for an address that is none, or that holds a key. */
  constructor(
    address: string,
    private readonly options: ServerOptions = {},
  ) {
    this.address = cleanAddress(address);
  }

  /** A whole answer as text. @throws Problem `server` or `cancelled`. */
  async text(path: string, body: unknown, signal: AbortSignal): Promise<string> {
    const pieces: Uint8Array[] = [];
    for await (const piece of this.bytes(path, body, signal)) pieces.push(piece);
    return Buffer.concat(pieces).toString('utf8');
  }

  /**
   * The bytes of an answer as they come. The connection is closed when the signal is aborted, when the reader stops, and
   * when the answer is too large.
   * @param body sent as JSON with POST; GET where it is undefined.
   * @throws Problem `server` or `cancelled`.
   */
  async *bytes(path: string, body: unknown, signal: AbortSignal): AsyncGenerator<Uint8Array> {
    const { key, largestAnswer = LARGEST_ANSWER, silence = SILENCE } = this.options;
    const connection = new AbortController();
    let silent = false;
    const giveUp = (): void => {
      silent = true;
      connection.abort();
    };
    const stop = (): void => connection.abort();
    if (signal.aborted) throw cancelled();
    signal.addEventListener('abort', stop, { once: true });
    let timer = setTimeout(giveUp, silence);
    let began = false;
    try {
      const response = await fetch(this.address + path, {
        method: body === undefined ? 'GET' : 'POST',
        headers: {
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...(key ? { authorization: `Bearer ${key}` } : {}),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        // A redirect could carry the key elsewhere.
        redirect: 'error',
        signal: connection.signal,
      });
      let total = 0;
      const refusal: Uint8Array[] = [];
      for await (const piece of (response.body ?? []) as AsyncIterable<Uint8Array>) {
        clearTimeout(timer);
        total += piece.length;
        if (total > largestAnswer) throw this.tooLarge(largestAnswer);
        began = true;
        if (response.ok) yield piece;
        else refusal.push(piece);
        timer = setTimeout(giveUp, silence);
      }
      if (!response.ok) throw this.refused(response.status, Buffer.concat(refusal).toString('utf8'));
    } catch (error) {
      if (error instanceof Problem) throw error;
      if (signal.aborted) throw cancelled();
      throw silent ? this.silent(silence) : this.lost(error, began);
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
      connection.abort();
    }
  }

  private silent(milliseconds: number): Problem {
    return this.problem(
      `The server at ${this.address} said nothing for ${milliseconds / 1000} seconds.`,
      'See whether it is busy or stuck, and try again.',
    );
  }

  private tooLarge(bytes: number): Problem {
    return this.problem(
      `The answer of ${this.address} is larger than ${Math.round(bytes / 1024 ** 2)} MB and was not read to its end.`,
      'Ask for fewer tokens or fewer alternatives.',
    );
  }

  private lost(error: unknown, began: boolean): Problem {
    if (began) {
      return this.problem(
        `The server at ${this.address} was gone in the middle of its answer.`,
        'See its log for the reason, and try again.',
      );
    }
    const { code } = ((error as { cause?: unknown }).cause ?? {}) as { code?: unknown };
    return this.problem(
      `The server at ${this.address} cannot be reached${typeof code === 'string' ? ` (${code})` : ''}.`,
      'See whether it runs and whether the address is right.',
    );
  }

  /** What a status means, with the server's own sentence where it has one. */
  private refused(status: number, body: string): Problem {
    const said = sentenceOf(this.withoutKey(body));
    const answered = `The server at ${this.address} answered ${status}${said === '' ? '.' : `: ${said}`}`;
    return this.problem(answered, ACTIONS[status] ?? (status >= 500 ? 'See its log for the reason.' : undefined));
  }

  private withoutKey(text: string): string {
    return this.options.key ? text.replaceAll(this.options.key, '(key)') : text;
  }

  private problem(message: string, action?: string): Problem {
    return new Problem({ code: 'server', message, ...(action === undefined ? {} : { action }) });
  }
}

const ACTIONS: Readonly<Record<number, string>> = {
  400: 'Change what is asked for.',
  401: 'Put its key into VIVARIUM_SERVER_KEY.',
  403: 'Put a key that may do this into VIVARIUM_SERVER_KEY.',
  404: 'Check the address and the name of the model.',
  429: 'Wait, and try again.',
};

/** `{error: {message}}` or `{message}`, in one line of at most 500 characters. */
function sentenceOf(body: string): string {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return '';
  }
  const { error, message } = (value ?? {}) as { error?: unknown; message?: unknown };
  const said = (error as { message?: unknown } | null | undefined)?.message ?? message;
  return typeof said === 'string' ? said.replace(/\s+/g, ' ').trim().slice(0, 500) : '';
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
      action: 'Leave them out, and put the key into VIVARIUM_SERVER_KEY.',
    });
  }
  return url.origin + url.pathname.replace(/\/+$/, '').replace(/\/v1$/, '');
}
