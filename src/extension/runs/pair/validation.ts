import type { Handlers } from '../../../protocol/call';
import { checkedHandlers, type RequestChecks } from '../../../protocol/checkedHandlers';
import type { RunPairApi } from '../../../protocol/runPair';
import { integer, object, oneOf } from '../../../protocol/validate';

const place = oneOf('a', 'b');

const checks: RequestChecks<RunPairApi> = {
  open: object({}),
  swap: object({}),
  choose: object({ place }),
  explore: object({ place }),
  alternatives: object({ index: integer({ min: 0 }) }),
  measure: object({}),
  save: object({ form: oneOf('csv', 'json') }),
};

/** The same handlers, each behind the check of its parameters. */
export function runPairRequests(handlers: Handlers<RunPairApi>): Handlers<RunPairApi> {
  return checkedHandlers(checks, handlers);
}
