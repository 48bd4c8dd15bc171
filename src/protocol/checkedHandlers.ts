import type { Call, Handlers } from './call';
import { check, type Check } from './validate';

/** What each request of a page must look like; a page is never trusted, however it came to be. */
export type RequestChecks<Api extends Record<keyof Api, Call<unknown, unknown, unknown>>> = {
  readonly [M in keyof Api]: Check<Api[M]['params']>;
};

/** The same handlers, each behind the check of its parameters. */
export function checkedHandlers<Api extends Record<keyof Api, Call<unknown, unknown, unknown>>>(
  checks: RequestChecks<Api>,
  handlers: Handlers<Api>,
): Handlers<Api> {
  const checked = Object.entries(handlers).map(([method, handler]) => {
    const answer = handler as (params: unknown, context: unknown) => unknown;
    const rule: Check<unknown> = checks[method as keyof Api];
    return [method, (params: unknown, context: unknown) => answer(check(rule, params), context)];
  });
  return Object.fromEntries(checked) as Handlers<Api>;
}
