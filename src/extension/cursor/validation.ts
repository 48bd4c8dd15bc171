import type { AttentionApi } from '../../protocol/attentionView';
import type { Handlers } from '../../protocol/call';
import { CURSOR_ACTIONS, type CursorApi } from '../../protocol/cursorView';
import type { StripApi } from '../../protocol/stripView';
import type { TokensApi } from '../../protocol/tokensView';
import { checkedHandlers, type RequestChecks } from '../../protocol/checkedHandlers';
import { array, integer, nullable, object, oneOf, string } from '../../protocol/validate';

const place = integer({ min: 0 });
const id = integer({ min: 0, max: 2 ** 32 - 1 });

const shared: RequestChecks<CursorApi<unknown>> = {
  snapshot: object({}),
  chooseModel: object({ name: string({ min: 1, max: 4096 }) }),
  act: object({ action: oneOf(...CURSOR_ACTIONS) }),
};

const tokens: RequestChecks<TokensApi> = {
  ...shared,
  insert: object({ place, id }),
  describe: object({ place, ids: array(id, { max: 10_000 }) }),
};

const attention: RequestChecks<AttentionApi> = {
  ...shared,
  reveal: object({ place, index: integer({ min: 0, max: 1_000_000 }) }),
};

const strip: RequestChecks<StripApi> = {
  ...shared,
  point: object({
    place,
    index: nullable(integer({ min: 0, max: 1_000_000 })),
    how: oneOf('frame', 'reveal', 'go'),
  }),
};

/** The same handlers, each behind the check of its parameters. */
export function tokensRequests(handlers: Handlers<TokensApi>): Handlers<TokensApi> {
  return checkedHandlers(tokens, handlers);
}

/** The same handlers, each behind the check of its parameters. */
export function attentionRequests(handlers: Handlers<AttentionApi>): Handlers<AttentionApi> {
  return checkedHandlers(attention, handlers);
}

/** The same handlers, each behind the check of its parameters. */
export function stripRequests(handlers: Handlers<StripApi>): Handlers<StripApi> {
  return checkedHandlers(strip, handlers);
}
