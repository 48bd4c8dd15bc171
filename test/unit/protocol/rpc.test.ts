import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Call, Handlers } from '../../../src/protocol/call';
import { Problem } from '../../../src/protocol/errors';
import { cancelled, isRpcMessage, RpcClient, RpcServer, type RpcMessage } from '../../../src/protocol/rpc';

interface Api {
  double: Call<{ readonly n: number }, number>;
  count: Call<{ readonly to: number }, string, number>;
  wait: Call<Record<string, never>, string>;
  fail: Call<{ readonly how: string }, null>;
  urgency: Call<Record<string, never>, string>;
  uncloneable: Call<Record<string, never>, unknown, unknown>;
}

const handlers: Handlers<Api> = {
  double: ({ n }) => 2 * n,
  count: async ({ to }, { emit }) => {
    for (let i = 0; i < to; i++) {
      emit(i);
      await Promise.resolve();
    }
    return 'done';
  },
  wait: (_params, { signal }) =>
    new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(cancelled()))),
  fail: ({ how }) => {
    if (how === 'later')
      return Promise.reject(new Problem({ code: 'run-failed', message: 'It failed.', action: 'Wait.' }));
    // eslint-disable-next-line @typescript-eslint/only-throw-error -- a library may throw anything
    if (how === 'not an error') throw 'a bare string';
    throw new Error('at once');
  },
  urgency: (_params, { signal }) => signal.priority,
  uncloneable: (_params, { emit }) => {
    emit(() => 'a function');
    return () => 'a function';
  },
};

/** Two ends joined by structured clones that arrive later, in order, as over a real channel. */
function connect(over: Partial<Handlers<Api>> = {}) {
  const sent: RpcMessage[] = [];
  const errors: string[] = [];
  const server: RpcServer<Api> = new RpcServer<Api>(
    {
      post: (message) => {
        const clone = structuredClone(message);
        sent.push(clone);
        queueMicrotask(() => client.receive(clone));
      },
    },
    { ...handlers, ...over },
    { onError: (method, problem) => errors.push(`${method}: ${problem.code}`) },
  );
  const client: RpcClient<Api> = new RpcClient<Api>({
    post: (message) => {
      const clone = structuredClone(message);
      queueMicrotask(() => server.receive(clone));
    },
  });
  const replies = (): number => sent.filter(({ rpc }) => rpc === 'reply').length;
  return { client, server, sent, errors, replies };
}

test('a call gives what its handler returns', async () => {
  const { client } = connect();
  assert.equal(await client.call('double', { n: 21 }), 42);
});

test('a handler that throws, at once, later or no error at all, is answered with a problem', async () => {
  const { client, replies, errors } = connect();
  await assert.rejects(client.call('fail', { how: 'at once' }), { code: 'internal', message: 'at once' });
  await assert.rejects(client.call('fail', { how: 'later' }), {
    code: 'run-failed',
    message: 'It failed.',
    action: 'Wait.',
  });
  await assert.rejects(client.call('fail', { how: 'not an error' }), { code: 'internal', message: 'a bare string' });
  assert.equal(replies(), 3);
  assert.deepEqual(errors, ['fail: internal', 'fail: run-failed', 'fail: internal']);
  assert.equal(client.pending, 0);
});

test('a method that does not exist, inherited ones included, is answered with unknown-method', async () => {
  const { client } = connect();
  for (const method of ['nothing', 'toString', 'constructor', '__proto__']) {
    await assert.rejects(client.call(method as 'double', { n: 1 }), { code: 'unknown-method' });
  }
});

test('events arrive in order and before the answer', async () => {
  const { client, sent } = connect();
  const seen: number[] = [];
  assert.equal(await client.call('count', { to: 50 }, { onEvent: (n) => seen.push(n) }), 'done');
  assert.deepEqual(seen, [...Array(50).keys()]);
  assert.equal(sent.at(-1)?.rpc, 'reply');
});

test('an event that a handler emits after its answer is not sent', async () => {
  let emitLater: (n: number) => void = () => undefined;
  const { client, sent } = connect({
    count: (_params, { emit }) => {
      emitLater = emit;
      return 'done';
    },
  });
  await client.call('count', { to: 0 });
  emitLater(1);
  assert.equal(sent.filter(({ rpc }) => rpc === 'event').length, 0);
});

test('a listener that throws fails its own call and leaves the channel to others', async () => {
  const { client } = connect();
  const broken = client.call(
    'count',
    { to: 3 },
    {
      onEvent: () => {
        throw new Error('listener');
      },
    },
  );
  const other = client.call('double', { n: 2 });
  await assert.rejects(broken, { message: 'listener' });
  assert.equal(await other, 4);
});

test('a cancelled call is settled by its handler, once', async () => {
  const { client, replies } = connect();
  const stop = new AbortController();
  const call = client.call('wait', {}, { signal: stop.signal });
  await Promise.resolve();
  stop.abort();
  await assert.rejects(call, { code: 'cancelled' });
  assert.equal(replies(), 1);
});

test('a call with a signal that is aborted already is not sent', async () => {
  const { client, sent, server } = connect();
  await assert.rejects(client.call('wait', {}, { signal: AbortSignal.abort() }), { code: 'cancelled' });
  await new Promise(setImmediate);
  assert.equal(sent.length, 0);
  assert.equal(server.pending, 0);
});

test('a handler may answer a cancel with a result', async () => {
  const { client } = connect({
    wait: (_params, { signal }) =>
      new Promise((resolve) => signal.addEventListener('abort', () => resolve('what there was'))),
  });
  const stop = new AbortController();
  const call = client.call('wait', {}, { signal: stop.signal });
  await Promise.resolve();
  stop.abort();
  assert.equal(await call, 'what there was');
});

test('cancelling twice, or what is not under way, changes nothing', async () => {
  const { client, server } = connect();
  let heard = 0;
  const posted: RpcMessage[] = [];
  const counting = new RpcServer<Api>(
    { post: (message) => void posted.push(message) },
    {
      ...handlers,
      wait: (_params, { signal }) =>
        new Promise((resolve) => {
          signal.addEventListener('abort', () => {
            heard++;
            setImmediate(() => resolve('ok'));
          });
        }),
    },
  );
  counting.receive({ rpc: 'request', id: 7, method: 'wait', params: {}, priority: 'interactive' });
  counting.receive({ rpc: 'cancel', id: 7 });
  counting.receive({ rpc: 'cancel', id: 7 });
  counting.receive({ rpc: 'cancel', id: 8 });
  await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
  assert.equal(heard, 1);
  assert.equal(posted.length, 1);
  server.receive({ rpc: 'cancel', id: 99 });
  assert.equal(await client.call('double', { n: 1 }), 2);
});

test('a second request under an id that still waits is ignored', async () => {
  const posted: RpcMessage[] = [];
  const server = new RpcServer<Api>({ post: (message) => void posted.push(message) }, handlers);
  server.receive({ rpc: 'request', id: 1, method: 'wait', params: {}, priority: 'interactive' });
  server.receive({ rpc: 'request', id: 1, method: 'double', params: { n: 1 }, priority: 'interactive' });
  server.abortAll();
  await new Promise(setImmediate);
  assert.equal(posted.length, 1);
});

test('a page that was loaded again is answered while a request of the one before still waits', async () => {
  const pages: RpcClient<Api>[] = [];
  const server = new RpcServer<Api>({ post: (message) => pages.at(-1)?.receive(structuredClone(message)) }, handlers);
  const load = (): RpcClient<Api> => {
    const page = new RpcClient<Api>({ post: (message) => server.receive(structuredClone(message)) });
    pages.push(page);
    return page;
  };
  void load().call('wait', {});
  assert.equal(await load().call('double', { n: 4 }), 8);
  assert.equal(server.pending, 1);
});

test('a result that cannot be cloned is answered with a problem, and an event that cannot is left out', async () => {
  const { client, errors } = connect();
  await assert.rejects(client.call('uncloneable', {}), (error: Problem) => error.code === 'internal');
  assert.deepEqual(errors, ['uncloneable: internal', 'uncloneable: internal']);
});

test('parameters that cannot be cloned fail the call', async () => {
  const { client } = connect();
  await assert.rejects(client.call('double', { n: (() => 1) as unknown as number }), { code: 'internal' });
  assert.equal(client.pending, 0);
});

test('a server whose channel is gone still comes to an end', async () => {
  const server = new RpcServer<Api>(
    {
      post: () => {
        throw new Error('gone');
      },
    },
    handlers,
  );
  server.receive({ rpc: 'request', id: 1, method: 'double', params: { n: 1 }, priority: 'interactive' });
  await new Promise(setImmediate);
  assert.equal(server.pending, 0);
});

test('when the other side is gone, everything that waits fails with the reason', async () => {
  const client = new RpcClient<Api>({ post: () => undefined });
  const calls = [client.call('wait', {}), client.call('double', { n: 1 })];
  const problem = new Problem({ code: 'engine-crashed', message: 'It is gone.' });
  client.failAll(problem);
  for (const call of calls) await assert.rejects(call, problem);
  assert.equal(client.pending, 0);
});

test('calls that run at the same time get their own answers, in any order', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 20 }), async (delays) => {
      const { client, replies } = connect({
        double: async ({ n }) => {
          for (let i = 0; i < (delays[n] ?? 0); i++) await Promise.resolve();
          return 2 * n;
        },
      });
      const results = await Promise.all(delays.map((_, n) => client.call('double', { n })));
      assert.deepEqual(
        results,
        delays.map((_, n) => 2 * n),
      );
      assert.equal(replies(), delays.length);
    }),
  );
});

test('a request is interactive unless it says background', async () => {
  const { client, server, sent } = connect();
  assert.equal(await client.call('urgency', {}), 'interactive');
  assert.equal(await client.call('urgency', {}, { priority: 'background' }), 'background');
  server.receive({ rpc: 'request', id: 1e6, method: 'urgency', params: {}, priority: 'now!' as 'interactive' });
  await new Promise(setImmediate);
  assert.deepEqual(sent.at(-1), { rpc: 'reply', id: 1e6, ok: true, result: 'interactive' });
});

test('what has no shape of a message is told from what has', () => {
  const good: RpcMessage[] = [
    { rpc: 'request', id: 1, method: 'x', params: null, priority: 'interactive' },
    { rpc: 'cancel', id: 1 },
    { rpc: 'event', id: 1, event: null },
    { rpc: 'reply', id: 1, ok: true, result: null },
    { rpc: 'reply', id: 1, ok: false, problem: { code: 'internal', message: 'x' } },
    { rpc: 'notify', name: 'x', data: null },
  ];
  for (const message of good) assert.ok(isRpcMessage(message), JSON.stringify(message));
  const garbage: unknown[] = [
    null,
    'request',
    42,
    [],
    {},
    { rpc: 'other', id: 1 },
    { rpc: 'request', id: 1 },
    { rpc: 'request', id: '1', method: 'x' },
    { rpc: 'cancel', id: 1.5 },
    { rpc: 'reply', id: 1 },
    { rpc: 'reply', id: 1, ok: 'yes' },
    { rpc: 'reply', id: 1, ok: false },
    { rpc: 'reply', id: 1, ok: false, problem: { code: 1, message: 'x' } },
    { rpc: 'reply', id: 1, ok: false, problem: { code: 'internal', message: 'x', action: 3 } },
    { rpc: 'notify' },
  ];
  for (const message of garbage) assert.ok(!isRpcMessage(message), JSON.stringify(message));
});

test('no value at all makes the check of messages throw', () => {
  fc.assert(fc.property(fc.anything(), (value) => typeof isRpcMessage(value) === 'boolean'));
});
