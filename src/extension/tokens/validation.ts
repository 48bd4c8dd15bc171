import type { Handlers } from '../../protocol/call';
import { TOKENS_ACTIONS, type TokensApi } from '../../protocol/tokensView';
import { checkedHandlers, type RequestChecks } from '../../protocol/checkedHandlers';
import { array, integer, object, oneOf, string } from '../../protocol/validate';

const place = integer({ min: 0 });
const id = integer({ min: 0, max: 2 ** 32 - 1 });

const checks: RequestChecks<TokensApi> = {
  snapshot: object({}),
  insert: object({ place, id }),
  describe: object({ place, ids: array(id, { max: 10_000 }) }),
  chooseModel: object({ name: string({ min: 1, max: 4096 }) }),
  act: object({ action: oneOf(...TOKENS_ACTIONS) }),
};

/** The same handlers, each behind the check of its parameters. */
export function tokensRequests(handlers: Handlers<TokensApi>): Handlers<TokensApi> {
  return checkedHandlers(checks, handlers);
}
