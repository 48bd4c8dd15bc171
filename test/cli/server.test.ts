import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { parseTrace } from '../../src/core/trace/vivtrace';
import { fixture } from '../harness/fixtures';
import { NO_FIXTURES, vivarium } from './vivarium';

const KEY = 'sk-very-secret';
process.env['VIVARIUM_SERVER_KEY'] = KEY;
const folder = mkdtempSync(path.join(tmpdir(), 'vivarium-cli-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const file = (name: string): Buffer => readFileSync(fixture('servers/vllm-0.32.0', name));

test('a run on a server is shown, written and fails as any other', { skip: NO_FIXTURES }, async (t) => {
  let stream = (): Buffer => file('stream.sse');
  const server = createServer((request, response) => {
    void (async () => {
      const body = (await request.toArray()).join('');
      if (request.headers.authorization !== `Bearer ${KEY}`) {
        response.writeHead(401).end(JSON.stringify({ error: { message: 'Wrong key.' } }));
      } else if (request.url === '/v1/models') response.end(file('models.json'));
      else if (request.url === '/version') response.end(file('version.json'));
      else response.end((JSON.parse(body) as { stream?: boolean }).stream ? stream() : file('greedy.json'));
    })();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const out = path.join(folder, 'server.vivtrace');
  const args = ['run', '--server', address, '--prompt', 'def', '--max-new', '32', '--out', out, '--verbose'];

  const { code, stdout, stderr } = await vivarium(...args, '--json');
  assert.equal(code, 0, stderr);
  const told = JSON.parse(stdout) as { ids: number[]; speculation: { accepted: number } };
  assert.equal(told.ids.length, 87);
  assert.equal(told.speculation.accepted, 21);
  const { trace, notes } = parseTrace(readFileSync(out, 'utf8'));
  assert.deepEqual(notes, []);
  assert.equal(trace.header.model.server?.address, address);
  const table = await vivarium(...args);
  assert.equal(table.code, 0, table.stderr);

  stream = () => file('stream.sse').subarray(0, 4000);
  const cut = await vivarium(...args, '--json');
  assert.equal(cut.code, 1);
  assert.match(cut.stderr, /in the middle\. What came before is in/);
  assert.equal(parseTrace(readFileSync(out, 'utf8')).trace.summary?.finish, 'failed');

  process.env['VIVARIUM_SERVER_KEY'] = 'another';
  const refused = await vivarium(...args, '--json');
  process.env['VIVARIUM_SERVER_KEY'] = KEY;
  assert.match(refused.stderr, /answered 401: Wrong key\. Give its key \(the command line reads it from VIVARIUM_SERVER_KEY/);

  const written = readdirSync(folder).map((name) => readFileSync(path.join(folder, name), 'utf8'));
  for (const text of [...written, stdout, stderr, table.stdout, table.stderr, cut.stderr])
    assert.ok(!text.includes(KEY));
  assert.match((await vivarium('run', '--server', address, '--model', 'a', '--prompt', 'b')).stderr, /--model cannot/);
});
