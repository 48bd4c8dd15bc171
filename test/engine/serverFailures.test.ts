import assert from 'node:assert/strict';
import { createServer as createSocket, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { describe, it, type TestContext } from 'node:test';
import { ServerHttp } from '../../src/engine/server/http';
import { Problem, type ProblemCode } from '../../src/protocol/errors';
import { inspectServer } from '../../src/engine/server/asking';
import { recordedRequest, recording, serve, serveRecording } from '../harness/recordedServer';
import { requestSignal, runOnServer } from '../harness/serverRun';
import { skipWithoutFixtures } from '../harness/fixtures';

const KEY = 'sk-very-secret';
const access = { key: KEY };

/** One clear sentence, and no key in it. */
function isClear(error: unknown, why: RegExp, code: ProblemCode = 'server'): void {
  assert.ok(error instanceof Problem, String(error));
  assert.equal(error.code, code);
  assert.match(error.message, why);
  assert.match(error.message, /^[A-Z].*[.:!?]?$/s);
  assert.ok(!error.message.includes('\n'), error.message);
  assert.ok(!JSON.stringify(error.toData()).includes(KEY), 'no key in an error');
}

const status =
  (code: number, body = '{"error":{"message":"No."}}', headers: Readonly<Record<string, string>> = {}) =>
  (response: ServerResponse): void =>
    void response.writeHead(code, headers).end(body);

const REFUSALS: readonly (readonly [
  string,
  (response: ServerResponse) => void,
  RegExp,
  RegExp | undefined,
  ProblemCode?,
])[] = [
  ['400', status(400), /answered 400: No\.$/, /Change what/],
  ['401', status(401, `{"detail":"${KEY}"}`), /answered 401\.$/, /key/, 'server-key'],
  ['403', status(403), /answered 403: No\.$/, /key/, 'server-key'],
  ['404', status(404, '<html>'), /answered 404\.$/, /name of the model/],
  ['429', status(429, '', { 'retry-after': '20' }), /answered 429\.$/, /^Wait 20 seconds, and try again\.$/],
  ['429 without a time', status(429), /answered 429: No\.$/, /^Wait, and try again\.$/],
  ['500', status(500, '{"error":"Out of\\n memory"}'), /answered 500: Out of memory$/, /log/],
  ['302', status(302, '', { location: 'http://127.0.0.1:1/' }), /answered 302\.$/, /somewhere else/],
  [
    '503 with a date',
    status(503, '', { 'retry-after': new Date(Date.now() + 3e5).toUTCString() }),
    /503/,
    /Wait (299|300) s/,
  ],
];

describe('a server that fails', () => {
  it('where nobody listens is said so, wherever that is', async () => {
    await assert.rejects(runOnServer('http://127.0.0.1:1', {}), (error) => {
      isClear(error, /cannot be reached \(ECONNREFUSED\)/);
      return true;
    });
    await assert.rejects(
      inspectServer({ server: { address: 'http://host.invalid' }, access }, requestSignal()),
      (error) => {
        isClear(error, /cannot be reached/);
        return true;
      },
    );
    for (const address of ['ftp://a', 'no address', `http://user:${KEY}@a`]) {
      await assert.rejects(runOnServer(address, {}), (error) => {
        isClear(error, /^The address of the server/);
        return true;
      });
    }
  });

  for (const [name, refuse, why, action, code] of REFUSALS) {
    it(`with ${name} is one sentence, when it is asked what it is`, async (t) => {
      const address = await serve(t, (_, response) => refuse(response));
      await assert.rejects(runOnServer(address, { access }), (error) => {
        isClear(error, why, code);
        assert.match((error as Problem).action ?? '', action ?? /^/);
        return true;
      });
    });
  }

  it('with what is no HTTP, no JSON or something else is one sentence', async (t) => {
    const raw = createSocket((socket) => socket.end('SSH-2.0-OpenSSH\r\n')).listen(0, '127.0.0.1');
    await once(raw, 'listening');
    t.after(() => raw.close());
    await assert.rejects(
      runOnServer(`http://127.0.0.1:${(raw.address() as AddressInfo).port}`, { access }),
      (error) => {
        isClear(error, /cannot be reached/);
        return true;
      },
    );
    for (const [body, why] of [
      ['<html>Welcome</html>', /cannot be read: it is not JSON/],
      ['[]', /the list of models must be an object/],
      ['{"data":[]}', /has 0 models/],
      ['{"data":[{"id":"a"},{"id":"b"}]}', /has 2 models/],
    ] as const) {
      const address = await serve(
        t,
        (request, response) => void (request.url === '/v1/models' ? response.end(body) : status(404)(response)),
      );
      await assert.rejects(runOnServer(address, { access }), (error) => {
        isClear(error, why);
        return true;
      });
    }
  });

  it('that says nothing is given up', async (t) => {
    const address = await serve(t, () => undefined);
    await assert.rejects(
      new ServerHttp(address, { ...access, silence: 30 }).text('/x', undefined, new AbortController().signal),
      (error) => {
        isClear(error, /said nothing for 0\.03 seconds/);
        return true;
      },
    );
  });
});

describe('a vLLM server that fails', { skip: skipWithoutFixtures }, () => {
  const prompt = { text: recordedRequest('stream.sse').prompt };
  const failing = async (
    t: TestContext,
    stream: (response: ServerResponse) => void,
    stop?: AbortController,
  ): Promise<{ failure: unknown; tokens: number; message: string | undefined; finish: string | undefined }> => {
    const { address } = await serveRecording(t, { key: KEY, stream });
    const { trace, failure } = await runOnServer(
      address,
      { access, prompt },
      stop ? { signal: requestSignal(stop) } : {},
    );
    return { failure, tokens: trace.tokens.length, message: trace.summary?.message, finish: trace.summary?.finish };
  };
  const half = (response: ServerResponse, then: () => void): void =>
    void response.write(recording('stream.sse').subarray(0, 4000), then);

  for (const [name, refuse, why, action, code] of REFUSALS) {
    it(`with ${name} is one sentence, when it is to generate: the prompt is kept`, async (t) => {
      const { failure, tokens, message } = await failing(t, refuse);
      isClear(failure, why, code);
      assert.match((failure as Problem).action ?? '', action ?? /^/);
      assert.deepEqual([tokens, message], [55, (failure as Problem).message]);
    });
  }

  it('says in its own words what is wrong with a request', async (t) => {
    for (const [name, code, why] of [
      ['error_context.json', 400, /maximum context length is 1024 tokens/],
      ['error_model.json', 404, /The model `nope` does not exist/],
      ['error_value.json', 400, /temperature must be non-negative, got -3\.0/],
    ] as const) {
      const { failure } = await failing(t, status(code, recording(name).toString()));
      isClear(failure, why);
    }
  });

  it('is lost in the middle: what came is kept', async (t) => {
    const { failure, tokens, finish } = await failing(t, (response) => half(response, () => response.destroy()));
    isClear(failure, /gone in the middle/);
    assert.ok(tokens > 55 && tokens < 87);
    assert.equal(finish, 'failed');
  });

  it('gives a stream cut in bytes of one', async (t) => {
    const bytes = recording('stream.sse');
    const { failure, tokens } = await failing(t, (response) => {
      void (async () => {
        response.socket?.setNoDelay(true);
        for (let i = 0; i < bytes.length; i++) {
          response.write(bytes.subarray(i, i + 1));
          if (i % 100 === 0) await new Promise((resolve) => setImmediate(resolve));
        }
        response.end();
      })();
    });
    assert.equal(failure, undefined);
    assert.equal(tokens, 87);
  });

  it('answers without end, or more than was asked for: it is not read to its end', async (t) => {
    for (const [piece, why] of [
      [Buffer.alloc(65_536, 'x'), /larger than \d+ MB/],
      [Buffer.from(`data: {"choices":[]}\n\n: ${'x'.repeat(60_000)}\n\n`), undefined],
    ] as const) {
      let sent = 0;
      let closed = false;
      const stop = new AbortController();
      const { failure, tokens, finish } = await failing(
        t,
        (response) => {
          response.on('close', () => (closed = true));
          const more = (): void => {
            while (!closed && sent < 100e6) {
              sent += piece.length;
              if (!response.write(piece)) return void response.once('drain', more);
            }
            if (sent >= 100e6) stop.abort();
          };
          more();
        },
        stop,
      );
      assert.equal(tokens, 55);
      // Events without tokens go on for as long as nobody stops them; one that does not end is given up.
      if (why === undefined) assert.equal(finish, 'cancelled');
      else {
        isClear(failure, why);
        assert.ok(sent < 60e6, `${sent} bytes were sent`);
      }
    }
    const line = recording('stream.sse').toString().split('\n')[0] ?? '';
    const { failure, tokens } = await failing(t, (response) => void response.end(`${line}\n\n`.repeat(100)));
    isClear(failure, /more than was asked for/);
    assert.ok(tokens < 55 + 40);
  });

  it('scores a prompt with 100 MB: it is not read to its end', async (t) => {
    let sent = 0;
    const address = await serve(t, (request, response) => {
      if (request.url === '/v1/models') return void response.end(recording('models.json'));
      if (request.url === '/version') return void response.end(recording('version.json'));
      response.write('{"choices":["');
      const piece = Buffer.alloc(1 << 20, 'x');
      const more = (): void => {
        while (!response.destroyed && sent < 100e6) {
          sent += piece.length;
          if (!response.write(piece)) return void response.once('drain', more);
        }
        response.end();
      };
      more();
    });
    await assert.rejects(runOnServer(address, { access, prompt }), (error) => {
      isClear(error, /larger than 64 MB/);
      return true;
    });
    assert.ok(sent < 80e6, `${sent} bytes were sent`);
  });

  it('is stopped while it says nothing, wherever it is: the connection is closed', async (t) => {
    for (const silent of ['/v1/models', '/version', '/v1/completions'] as const) {
      const stop = new AbortController();
      let close: () => void = () => undefined;
      const closed = new Promise<void>((resolve) => (close = resolve));
      const address = await serve(t, (request, response) => {
        if (request.url !== silent) {
          return void response.end(recording(request.url === '/v1/models' ? 'models.json' : 'version.json'));
        }
        response.on('close', close);
        setImmediate(() => stop.abort());
      });
      await assert.rejects(runOnServer(address, { access, prompt }, { signal: requestSignal(stop) }), (error) => {
        assert.equal((error as Problem).code, 'cancelled');
        return true;
      });
      await closed;
    }
    const stop = new AbortController();
    let close: () => void = () => undefined;
    const closed = new Promise<void>((resolve) => (close = resolve));
    const { failure, finish, tokens } = await failing(
      t,
      (response) => {
        response.on('close', close);
        half(response, () => setTimeout(() => stop.abort(), 20));
      },
      stop,
    );
    await closed;
    assert.deepEqual([failure, finish], [undefined, 'cancelled']);
    assert.ok(tokens > 55);
  });
});
