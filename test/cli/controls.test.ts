import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { MODELS, vivarium, type Outcome } from './vivarium';

const ESCAPE = '\u001b]0;mine\u0007\u001b[2J\u009b31m';
const SHOWN = '<0x1B>]0;mine<0x07><0x1B>[2J<0x9B>31m';
const folder = mkdtempSync(path.join(tmpdir(), 'vivarium-controls-'));
after(() => rmSync(folder, { recursive: true, force: true }));

/** Nothing that steers a terminal, in what was written to either stream. */
function steersNothing({ stdout, stderr }: Outcome, ...args: readonly string[]): void {
  for (const text of [stdout.replaceAll('\r\n', '\n'), stderr]) {
    assert.doesNotMatch(text, /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/, args.join(' '));
  }
}

async function told(...args: readonly string[]): Promise<Outcome> {
  const outcome = await vivarium(...args);
  steersNothing(outcome, ...args);
  return outcome;
}

test('names, versions and errors of a server are shown, and steer no terminal', async (t) => {
  let models = [`tiny${ESCAPE}\nforged`];
  const server = createServer((request, response) => {
    const json = (value: unknown, status = 200): void => void response.writeHead(status).end(JSON.stringify(value));
    if (request.url === '/v1/models') json({ data: models.map((id) => ({ id, owned_by: 'vllm' })) });
    else if (request.url === '/version') json({ version: `1${ESCAPE}` });
    else json({ error: { message: `No${ESCAPE}\nreally.` } }, 500);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const failed = await told('run', '--server', address, '--prompt', 'a', '--verbose');
  assert.equal(failed.code, 1);
  assert.ok(failed.stderr.includes(SHOWN), failed.stderr);
  await told('models', '--server', address);
  models = [`a${ESCAPE}`, `b${ESCAPE}`];
  await told('run', '--server', address, '--prompt', 'a', '--server-model', `c${ESCAPE}`);
  await told('models', '--server', address, '--json');
});

test('names of folders and files, and what stands in them, steer no terminal', async () => {
  const model = path.join(folder, `stories${ESCAPE}\nforged`);
  cpSync(path.join(MODELS, 'almanac-draft'), model, { recursive: true });
  const listed = await told('models', folder);
  assert.equal(listed.code, 0, listed.stderr);
  assert.ok(listed.stdout.includes(`${SHOWN}↵forged`), listed.stdout);
  const inJson = await told('models', folder, '--json');
  const names = (JSON.parse(inJson.stdout) as { name: string }[]).map(({ name }) => name);
  assert.ok(names.includes(path.basename(model)), 'JSON still says the name itself');
  assert.ok((await told('inspect', model)).stdout.startsWith(`stories${SHOWN}↵forged\n`));
  const run = await told('run', '--model', model, '--prompt', `a${ESCAPE}`, '--max-new', '1', '--temperature', '0');
  assert.equal(run.code, 0, run.stderr);
  await told('layers', '--model', model, '--prompt', 'a');
  await told('compare', '--model', model, '--prompt', 'a', '--max-new', '2', '--decoders', 'autoregressive', '--csv');
  writeFileSync(path.join(model, 'config.json'), `{"vocab_size": ${ESCAPE}`);
  await told('models', folder);
  await told('run', '--model', model, '--prompt', 'a', '--verbose');
  await told('run', '--model', `no${ESCAPE}`, '--prompt', 'a');
  await told(`verb${ESCAPE}`);
  await told('models', `--option${ESCAPE}`);
});
