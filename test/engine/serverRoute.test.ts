import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, request as requestPlain, type Server } from 'node:http';
import { createServer as createSecure } from 'node:https';
import { connect, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { ServerHttp } from '../../src/engine/server/http';
import { proxyFor } from '../../src/engine/server/route';
import { Problem } from '../../src/protocol/errors';
import type { ServerTransport } from '../../src/protocol/servers';
import { serverAccess } from '../../src/cli/serverAccess';

const never = new AbortController().signal;

interface Pair {
  readonly key: Buffer;
  readonly cert: Buffer;
}

/** A certificate that nobody vouches for; null where there is no openssl to make it. */
const pair: Pair | null = (() => {
  const folder = mkdtempSync(path.join(tmpdir(), 'vivarium-tls-'));
  const [key, cert] = [path.join(folder, 'key.pem'), path.join(folder, 'cert.pem')];
  try {
    execFileSync(
      'openssl',
      [
        ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=localhost'],
        ...['-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1', '-keyout', key, '-out', cert],
      ],
      { stdio: 'ignore' },
    );
    return { key: readFileSync(key), cert: readFileSync(cert) };
  } catch {
    return null;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
})();
const without = pair ? false : 'no openssl';

async function listening(t: TestContext, server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

/** A server with TLS that says who asked, and a proxy that writes down what went through it. */
async function secured(t: TestContext): Promise<string> {
  const server = createSecure(pair as Pair, (request, response) =>
    response.end(`key ${request.headers.authorization}`),
  );
  return `https://localhost:${await listening(t, server)}`;
}

async function proxied(t: TestContext, password?: string): Promise<{ address: string; seen: string[] }> {
  const seen: string[] = [];
  const expected = password === undefined ? undefined : `Basic ${Buffer.from(`me:${password}`).toString('base64')}`;
  const server = createServer((request, response) => {
    seen.push(`${request.method} ${request.url}`);
    if (request.headers['proxy-authorization'] !== expected) return void response.writeHead(407).end();
    const { 'proxy-authorization': _, ...headers } = request.headers;
    request.pipe(
      requestPlain(request.url ?? '', { method: request.method, headers }, (answer) => answer.pipe(response)),
    );
  });
  server.on('connect', (request, socket) => {
    seen.push(`CONNECT ${request.url}`);
    if (request.headers['proxy-authorization'] !== expected) {
      return void socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
    }
    const [host, port] = (request.url ?? '').split(':');
    const onward = connect(Number(port), host, () => {
      socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
      socket.pipe(onward).pipe(socket);
    });
    onward.on('error', () => socket.destroy());
    socket.on('error', () => onward.destroy());
    t.after(() => onward.destroy());
  });
  return { address: `127.0.0.1:${await listening(t, server)}`, seen };
}

const ask = (address: string, transport: ServerTransport): Promise<string> =>
  new ServerHttp(address, { key: 'secret', transport }).text('/x', undefined, never);

async function refuses(asked: Promise<unknown>, why: RegExp, action: RegExp): Promise<void> {
  await assert.rejects(asked, (error) => {
    assert.ok(error instanceof Problem && error.code === 'server', String(error));
    assert.match(error.message, why);
    assert.match(error.action ?? '', action);
    return true;
  });
}

describe('the way to a server', () => {
  it('with TLS asks who vouches for it', { skip: without }, async (t) => {
    const address = await secured(t);
    await refuses(ask(address, {}), /cannot be reached \(.*SELF_SIGNED.*\)/, /certificate/);
    assert.equal(await ask(address, { strictSSL: false }), 'key Bearer secret');
    assert.equal(await ask(address, { certificates: [(pair as Pair).cert.toString()] }), 'key Bearer secret');
  });

  it(
    'goes through a proxy, in a tunnel where it has TLS: the key is not shown to the proxy',
    { skip: without },
    async (t) => {
      const address = await secured(t);
      const proxy = await proxied(t, 'p w');
      const trusted = { strictSSL: false, proxy: `http://me:p%20w@${proxy.address}` };
      assert.equal(await ask(address, trusted), 'key Bearer secret');
      assert.deepEqual(proxy.seen, [`CONNECT ${new URL(address).host}`]);
      const header = `Basic ${Buffer.from('me:p w').toString('base64')}`;
      const named = { strictSSL: false, proxy: `http://${proxy.address}`, proxyAuthorization: header };
      assert.equal(await ask(address, named), 'key Bearer secret');
      await refuses(
        ask(address, { strictSSL: false, proxy: `http://me:wrong@${proxy.address}` }),
        /^The proxy at 127\.0\.0\.1:\d+ answered 407, so https:\/\/localhost:\d+ cannot be reached\.$/,
        /proxy/,
      );
    },
  );

  it('goes through a proxy that is told the whole address where it has none', async (t) => {
    const server = createServer((request, response) => response.end(`at ${request.url}`));
    const address = `http://127.0.0.1:${await listening(t, server)}`;
    const proxy = await proxied(t);
    assert.equal(await ask(address, { proxy: `http://${proxy.address}` }), 'at /x');
    assert.deepEqual(proxy.seen, [`GET ${address}/x`]);
    assert.equal(await ask(address, { proxy: `http://${proxy.address}`, noProxy: ['127.0.0.1'] }), 'at /x');
    assert.equal(proxy.seen.length, 1);
    await refuses(ask(address, { proxy: 'socks5://127.0.0.1:1' }), /The proxy has no http or https address/, /proxy/);
    await refuses(ask(address, { proxy: 'http://127.0.0.1:1' }), /cannot be reached \(ECONNREFUSED\)/, /./);
  });

  it('takes no proxy for hosts that are left out', () => {
    const proxy = 'http://proxy:3128';
    for (const [pattern, address, out] of [
      ['example.org', 'http://example.org', true],
      ['example.org', 'http://a.example.org', true],
      ['.example.org', 'http://a.example.org', true],
      ['*.example.org', 'http://a.example.org', true],
      ['example.org', 'http://badexample.org', false],
      ['example.org:8000', 'http://example.org:8000', true],
      ['example.org:8000', 'http://example.org', false],
      ['*', 'http://anything', true],
      ['EXAMPLE.org', 'http://example.ORG', true],
      ['::1', 'http://[::1]:8000', true],
      ['', 'http://a', false],
    ] as const) {
      assert.equal(
        proxyFor(new URL(address), { proxy, noProxy: [pattern] }) === undefined,
        out,
        `${pattern} ${address}`,
      );
    }
  });

  it('is the one of the environment on the command line', () => {
    const env = { HTTPS_PROXY: 'http://s:1', http_proxy: 'http://p:1', HTTP_PROXY: 'http://not:1', NO_PROXY: 'a, .b' };
    assert.deepEqual(serverAccess('https://x', env), { transport: { proxy: 'http://s:1', noProxy: ['a', '.b'] } });
    assert.equal(serverAccess('http://x', env).transport?.proxy, 'http://p:1');
    assert.deepEqual(serverAccess('http://x', { VIVARIUM_SERVER_KEY: 'k' }), { key: 'k' });
  });
});
