import type { AbortSignalLike } from '../core/abortSignal';

/** One method: what it takes, what it gives, and what it streams while it works (`never` where nothing). */
export interface Call<Params, Result, Event = never> {
  readonly params: Params;
  readonly result: Result;
  readonly event: Event;
}

/** How much of what was asked is done, in steps of its own: what a long request streams. */
export interface Progress {
  readonly done: number;
  readonly total: number;
}

/** How a server implements an API of calls: one handler a method; `emit` sends the method's events. */
export type Handlers<Api extends Record<keyof Api, Call<unknown, unknown, unknown>>> = {
  readonly [M in keyof Api]: (
    params: Api[M]['params'],
    context: { readonly signal: RequestSignal; readonly emit: (event: Api[M]['event']) => void },
  ) => Promise<Api[M]['result']> | Api[M]['result'];
};

/** How a client calls it. */
export interface Caller<Api extends Record<keyof Api, Call<unknown, unknown, unknown>>> {
  call<M extends keyof Api & string>(
    method: M,
    params: Api[M]['params'],
    options?: {
      /** Standard AbortSignal: the answer is then a `cancelled` problem. */
      readonly signal?: CancelSignal;
      readonly onEvent?: (event: Api[M]['event']) => void;
      /** Interactive requests go before runs and scans in the engine's queue. */
      readonly priority?: Priority;
    },
  ): Promise<Api[M]['result']>;
}

/** The part of AbortSignal that the protocol needs; this folder has no DOM or node types. */
export interface CancelSignal extends AbortSignalLike {
  addEventListener(type: 'abort', listener: () => void, options?: { once?: boolean }): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}

/** A handler's signal also says how urgent its request is. */
export interface RequestSignal extends CancelSignal {
  readonly priority: Priority;
}

export type Priority = 'interactive' | 'background';
