import type { Handlers } from '../../protocol/call';
import { TOKENS_ACTIONS, type TokensApi } from '../../protocol/tokensView';
import { array, check, integer, object, oneOf, string, type Check } from '../../protocol/validate';

const place = integer({ min: 0 });
const id = integer({ min: 0, max: 2 ** 32 - 1 });

/** What each request of the page must look like; a page is never trusted, however it came to be. */
const checks: { readonly [M in keyof TokensApi]: Check<TokensApi[M]['params']> } = {
  snapshot: object({}),
  insert: object({ place, id }),
  describe: object({ place, ids: array(id, { max: 10_000 }) }),
  chooseModel: object({ name: string({ min: 1, max: 4096 }) }),
  act: object({ action: oneOf(...TOKENS_ACTIONS) }),
};

/** The same handlers, each behind the check of its parameters. */
export function tokensRequests(handlers: Handlers<TokensApi>): Handlers<TokensApi> {
  const checked = Object.entries(handlers).map(([method, handler]) => {
    const answer = handler as (params: unknown, context: unknown) => unknown;
    const rule: Check<unknown> = checks[method as keyof TokensApi];
    return [method, (params: unknown, context: unknown) => answer(check(rule, params), context)];
  });
  return Object.fromEntries(checked) as Handlers<TokensApi>;
}
