import type { AbortSignalLike } from '../core/decode/decoder';
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
      return Number.isSafeInteger(message['id']) && typeof message['ok'] === 'boolean';
    case 'notify':
      return typeof message['name'] === 'string';
    default:
      return false;
  }
}

/** The answering side. Feed it every message of the channel; it ignores those that are not for it. */
export class RpcServer<Api extends AnyApi<Api>> {
  private readonly running = new Map<number, { aborted: boolean; listeners: Set<() => void> }>();

  constructor(
    private readonly channel: Channel,
    private readonly handlers: Handlers<Api>,
    private readonly hooks: {
      /** Called with what a handler threw, before the reply. */
      readonly onError?: (method: string, problem: Problem) => void;
    } = {},
  ) {}

  receive(message: RpcMessage): void {
    if (message.rpc === 'cancel') {
      const state = this.running.get(message.id);
      if (state) {
        state.aborted = true;
        for (const listener of state.listeners) listener();
      }
    } else if (message.rpc === 'request') {
      void this.answer(message.id, message.method, message.params, message.priority);
    }
  }

  /** Cancels everything under way: the other side is gone. */
  abortAll(): void {
    for (const id of [...this.running.keys()]) this.receive({ rpc: 'cancel', id });
  }

  private async answer(id: number, method: string, params: unknown, priority: Priority): Promise<void> {
    const state = { aborted: false, listeners: new Set<() => void>() };
    this.running.set(id, state);
    const signal: RequestSignal = {
      get aborted() {
        return state.aborted;
      },
      priority: priority === 'background' ? 'background' : 'interactive',
      addEventListener: (_type, listener) => void state.listeners.add(listener),
      removeEventListener: (_type, listener) => void state.listeners.delete(listener),
    };
    let reply: RpcMessage;
    try {
      const handler = Object.hasOwn(this.handlers, method) ? this.handlers[method as keyof Api] : undefined;
      if (!handler) throw new Problem({ code: 'unknown-method', message: `There is no request named "${method}".` });
      const result = await handler(params as never, {
        signal,
        emit: (event) => this.post({ rpc: 'event', id, event }),
      });
      reply = { rpc: 'reply', id, ok: true, result: result ?? null };
    } catch (error) {
      const problem = Problem.from(error);
      this.hooks.onError?.(method, problem);
      reply = { rpc: 'reply', id, ok: false, problem: problem.toData() };
    }
    this.running.delete(id);
    this.post(reply);
  }

  private post(message: RpcMessage): void {
    try {
      this.channel.post(message);
    } catch (error) {
      if (message.rpc === 'reply' && message.ok) {
        // The result could not be cloned: the request must be answered all the same.
        this.channel.post({ rpc: 'reply', id: message.id, ok: false, problem: Problem.from(error).toData() });
      }
    }
  }
}

/** The asking side. */
export class RpcClient<Api extends AnyApi<Api>> implements Caller<Api> {
  private nextId = 1;
  private readonly waiting = new Map<
    number,
    { resolve: (value: unknown) => void; reject: (problem: Problem) => void; onEvent?: (event: never) => void }
  >();

  constructor(private readonly channel: Channel) {}

  call: Caller<Api>['call'] = (method, params, options = {}) =>
    new Promise((resolve, reject) => {
      if (options.signal?.aborted) {
        reject(cancelled());
        return;
      }
      const id = this.nextId++;
      const onAbort = (): void => this.tryPost({ rpc: 'cancel', id });
      const settle = (): void => {
        this.waiting.delete(id);
        options.signal?.removeEventListener('abort', onAbort);
      };
      this.waiting.set(id, {
        resolve: (value) => {
          settle();
          resolve(value as never);
        },
        reject: (problem) => {
          settle();
          reject(problem);
        },
        ...(options.onEvent ? { onEvent: options.onEvent as (event: never) => void } : {}),
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
      this.waiting.get(message.id)?.onEvent?.(message.event as never);
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

  private tryPost(message: RpcMessage): void {
    try {
      this.channel.post(message);
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
