/**
 * A real llama.cpp server against the same model as ONNX here. It needs SmolLM2-135M as ONNX (`VIVARIUM_SMOLLM2`) and a server of it
 * with weights of 32 bits: an address (`VIVARIUM_LIVE_LLAMA`), or a `llama-server` command on the path or named by
 * `VIVARIUM_LLAMA_SERVER` and a GGUF file (`VIVARIUM_SMOLLM2_GGUF`), with which one is started.
 */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { commandOf, startLlama } from '../../scripts/lib/modelServers.mjs';
import { counterWindow } from '../../src/core/server/counters';
import type { Trace } from '../../src/core/trace/record';
import type { Sampling } from '../../src/core/decode/sampling';
import type { ServerRunRequest } from '../../src/protocol/servers';
import { CODE, GREEDY, liveEngine, localRun, remoteRun } from './runs';

const model = process.env['VIVARIUM_SMOLLM2'];
const gguf = process.env['VIVARIUM_SMOLLM2_GGUF'];
const given = process.env['VIVARIUM_LIVE_LLAMA'];
const command = commandOf('VIVARIUM_LLAMA_SERVER', 'llama-server');
const skip =
  !model || !existsSync(path.join(model, 'onnx/model.onnx'))
    ? 'no SmolLM2 (VIVARIUM_SMOLLM2)'
    : !given && !(command && gguf)
      ? 'no llama.cpp (VIVARIUM_LIVE_LLAMA, or a llama-server command and VIVARIUM_SMOLLM2_GGUF)'
      : false;

/** How far two computations of one probability may be apart: its keys and values are of 16 bits. */
const WITHIN = 2e-3;

describe('a live llama.cpp server', { skip }, () => {
  let address = given ?? '';
  let stop: () => Promise<void> = () => Promise.resolve();
  const engine = liveEngine();

  before(async () => {
    if (given || !command || !gguf) return;
    ({ address, stop } = await startLlama(command, gguf));
  });
  after(async () => {
    engine.dispose();
    await engine.ended();
    await stop();
  });

  const remote = (request: Partial<ServerRunRequest>, stop?: AbortController): Promise<Trace> =>
    remoteRun(engine, { server: { address }, prompt: { text: CODE }, ...request }, stop);

  it('is inspected', async () => {
    const report = await engine.call('inspectServer', { server: { address }, access: {} });
    assert.deepEqual([report.kind, report.models.length], ['llama.cpp', 1]);
    assert.equal(report.models[0]?.contextLength, 1024);
    assert.deepEqual(report.can, {
      promptLogprobs: false,
      alternatives: 'whole',
      tokenIds: true,
      tokenize: true,
      chat: true,
      seeds: true,
      speculation: 'sums',
      metrics: true,
      attention: false,
    });
  });

  it('gives the probabilities and the greedy text of the same model here', async (t) => {
    const there = await remote({ maxNewTokens: 32 });
    const at = there.header.promptLength;
    const ids = there.tokens.map(({ id }) => id);
    const here = await localRun(engine, model as string, ids.slice(0, at), 32);
    assert.deepEqual(
      ids,
      here.tokens.map(({ id }) => id),
    );
    assert.equal(there.tokens.map(({ text }) => text).join(''), here.tokens.map(({ text }) => text).join(''));
    let worst = 0;
    let alternatives = 0;
    for (const [i, { judgement }] of there.tokens.entries()) {
      if (i < at) {
        assert.equal(judgement, null);
        continue;
      }
      const mine = here.tokens[i]?.judgement;
      assert.ok(judgement && mine);
      worst = Math.max(worst, Math.abs(judgement.probability - mine.probability));
      const byId = new Map(mine.top.map((each) => [each.id, each]));
      for (const each of judgement.top) {
        const same = byId.get(each.id);
        if (!same) continue;
        alternatives++;
        worst = Math.max(worst, Math.abs(each.probability - same.probability));
        // Special tokens have no text there.
        if (each.text !== '') assert.equal(each.text, same.text);
      }
      assert.ok(judgement.entropy <= mine.entropy + 0.05);
      assert.ok((judgement.partial?.entropyAtMost ?? 0) >= mine.entropy - 0.05);
    }
    t.diagnostic(
      `${there.tokens.length - at} tokens and ${alternatives} alternatives, at most ${worst.toExponential(1)} apart`,
    );
    assert.ok(worst < WITHIN, `${worst} apart`);
    assert.ok(alternatives > 300);
  });

  it('tells the sums of its drafts, which are those of its counters', { skip: !command || !gguf }, async (t) => {
    const plain = await remote({});
    const drafting = await startLlama(command as string, gguf as string, ['--spec-type', 'ngram-simple']);
    try {
      const server = { server: { address: drafting.address }, access: {} };
      const first = await engine.call('serverMetrics', server);
      const { tokens, summary, header } = await remote({ ...server });
      const second = await engine.call('serverMetrics', server);
      assert.deepEqual(
        tokens.map(({ id, text }) => [id, text]),
        plain.tokens.map(({ id, text }) => [id, text]),
      );
      const counted = counterWindow(first, second)?.speculation;
      assert.ok(counted && summary?.speculation && counted.accepted > 0);
      assert.deepEqual(
        [summary.speculation.drafted, summary.speculation.accepted],
        [counted.drafted, counted.accepted],
      );
      const unjudged = tokens.slice(header.promptLength).filter(({ judgement }) => judgement === null);
      // A step that verifies a draft tells no probabilities: of what it accepted, nor of the token after that.
      assert.equal(unjudged.length, counted.accepted + counted.drafts);
      t.diagnostic(`${counted.accepted} of ${counted.drafted} tokens accepted, as the server counts`);
    } finally {
      await drafting.stop();
    }
  });

  it('gives whole distributions', async () => {
    const prompt = { text: 'The capital of France is' };
    const there = await remote({ prompt, alternatives: 'whole', maxNewTokens: 1 });
    const at = there.header.promptLength;
    const here = await localRun(
      engine,
      model as string,
      there.tokens.slice(0, at).map(({ id }) => id),
      1,
    );
    const [a, b] = [there.tokens[at]?.judgement, here.tokens[at]?.judgement];
    assert.ok(a && b && a.partial === undefined);
    assert.ok(Math.abs(a.entropy - b.entropy) < 2e-2, `${a.entropy} against ${b.entropy}`);
  });

  it('draws as a seed says, whatever was asked before, reads messages, splits characters and stops', async () => {
    const sampling: Sampling = { temperature: 1, topK: 50, topP: 0.95, minP: 0.01, seed: 7 };
    const messages = [{ role: 'user', content: 'Count to three.' }] as const;
    const draw = async (seed: number): Promise<string> =>
      (await remote({ prompt: { messages }, sampling: { ...sampling, seed }, maxNewTokens: 24 })).tokens
        .map(({ id }) => id)
        .join();
    const [one, other, again] = [await draw(7), await draw(8), await draw(7)];
    assert.equal(one, again);
    assert.notEqual(one, other);

    const japanese = await remote({ prompt: { text: '日本の首都は東京です。🙂 ' }, maxNewTokens: 16 });
    const { summary, tokens, header } = japanese;
    const generated = tokens.slice(header.promptLength);
    // Tokens within a character are not streamed, and that is said.
    assert.ok(generated.length === 16 || summary?.notes.some((note) => note.includes('less than it generated')));

    const stopped = await remote({ maxNewTokens: 900, sampling: GREEDY }, new AbortController());
    assert.equal(stopped.summary?.finish, 'cancelled');
    assert.ok(stopped.tokens.length < 900);
  });
});
