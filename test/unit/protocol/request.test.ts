import assert from 'node:assert/strict';
import { test } from 'node:test';
import { integer, object } from '../../../src/core/check/check';
import type { Handlers } from '../../../src/protocol/call';
import { Problem } from '../../../src/protocol/errors';
import { nothing, request, served, type ApiOf } from '../../../src/protocol/request';

const LIST = {
  double: request(object({ of: integer({ min: 0 }) })).gives<number>(),
  fail: request(nothing).gives<null>(),
} as const;
type Api = ApiOf<typeof LIST>;

const context = { signal: {} as never, emit: () => assert.fail('nothing is streamed') };
const handlers: Handlers<Api> = {
  double: ({ of }) => 2 * of,
  fail: () => {
    throw new RangeError('broken');
  },
};

test('a handler gets what its check gives, and nothing that is not so', () => {
  const api = served(LIST, handlers);
  assert.equal(api.double({ of: 3 }, context), 6);
  const wrong = { of: -1 };
  assert.throws(
    () => api.double(wrong, context),
    (error) => error instanceof Problem && /"of" must be/.test(error.message),
  );
});

test('a list decides what is answered: a handler that it does not name is none', () => {
  const more = { ...handlers, other: () => null };
  assert.deepEqual(Object.keys(served(LIST, more)), ['double', 'fail']);
});

test('what a handler throws is answered as whoever serves says', async () => {
  assert.throws(() => served(LIST, handlers).fail({}, context), /broken/);
  const api = served(
    LIST,
    handlers,
    (thrown) => new Problem({ code: 'internal', message: `It ${String((thrown as Error).message)}.` }),
  );
  await assert.rejects(async () => api.fail({}, context), /It broken\./);
});
