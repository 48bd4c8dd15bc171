import type { AbortSignalLike } from '../core/abortSignal';
import type { Call, Caller, Handlers, Priority, RequestSignal } from './call';
import { Problem, type ProblemData } from './errors';

/**
 * Request, stream, cancel and notify over any channel of structured clones: between the client and the engine
 * process, and between a webview and the extension. Exactly one reply a request, also where a handler throws.
 */
export interface Channel {
  /** Sends one message; may throw where the other side is gone. */
  post(message: RpcMessage): void;
}

export type RpcMessage =
  | {
      readonly rpc: 'request';
      readonly id: number;
      readonly method: string;
      readonly params: unknown;
      readonly priority: Priority;
    }
  | { readonly rpc: 'cancel'; readonly id: number }
  | { readonly rpc: 'event'; readonly id: number; readonly event: unknown }
  | { readonly rpc: 'reply'; readonly id: number; readonly ok: true; readonly result: unknown }
  | { readonly rpc: 'reply'; readonly id: number; readonly ok: false; readonly problem: ProblemData }
  | { readonly rpc: 'notify'; readonly name: string; readonly data: unknown };

type AnyApi<Api> = Record<keyof Api, Call<unknown, unknown, unknown>>;

/** Whether something that came over a channel has the shape of a message; everything else is dropped. */
export function isRpcMessage(value: unknown): value is RpcMessage {
  if (typeof value !== 'object' || value === null) return false;
  const message = value as Record<string, unknown>;
  switch (message['rpc']) {
    case 'request':
      return Number.isSafeInteger(message['id']) && typeof message['method'] === 'string';
    case 'cancel':
    case 'event':
      return Number.isSafeInteger(message['id']);
    case 'reply':
      return (
        Number.isSafeInteger(message['id']) &&
        (message['ok'] === true || (message['ok'] === false && isProblemData(message['problem'])))
      );
    case 'notify':
      return typeof message['name'] === 'string';
    default:
      return false;
  }
}

function isProblemData(value: unknown): value is ProblemData {
  if (typeof value !== 'object' || value === null) return false;
  const problem = value as Record<string, unknown>;
  const textOrAbsent = (field: string): boolean => problem[field] === undefined || typeof problem[field] === 'string';
  return (
    typeof problem['code'] === 'string' &&
    typeof problem['message'] === 'string' &&
    textOrAbsent('action') &&
    textOrAbsent('details')
  );
}

interface RequestState {
  aborted: boolean;
  readonly listeners: Set<() => void>;
}

/** The answering side. Feed it every message of the channel; it ignores those that are not for it. */
export class RpcServer<Api extends AnyApi<Api>> {
  private readonly running = new Map<number, RequestState>();

  constructor(
    private readonly channel: Channel,
    private readonly handlers: Handlers<Api>,
    private readonly hooks: {
      /** Called with what a handler threw, before the reply, and with what could not be sent. Must not throw. */
      readonly onError?: (method: string, problem: Problem) => void;
      /** Called after each reply. Must not throw. */
      readonly onReply?: (method: string) => void;
    } = {},
  ) {}

  receive(message: RpcMessage): void {
    if (message.rpc === 'cancel') {
      this.abort(message.id);
    } else if (message.rpc === 'request' && !this.running.has(message.id)) {
      // A second request under an id that still waits is garbage: an answer could not be told from the first one's.
      void this.answer(message.id, message.method, message.params, message.priority);
    }
  }

  /** Cancels everything under way: the other side is gone. */
  abortAll(): void {
    for (const id of [...this.running.keys()]) this.abort(id);
  }

  /** Requests not answered yet. */
  get pending(): number {
    return this.running.size;
  }

  private abort(id: number): void {
    const state = this.running.get(id);
    if (!state || state.aborted) return;
    state.aborted = true;
    for (const listener of [...state.listeners]) {
      try {
        listener();
      } catch (error) {
        this.hooks.onError?.('cancel', Problem.from(error));
      }
    }
    state.listeners.clear();
  }

  private async answer(id: number, method: string, params: unknown, priority: Priority): Promise<void> {
    const state: RequestState = { aborted: false, listeners: new Set() };
    this.running.set(id, state);
    let reply: RpcMessage;
    try {
      const handler = Object.hasOwn(this.handlers, method) ? this.handlers[method as keyof Api] : undefined;
      if (!handler) throw new Problem({ code: 'unknown-method', message: `There is no request named "${method}".` });
      const result = await handler(params, {
        signal: requestSignal(state, priority),
        emit: (event) => {
          // An event after the reply would reach nobody.
          if (this.running.get(id) === state) this.post(method, { rpc: 'event', id, event });
        },
      });
      reply = { rpc: 'reply', id, ok: true, result: result ?? null };
    } catch (error) {
      const problem = Problem.from(error);
      this.hooks.onError?.(method, problem);
      reply = { rpc: 'reply', id, ok: false, problem: problem.toData() };
    }
    this.running.delete(id);
    const unsent = this.post(method, reply);
    if (unsent && reply.ok) {
      // The result could not be cloned: the request must be answered all the same.
      this.post(method, { rpc: 'reply', id, ok: false, problem: unsent.toData() });
    }
    this.hooks.onReply?.(method);
  }

  /** What kept the message from being sent. */
  private post(method: string, message: RpcMessage): Problem | undefined {
    try {
      this.channel.post(message);
      return undefined;
    } catch (error) {
      const problem = Problem.from(error);
      this.hooks.onError?.(method, problem);
      return problem;
    }
  }
}

function requestSignal(state: RequestState, priority: Priority): RequestSignal {
  return {
    get aborted() {
      return state.aborted;
    },
    priority: priority === 'background' ? 'background' : 'interactive',
    addEventListener: (_type, listener) => void state.listeners.add(listener),
    removeEventListener: (_type, listener) => void state.listeners.delete(listener),
  };
}

interface WaitingCall {
  readonly resolve: (value: unknown) => void;
  readonly reject: (problem: Problem) => void;
  readonly onEvent: ((event: never) => void) | undefined;
}

/** The asking side. */
export class RpcClient<Api extends AnyApi<Api>> implements Caller<Api> {
  // Begins anywhere: a page that was loaded again must not ask under the numbers that the one before still waits for.
  private nextId = 1 + Math.floor(Math.random() * 2 ** 48);
  private readonly waiting = new Map<number, WaitingCall>();

  constructor(private readonly channel: Channel) {}

  call: Caller<Api>['call'] = (method, params, options = {}) =>
    new Promise((resolve, reject) => {
      if (options.signal?.aborted) {
        reject(cancelled());
        return;
      }
      const id = this.nextId++;
      const onAbort = (): void => this.cancel(id);
      const settle = (): void => {
        this.waiting.delete(id);
        options.signal?.removeEventListener('abort', onAbort);
      };
      this.waiting.set(id, {
        resolve: (value) => {
          settle();
          resolve(value);
        },
        reject: (problem) => {
          settle();
          reject(problem);
        },
        onEvent: options.onEvent,
      });
      options.signal?.addEventListener('abort', onAbort, { once: true });
      try {
        this.channel.post({ rpc: 'request', id, method, params, priority: options.priority ?? 'interactive' });
      } catch (error) {
        this.waiting.get(id)?.reject(Problem.from(error));
      }
    });

  receive(message: RpcMessage): void {
    if (message.rpc === 'event') {
      const entry = this.waiting.get(message.id);
      try {
        entry?.onEvent?.(message.event as never);
      } catch (error) {
        // A listener that fails fails its own call, not the channel that everyone shares.
        this.cancel(message.id);
        entry?.reject(Problem.from(error));
      }
    } else if (message.rpc === 'reply') {
      const entry = this.waiting.get(message.id);
      if (!entry) return;
      if (message.ok) entry.resolve(message.result);
      else entry.reject(new Problem(message.problem));
    }
  }

  /** Fails everything that waits: the other side is gone. */
  failAll(problem: Problem): void {
    for (const entry of [...this.waiting.values()]) entry.reject(problem);
  }

  /** Requests not answered yet. */
  get pending(): number {
    return this.waiting.size;
  }

  private cancel(id: number): void {
    try {
      this.channel.post({ rpc: 'cancel', id });
    } catch {
      // The other side is gone; failAll answers the request.
    }
  }
}

/** The one problem for everything that was stopped on purpose. */
export function cancelled(): Problem {
  return new Problem({ code: 'cancelled', message: 'Stopped.' });
}

/** Throws `cancelled` where the signal says so. */
export function throwIfAborted(signal: AbortSignalLike): void {
  if (signal.aborted) throw cancelled();
}
