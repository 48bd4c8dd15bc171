import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test, type TestContext } from 'node:test';
import { eventsOf } from '../../src/engine/server/events';
import { ServerHttp, type HttpOptions } from '../../src/engine/server/http';
import { Problem } from '../../src/protocol/errors';

const KEY = 'sk-very-secret';
const never = new AbortController().signal;

async function serve(
  t: TestContext,
  answer: (request: IncomingMessage, response: ServerResponse) => void,
  options: HttpOptions = {},
): Promise<ServerHttp> {
  const server = createServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return new ServerHttp(`http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/`, { key: KEY, ...options });
}

async function fails(asked: Promise<unknown>, message: RegExp, action?: RegExp, code = 'server'): Promise<void> {
  await assert.rejects(asked, (error) => {
    assert.ok(error instanceof Problem, String(error));
    assert.equal(error.code, code);
    assert.match(error.message, message);
    if (action) assert.match(error.action ?? '', action);
    assert.ok(!JSON.stringify(error.toData()).includes(KEY), 'no key in an error');
    return true;
  });
}

test('a request carries its body and its key', async (t) => {
  const server = await serve(t, (request, response) => {
    void (async () => {
      const body = (await request.toArray()).join('');
      response.end(JSON.stringify([request.method, request.url, request.headers.authorization, body]));
    })();
  });
  const told = JSON.parse(await server.text('/v1/completions', { prompt: 'é' }, never)) as unknown;
  assert.deepEqual(told, ['POST', '/v1/completions', `Bearer ${KEY}`, '{"prompt":"é"}']);
});

test('each status has its sentence, with what the server said and without the key', async (t) => {
  for (const [status, action] of [
    [400, /Change what/],
    [401, /key/],
    [404, /name of the model/],
    [429, /Wait/],
    [500, /log/],
  ] as const) {
    const server = await serve(t, (_, response) => {
      response.writeHead(status).end(JSON.stringify({ error: { message: `No, not with ${KEY}.` } }));
    });
    const said = new RegExp(`answered ${status}: No, not with \\(key\\)\\.$`);
    await fails(server.text('/x', {}, never), said, action, status === 401 ? 'server-key' : 'server');
  }
});

test('a refused connection, silence, an end in the middle and too much are one sentence each', async (t) => {
  await fails(new ServerHttp('http://127.0.0.1:1').text('/x', undefined, never), /cannot be reached/, /runs/);
  const silent = await serve(t, () => undefined, { silence: 50 });
  await fails(silent.text('/x', undefined, never), /said nothing for 0\.05 seconds/);

  const gone = await serve(t, (_, response) => {
    response.write('what came', () => setTimeout(() => response.destroy(), 20));
  });
  let kept = '';
  await fails(
    (async () => {
      for await (const piece of gone.bytes('/x', undefined, never)) kept += Buffer.from(piece).toString();
    })(),
    /gone in the middle/,
  );
  assert.equal(kept, 'what came');

  const endless = await serve(
    t,
    (_, response) => {
      const more = (): void => void (response.write(Buffer.alloc(65_536)) ? setImmediate(more) : undefined);
      response.on('drain', more);
      more();
    },
    { largestAnswer: 1024 ** 2 },
  );
  await fails(endless.text('/x', undefined, never), /larger than 1 MB/, /fewer/);
});

test('a server that sends a byte now and then is given up, in an answer as in a stream', async (t) => {
  const trickle = (response: ServerResponse, byte: string): void => {
    const timer = setInterval(() => response.write(byte), 5);
    response.on('close', () => clearInterval(timer));
  };
  const options = { silence: 10_000, longest: 100 };
  const answer = await serve(t, (_, response) => trickle(response, ' '), options);
  await fails(answer.text('/x', undefined, never), /was not done with its answer after 0\.1 seconds/, /stuck/);
  const stream = await serve(t, (_, response) => trickle(response, ':\n'), options);
  const reading = (async () => {
    for await (const event of eventsOf(stream, '/x', {}, never)) assert.fail(String(event));
  })();
  await fails(reading, /was not done with its answer after 0\.1 seconds/, /stuck/);
});

test('stopping closes the connection', async (t) => {
  const stop = new AbortController();
  let close = (): void => undefined;
  const closed = new Promise<void>((resolve) => (close = resolve));
  const server = await serve(t, (_, response) => {
    response.on('close', () => close());
    response.write('a');
  });
  await assert.rejects(
    (async () => {
      for await (const piece of server.bytes('/x', undefined, stop.signal)) {
        assert.equal(piece.length, 1);
        stop.abort();
      }
    })(),
    (error) => error instanceof Problem && error.code === 'cancelled',
  );
  await closed;
});

test('an address holds no key', () => {
  assert.equal(new ServerHttp('https://host:1/a/v1/?token=x#y').address, 'https://host:1/a');
  for (const address of ['host', 'file:///etc', `http://me:${KEY}@host`]) {
    assert.throws(
      () => new ServerHttp(address),
      (error) => error instanceof Problem && !error.message.includes(KEY),
    );
  }
});

test('what cannot be a key is not sent', () => {
  for (const key of ['two words', 'line\nbreak', 'ключ', '']) {
    assert.throws(
      () => new ServerHttp('http://host', { key }),
      (error) => error instanceof Problem && error.code === 'server-key' && !(key && error.message.includes(key)),
    );
  }
});
