import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { EngineClient } from '../../src/client/index';
import { packedIndex } from '../../src/core/lens/packed';
import { WEIGHT_OF_CODE } from '../../src/core/numeric/codes';
import { SAMPLE_TEXTS } from '../../src/core/text/samples';
import type { Trace } from '../../src/core/trace/record';
import { assembleTrace } from '../../src/core/trace/assemble';
import type { RunEvent, RunRequest } from '../../src/protocol/runs';

const folder = fileURLToPath(new URL('../../models/almanac', import.meta.url));

describe('the texts to begin with, on the bundled model', () => {
  let client: EngineClient;
  before(() => {
    client = new EngineClient({
      enginePath: fileURLToPath(new URL('../../src/engine/main.ts', import.meta.url)),
      execArgv: ['--import', 'tsx'],
      log: () => undefined,
      idleMilliseconds: Infinity,
      onStatus: () => undefined,
    });
  });
  after(async () => {
    client.dispose();
    await client.ended();
  });

  const requestOf = (text: string): RunRequest => ({
    ...{ model: { folder }, prompt: { text }, decoder: 'autoregressive', maxNewTokens: 0, runId: 'sample' },
    sampling: { temperature: 0, topK: 0, topP: 1, minP: 0, seed: 1 },
    capture: { attention: 'all', hidden: [], logits: false },
  });

  async function read(text: string): Promise<Trace> {
    const events: RunEvent[] = [];
    await client.call('run', requestOf(text), { onEvent: (event) => events.push(event) });
    return assembleTrace(events.flatMap((event) => (event.type === 'trace' ? event.events : [])));
  }

  const bitsOf = ({ tokens }: Trace): number[] => tokens.flatMap(({ judgement }) => judgement?.surprisal ?? []);
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

  test('surprise it less than what was held out does (4.8 bits a token: 1.72 a byte, 2.81 bytes a token, says its card)', async () => {
    for (const { text } of SAMPLE_TEXTS.slice(0, 2)) assert.ok(mean(bitsOf(await read(text))) < 4, text);
  });

  test('are told to be read before their first token is there', async () => {
    const seen: string[] = [];
    await client.call('run', requestOf(SAMPLE_TEXTS[0].text), {
      onEvent: (event) => {
        if (event.type === 'progress') seen.push(`${event.tokens} read`);
        if (event.type === 'trace' && event.events.some(({ type }) => type === 'token')) seen.push('a token');
      },
    });
    assert.equal(seen[0], '0 read');
    assert.ok(seen.includes('a token'));
  });

  test('show copying: what comes again surprises less, and a head looks at what came after it before', async () => {
    const trace = await read(SAMPLE_TEXTS[2]!.text);
    const ids = trace.tokens.map(({ id }) => id);
    const third = Math.floor(ids.length / 3);
    const bits = bitsOf(trace);
    assert.ok(mean(bits.slice(-third)) < 0.75 * mean(bits.slice(0, third)));
    // Pairs of a token and the one after an earlier occurrence of it with the same token before.
    const pairs = ids.flatMap((id, query) =>
      ids
        .slice(0, Math.max(0, query - 3))
        .flatMap((other, at): readonly (readonly [number, number])[] =>
          at > 0 && other === id && ids[at - 1] === ids[query - 1] ? [[query, at + 1]] : [],
        ),
    );
    assert.ok(pairs.length > 20);
    const uniform = mean(pairs.map(([query]) => 1 / (query + 1)));
    const { heads, layers } = trace.header.model;
    const scores: number[] = [];
    for (let layer = 0; layer < layers; layer++) {
      for (let head = 0; head < heads; head++) {
        const { codes } = await client.call('attentionHead', { runId: 'sample', layer, head });
        scores.push(mean(pairs.map(([query, key]) => WEIGHT_OF_CODE[codes[packedIndex(query, key)]!]!)));
      }
    }
    assert.ok(Math.max(...scores) > 3.5 * uniform, `${Math.max(...scores)} against ${uniform} if it looked anywhere`);
  });
});
