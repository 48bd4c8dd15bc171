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
import type { ServerReport } from '../../src/protocol/servers';
import { serve, serveRecording } from '../harness/recordedServer';
import { document, NO_FIXTURES, vivarium } from './vivarium';

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
  assert.match(
    refused.stderr,
    /answered 401: Wrong key\. Give its key \(the command line reads it from VIVARIUM_SERVER_KEY/,
  );

  const written = readdirSync(folder).map((name) => readFileSync(path.join(folder, name), 'utf8'));
  for (const text of [...written, stdout, stderr, table.stdout, table.stderr, cut.stderr])
    assert.ok(!text.includes(KEY));
  assert.match((await vivarium('run', '--server', address, '--model', 'a', '--prompt', 'b')).stderr, /--model cannot/);
  assert.match((await vivarium('run', '--model', 'a', '--chat', '--prompt', 'b')).stderr, /--chat is for --server/);
});

test('the models of a server are listed with what it can show', { skip: NO_FIXTURES }, async (t) => {
  const { address } = await serveRecording(t, { key: KEY });
  const listed = await document<ServerReport>('models', '--server', `${address}/v1`);
  assert.deepEqual([listed.address, listed.kind, listed.can.alternatives], [address, 'vllm', 'whole']);
  const { stdout } = await vivarium('models', '--server', address);
  assert.match(stdout, /^vLLM 0\.32\.0 at http.*\n\n *context +name\n +1024 +smollm2\n/);
  assert.match(stdout, /\nalternatives +the whole distribution\n/);
  assert.match(stdout, /\nattention +no\n/);
  assert.match((await vivarium('models', '--server', address, folder)).stderr, /cannot be listed together/);
});

test('what a server names by its text alone has no ids', async (t) => {
  const place = { token: 'Hi', logprob: -0.5, bytes: [72, 105], top_logprobs: [] };
  const address = await serve(t, (request, response) => {
    if (request.url === '/v1/models') response.end('{"data":[{"id":"m"}]}');
    else if (request.url !== '/v1/chat/completions') response.writeHead(404).end();
    else {
      const choice = { delta: { content: 'Hi' }, logprobs: { content: [place] }, finish_reason: 'stop' };
      response.end(`data: ${JSON.stringify({ choices: [choice] })}\n\ndata: [DONE]\n\n`);
    }
  });
  const args = ['run', '--server', address, '--chat', '--prompt', 'Hello'];
  const told = await document<{ ids: null; tokens: { id: null; text: string }[] }>(...args);
  assert.deepEqual([told.ids, told.tokens.map(({ id, text }) => [id, text])], [null, [[null, 'Hi']]]);
  assert.match((await vivarium(...args)).stdout, /\n +0 +– +0\.607 +1 .* Hi\n/);
});
