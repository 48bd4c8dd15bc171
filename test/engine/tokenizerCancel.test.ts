import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { EngineClient } from '../../src/client/index';

const folder = mkdtempSync(join(tmpdir(), 'vivarium-slow-'));
const lines: string[] = [];
const client = new EngineClient({
  enginePath: fileURLToPath(new URL('../../dist/engine.mjs', import.meta.url)),
  log: (line) => lines.push(line),
  idleMilliseconds: Infinity,
  onStatus: () => undefined,
});
after(async () => {
  client.dispose();
  await client.ended();
  rmSync(folder, { recursive: true });
});

writeFileSync(
  join(folder, 'tokenizer.json'),
  JSON.stringify({
    model: { type: 'WordLevel', vocab: { a: 0 }, unk_token: 'a' },
    pre_tokenizer: { type: 'Split', pattern: { Regex: '(?:a+)+$' }, behavior: 'Isolated', invert: false },
  }),
);
const model = { folder };
const endless = `${'a'.repeat(60)}b`;

test('a tokenizer whose expression takes for ever is told, cancel reaches what waits behind it, and the engine goes on', async () => {
  const { pid } = await client.call('info', {});
  const given = client.call('encodeText', { model, text: endless, special: true });
  const stop = new AbortController();
  const cancelled = client.call('tokenize', { model, text: endless }, { signal: stop.signal });
  stop.abort();
  await Promise.all([
    assert.rejects(cancelled, { code: 'cancelled' }),
    assert.rejects(given, {
      code: 'tokenizer-invalid',
      message: /tokenizer\.json was given up on this text: its regular expressions take too long on it/,
    }),
  ]);
  // It is the same process, which ended the expression itself.
  assert.equal((await client.call('info', {})).pid, pid);
  const { ids, tokens } = await client.call('encodeText', { model, text: 'ab', special: true });
  assert.deepEqual([ids, tokens], [[0], ['a']]);
});
