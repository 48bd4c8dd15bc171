import { mapped, object, type Check } from '../core/check/check';
import type { Call, Handlers } from './call';
import { check } from './checked';

declare const ANSWER: unique symbol;

/**
 * One request as one value: what its parameters must be, with the types of what it gives and of what it streams meanwhile.
 * Engine, extension, pages and tests make their tables of what there is from lists of these.
 */
export interface Request<Params, Result, Event = never> {
  readonly params: Check<Params>;
  /** A type alone. */
  readonly [ANSWER]: Call<Params, Result, Event>;
}

/** `request(params).gives<Result, Event>()`: parameters are checked, so their type is the check's. */
export function request<Params>(params: Check<Params>) {
  return {
    gives: <Result, Event = never>(): Request<Params, Result, Event> => ({ params }) as Request<Params, Result, Event>,
  };
}

/** Parameters of a request that needs none. */
export const nothing: Check<Record<string, never>> = mapped(object({}), () => ({}));

// What a list holds is of any type; the list itself says of which.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Requests = Readonly<Record<string, Request<any, any, any>>>;

/** The calls that a list of requests makes possible. */
export type ApiOf<R extends Requests> = { readonly [M in keyof R]: R[M][typeof ANSWER] };

/**
 * Handlers of a list of requests, each behind the check of its parameters: whoever asks is never trusted.
 * @param problemOf what is answered for what a handler throws, where that is not what it has thrown
 */
export function served<const R extends Requests>(
  requests: R,
  handlers: Handlers<ApiOf<R>>,
  problemOf?: (thrown: unknown) => unknown,
): Handlers<ApiOf<R>> {
  const behind = Object.entries(requests).map(([method, { params: rule }]) => {
    const handler = handlers[method] as (params: unknown, context: unknown) => unknown;
    const answer = (params: unknown, context: unknown): unknown =>
      handler(check(rule as Check<unknown>, params), context);
    const translated = async (params: unknown, context: unknown): Promise<unknown> => {
      try {
        return await answer(params, context);
      } catch (thrown) {
        throw problemOf?.(thrown) ?? thrown;
      }
    };
    return [method, problemOf ? translated : answer];
  });
  return Object.fromEntries(behind) as Handlers<ApiOf<R>>;
}
