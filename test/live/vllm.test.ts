/** A real vLLM server against the same model as ONNX here; what it needs is said in `test/harness/liveVllm.ts`. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { counterWindow } from '../../src/core/server/counters';
import type { Trace } from '../../src/core/trace/record';
import type { Sampling } from '../../src/core/decode/sampling';
import { Problem } from '../../src/protocol/errors';
import type { ServerRunRequest } from '../../src/protocol/servers';
import { liveModel, liveVllm, skipWithoutVllm } from '../harness/liveVllm';
import { CODE, GREEDY, liveEngine, localRun, remoteRun } from './runs';

/** How far two computations of one probability may be apart. */
const WITHIN = 1e-3;

describe('a live vLLM server', { skip: skipWithoutVllm }, () => {
  let address = '';
  let stop: () => Promise<void> = () => Promise.resolve();
  const engine = liveEngine();

  before(async () => {
    ({ address, stop } = await liveVllm());
  });
  after(async () => {
    engine.dispose();
    await engine.ended();
    await stop();
  });

  const server = (): { server: { address: string }; access: object } => ({ server: { address }, access: {} });

  const remote = (request: Partial<ServerRunRequest>, stop?: AbortController): Promise<Trace> =>
    remoteRun(engine, { ...server(), prompt: { text: CODE }, ...request }, stop);
  const local = (ids: readonly number[], maxNewTokens: number): Promise<Trace> =>
    localRun(engine, liveModel, ids, maxNewTokens);

  it('is inspected', async () => {
    const report = await engine.call('inspectServer', server());
    assert.equal(report.kind, 'vllm');
    assert.match(report.version ?? '', /^\d+\.\d+/);
    assert.deepEqual(report.can, {
      promptLogprobs: true,
      alternatives: 'whole',
      tokenIds: true,
      tokenize: true,
      chat: true,
      seeds: false,
      speculation: 'steps',
      metrics: true,
      attention: false,
    });
    assert.equal(report.notes.length, 1);
  });

  it('gives the probabilities and the greedy text of the same model here, and its counters the sums of the trace', async (t) => {
    const first = await engine.call('serverMetrics', server());
    const there = await remote({});
    const second = await engine.call('serverMetrics', server());
    const { header, tokens, summary } = there;
    const ids = tokens.map(({ id }) => id);
    const here = await local(ids.slice(0, header.promptLength), 48);
    assert.deepEqual(
      ids,
      here.tokens.map(({ id }) => id),
    );
    let worst = 0;
    let alternatives = 0;
    for (const [i, token] of tokens.entries()) {
      const mine = here.tokens[i]?.judgement;
      if (!mine) continue;
      assert.ok(token.judgement);
      worst = Math.max(worst, Math.abs(token.judgement.probability - mine.probability));
      const byId = new Map(mine.top.map((each) => [each.id, each]));
      for (const each of token.judgement.top) {
        const same = byId.get(each.id);
        if (!same) continue;
        alternatives++;
        worst = Math.max(worst, Math.abs(each.probability - same.probability));
        // A part of a character is written in different ways.
        if (!each.text.includes('\uFFFD') && !same.text.includes('<0x')) assert.equal(each.text, same.text);
      }
      const { partial, entropy } = token.judgement;
      assert.ok(entropy <= mine.entropy + 0.05 && mine.entropy <= (partial?.entropyAtMost ?? Infinity) + 0.05);
    }
    t.diagnostic(`${tokens.length} tokens and ${alternatives} alternatives, at most ${worst.toExponential(1)} apart`);
    assert.ok(worst < WITHIN, `${worst} apart`);
    assert.ok(alternatives > 10 * tokens.length);
    assert.equal(
      tokens.map(({ text }) => text).join(''),
      CODE +
        here.tokens
          .slice(header.promptLength)
          .map(({ text }) => text)
          .join(''),
    );

    const window = counterWindow(first, second);
    assert.ok(window?.speculation && summary?.speculation);
    const { drafts, drafted, accepted, acceptedByPosition } = window.speculation;
    const sums = summary.speculation;
    t.diagnostic(`${drafts} drafts, ${accepted} of ${drafted} tokens accepted, as the server counts`);
    assert.deepEqual([drafts, drafted, accepted], [sums.passes, sums.drafted, sums.accepted]);
    assert.ok(accepted > 0);
    assert.deepEqual(
      acceptedByPosition.filter((count) => count > 0),
      sums.acceptedByPosition.filter((count) => count > 0),
    );
    assert.equal(
      summary.reported?.reduce((sum, draft) => sum + draft.accepted, 0),
      accepted,
    );
    assert.equal(tokens.filter(({ origin }) => origin === 'accepted').length > 0, true);
  });

  it('gives whole distributions: the entropy of the same model here', async () => {
    const prompt = { text: 'The capital of France is' };
    const there = await remote({ prompt, alternatives: 'whole', maxNewTokens: 2 });
    const here = await local(
      there.tokens.slice(0, there.header.promptLength).map(({ id }) => id),
      2,
    );
    const at = there.header.promptLength;
    for (const i of [at, at + 1]) {
      const [a, b] = [there.tokens[i]?.judgement, here.tokens[i]?.judgement];
      assert.ok(a && b && a.partial === undefined);
      assert.ok(Math.abs(a.entropy - b.entropy) < 1e-2, `${a.entropy} against ${b.entropy}`);
      assert.equal(a.rank, b.rank);
    }
  });

  it('tells characters that are split over tokens, and the texts of a prompt', async () => {
    const text = '日本の首都は東京です。🙂 ';
    const { tokens, header } = await remote({ prompt: { text }, maxNewTokens: 16 });
    const { tokens: before } = await engine.call('tokenizeOnServer', { ...server(), prompt: { text } });
    const prompt = tokens.slice(0, header.promptLength);
    assert.deepEqual(
      prompt.map(({ id }) => id),
      before.map(({ id }) => id),
    );
    assert.equal(prompt.map((token) => token.text).join(''), text);
    assert.ok(!tokens.slice(header.promptLength).some((token) => token.text.includes('\uFFFD')));
  });

  it('puts messages into its template, draws as a seed says, and stops', async () => {
    // Without top-k: with drafts, vLLM 0.32 on a processor reads it from memory that nothing was written to, and ends.
    const sampling: Sampling = { ...GREEDY, temperature: 1, topP: 0.95 };
    const messages = [{ role: 'user', content: 'Count to three.' }] as const;
    // With drafts only the first token is certain.
    const draw = async (seed: number): Promise<number | undefined> => {
      const { tokens } = await remote({ prompt: { text: ' ' }, sampling: { ...sampling, seed }, maxNewTokens: 1 });
      return tokens.at(-1)?.id;
    };
    const draws = [await draw(1), await draw(2), await draw(3), await draw(4)];
    assert.deepEqual([await draw(1), await draw(2), await draw(3), await draw(4)], draws);
    assert.ok(new Set(draws).size > 1);
    const chat = await remote({ prompt: { messages }, maxNewTokens: 1 });
    assert.match(chat.tokens.map(({ text }) => text).join(''), /^<\|im_start\|>/);

    const stopped = await remote({ maxNewTokens: 900 }, new AbortController());
    assert.equal(stopped.summary?.finish, 'cancelled');
    assert.ok(stopped.tokens.length < 900);
    let running: number | null = 1;
    for (let i = 0; i < 50 && running !== 0; i++) {
      ({ running } = await engine.call('serverMetrics', server()));
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    assert.equal(running, 0, 'the server stopped as well');
  });

  it('refuses in its own words', async () => {
    for (const [request, why] of [
      [{ server: { address, model: 'nope' } }, /has no model "nope"/],
      [{ prompt: { text: 'a '.repeat(2000) } }, /answered 400: .*maximum context length/],
      [{ alternatives: 900_000 }, /answered 400: .*900000/],
      [{ sampling: { ...GREEDY, temperature: 1, minP: 0.1 } }, /failed: .*min_p.* not yet supported/],
    ] as const) {
      await assert.rejects(remote(request), (error) => error instanceof Problem && why.test(error.message));
    }
  });
});
