import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { CoreError } from '../../../src/core/errors';
import { readCompletion, type CompletionPart } from '../../../src/core/server/completion';
import { counterWindow, readServerCounters } from '../../../src/core/server/counters';
import { placeDrafts } from '../../../src/core/server/drafts';
import { entropyBounds } from '../../../src/core/server/entropy';
import { EventStreamReader } from '../../../src/core/server/eventStream';
import { readOpenAiCompletion, TextNumbers } from '../../../src/core/server/openai';
import { readSpeculation } from '../../../src/core/server/speculation';
import { alignTexts } from '../../../src/core/server/texts';
import { ServerTrace, type ServerRun, type ServerRunEnd } from '../../../src/core/server/trace';
import { assembleTrace } from '../../../src/core/trace/assemble';
import { parseTrace, serializeTrace } from '../../../src/core/trace/vivtrace';
import { fixture, skipWithoutFixtures } from '../../harness/fixtures';

interface Recorded {
  readonly choices: {
    readonly text: string;
    readonly token_ids: number[];
    readonly logprobs: { readonly token_logprobs: number[]; readonly top_logprobs: Record<string, number>[] };
    readonly prompt_logprobs: (Record<string, { logprob: number; rank: number }> | null)[];
  }[];
}

const file = (name: string): Buffer => readFileSync(fixture('servers/vllm-0.32.0', name));
const recorded = (name: string): Recorded => JSON.parse(file(name).toString()) as Recorded;
const read = (name: string, logprobs: number, promptLogprobs = 0): CompletionPart =>
  readCompletion(recorded(name), { logprobs, promptLogprobs });
const near = (a: number, b: number, within = 1e-9): void => assert.ok(Math.abs(a - b) <= within, `${a} against ${b}`);

/** The stream, cut into pieces of `size` bytes. */
function streamed(size: number): { parts: CompletionPart[]; done: boolean } {
  const bytes = file('stream.sse');
  const reader = new EventStreamReader();
  const parts: CompletionPart[] = [];
  for (let at = 0; at < bytes.length; at += size) {
    for (const data of reader.push(bytes.subarray(at, at + size))) {
      parts.push(readCompletion(JSON.parse(data), { logprobs: 3, promptLogprobs: 0 }));
    }
  }
  return { parts, done: reader.done };
}

const RUN: Omit<ServerRun, 'prompt'> = {
  id: 'run',
  createdAt: '2026-01-01T00:00:00Z',
  software: { vivarium: '0', onnxruntime: '0', node: '0', platform: 'linux-x64' },
  server: { kind: 'vllm', address: 'http://127.0.0.1:8000', version: '0.32.0' },
  model: 'smollm2',
  contextLength: 1024,
  vocabularySize: null,
  alternatives: 5,
  sampling: { temperature: 0, topK: 0, topP: 1, minP: 0, seed: 0 },
  maxNewTokens: 48,
};
const END: ServerRunEnd = { finish: 'length', seconds: 2, prefillSeconds: 1 };

describe('answers of a vLLM server', { skip: skipWithoutFixtures }, () => {
  it('tells tokens by id with probability, rank and surprisal', () => {
    const { tokens, prompt = [], finish } = read('greedy.json', 5, 5);
    const { token_ids, logprobs, prompt_logprobs } = recorded('greedy.json').choices[0] as Recorded['choices'][0];
    assert.equal(finish, 'length');
    assert.deepEqual(
      tokens.map((token) => token.id),
      token_ids,
    );
    tokens.forEach(({ judgement }, i) => {
      const logprob = logprobs.token_logprobs[i] as number;
      near(judgement?.probability ?? NaN, Math.exp(logprob));
      near(judgement?.surprisal ?? NaN, -logprob / Math.LN2);
      assert.equal(judgement?.rank, 1);
    });
    assert.equal(prompt[0]?.judgement, null);
    for (const [i, { id, judgement }] of prompt.entries()) {
      const own = prompt_logprobs[i]?.[id];
      if (!own) continue;
      assert.equal(judgement?.rank, own.rank);
      assert.equal(judgement.partial?.rankKnown, true);
      near(judgement.probability, Math.exp(own.logprob));
      assert.ok(judgement.top.length >= 5 && judgement.top.some((each) => each.id === id));
    }
    // ` fib` after `def`: the 13,021st.
    assert.equal(prompt[1]?.judgement?.rank, 13_021);
  });

  it('knows a rank only where no token of the same text can have been before it', () => {
    const { tokens } = read('utf8_split.json', 2);
    const tops = recorded('utf8_split.json').choices[0]?.logprobs.top_logprobs ?? [];
    for (const [i, { judgement }] of tokens.entries()) {
      const told = Object.keys(tops[i] ?? {}).length;
      if (told < 2) assert.equal(judgement?.partial?.rankKnown, false, `token ${i}`);
      near((judgement?.partial?.outside ?? NaN) + (judgement?.probability ?? NaN), 1, told < 2 ? 1e-9 : 1);
    }
  });

  it('reads characters that are spread over tokens', () => {
    const { tokens, text } = read('utf8_split.json', 2);
    assert.equal(tokens.length, 16);
    assert.equal(tokens.map((token) => token.text).join(''), text);
    assert.equal(text, 'メニューシュラル');
  });

  it('has the exact entropy of a whole distribution, of which no two tokens fall into one', () => {
    const [token] = read('full_distribution.json', -1).tokens;
    const logs = Object.values(recorded('full_distribution.json').choices[0]?.logprobs.top_logprobs[0] ?? {});
    assert.equal(logs.length, 49_152);
    near(
      token?.judgement?.entropy ?? NaN,
      logs.reduce((sum, l) => sum - (Math.exp(l) * l) / Math.LN2, 0),
      1e-9,
    );
    assert.deepEqual([token?.id, token?.text, token?.judgement?.rank], [7042, ' Paris', 1]);
    assert.equal(token?.judgement?.partial, undefined);
    assert.equal(token?.judgement?.top.length, 20);
  });

  it('bounds an entropy by what is told: the whole distribution lies between the bounds of its first N', () => {
    const exact = read('full_distribution.json', -1).tokens[0]?.judgement?.entropy ?? NaN;
    const logs = Object.values(recorded('full_distribution.json').choices[0]?.logprobs.top_logprobs[0] ?? {});
    const probabilities = logs.map(Math.exp).sort((a, b) => b - a);
    let width = Infinity;
    for (const n of [1, 5, 20, 100, 1000]) {
      const known = probabilities.slice(0, n);
      const outside = 1 - known.reduce((sum, p) => sum + p, 0);
      const { atLeast, atMost } = entropyBounds(known, outside, known.at(-1) ?? 1, probabilities.length - n);
      assert.ok(atMost !== null && atLeast <= exact + 1e-4 && exact <= atMost + 1e-4, `${atLeast} ${exact} ${atMost}`);
      assert.ok(atMost - atLeast < width, 'more known, closer bounds');
      width = atMost - atLeast;
    }
  });

  it('bounds nothing where the told probabilities leave nothing', () => {
    for (const others of [null, 10]) {
      assert.deepEqual(entropyBounds([0.5, 0.5], 0, 0.5, others), { atLeast: 1, atMost: 1 });
    }
  });

  it('gives the same stream wherever it is cut', () => {
    const whole = streamed(1 << 20);
    assert.equal(whole.done, true);
    assert.equal(whole.parts.flatMap((part) => part.tokens).length, 32);
    for (const size of [1, 2, 3, 7, 64, 1000]) assert.deepEqual(streamed(size), whole, `pieces of ${size}`);
    const bytes = file('stream.sse');
    const events = (cut: number): string => {
      const reader = new EventStreamReader();
      return [...reader.push(bytes.subarray(0, cut)), ...reader.push(bytes.subarray(cut)), reader.done].join('\n');
    };
    const uncut = events(0);
    for (let cut = 1; cut <= bytes.length; cut++) assert.ok(events(cut) === uncut, `cut at byte ${cut}`);
  });

  it('reads a chat in the form of OpenAI’s', () => {
    const told = JSON.parse(file('chat.json').toString()) as {
      choices: [{ message: { content: string }; logprobs: { content: { logprob: number }[] } }];
    };
    const { tokens, text, finish } = readOpenAiCompletion(told, 5, new TextNumbers());
    const [{ message, logprobs }] = told.choices;
    assert.deepEqual([tokens.length, text, finish], [40, message.content, 'length']);
    assert.equal(tokens.map((token) => token.text).join(''), message.content);
    for (const [i, { judgement }] of tokens.entries()) {
      near(judgement?.probability ?? NaN, Math.exp(logprobs.content[i]?.logprob ?? NaN));
      assert.deepEqual([judgement?.rank, judgement?.partial?.rankKnown, judgement?.top.length], [1, true, 5]);
    }
  });

  it('places the drafts of a stream between its tokens', () => {
    const { parts } = streamed(4096);
    const pieces = parts.map((part) => part.tokens).filter((tokens) => tokens.length > 0);
    const speculation = parts.at(-1)?.speculation;
    assert.ok(speculation);
    const drafts = placeDrafts(
      speculation,
      pieces.map((piece) => piece.length),
      55,
    );
    assert.deepEqual(
      drafts.map((draft) => draft.accepted),
      [0, 2, 4, 0, 2, 1, 4, 0, 4, 4],
    );
    // After the seventh draft came two pieces of one token: one a draft of which nothing was accepted, one without a draft.
    assert.deepEqual(
      drafts.map((draft) => draft.start),
      [56, 57, 60, 65, 66, 69, 71, null, 78, 83],
    );
    const moved = [1, ...new Array<number>(10).fill(3)];
    assert.ok(placeDrafts(speculation, moved, 55).every((draft) => draft.start === null));
  });

  it('counts drafts as the server does', () => {
    for (const name of ['greedy', 'sampled', 'utf8_split']) {
      const { metrics } = JSON.parse(file(`${name}.json`).toString()) as {
        metrics: { speculative_decoding: { mean_acceptance_length: number; draft_acceptance_rate: number } };
      };
      const { summary } = read(`${name}.json`, 5, 5).speculation ?? {};
      near(summary?.meanAcceptanceLength ?? NaN, metrics.speculative_decoding.mean_acceptance_length);
      near(summary?.acceptanceRate ?? NaN, metrics.speculative_decoding.draft_acceptance_rate);
      assert.equal(summary?.alpha, null);
    }
    assert.deepEqual(readServerCounters(file('metrics.txt').toString()), {
      promptTokens: null,
      generatedTokens: 370,
      running: null,
      waiting: null,
      speculation: { drafts: 124, drafted: 489, accepted: 113, acceptedByPosition: [43, 30, 20, 20] },
    });
    assert.equal(readServerCounters('# nothing\n'), null);
  });

  it('makes a trace that is read back as it was written, and says what is not known', () => {
    const { prompt = [], tokens, speculation } = read('greedy.json', 5, 5);
    const promptText =
      'def fibonacci(n):\n    if n < 2:\n        return n\n    return fibonacci(n - 1) + fibonacci(n - 2)\n\ndef fib2(n):\n    if n < 2:\n        return n\n    return';
    const run = new ServerTrace({ ...RUN, promptText, prompt });
    const trace = assembleTrace([
      run.header(),
      ...run.promptTokens(),
      ...run.piece(tokens),
      run.summary({ ...END, ...(speculation ? { speculation } : {}) }),
    ]);
    const { trace: back, notes } = parseTrace(serializeTrace(trace));
    assert.deepEqual(back, trace);
    assert.deepEqual(notes, []);
    assert.equal(trace.tokens[0]?.text, 'def');
    assert.equal(trace.summary?.speculation?.accepted, 31);
    assert.equal(trace.summary?.reported?.length, 15);
    assert.ok(trace.summary?.notes.some((note) => note.includes('not reported')));
  });
});

describe('the texts of tokens', () => {
  it('are parts of the text, whatever a server leaves out', () => {
    const cases: readonly (readonly [readonly string[], string, readonly string[] | null])[] = [
      [['', 'the', 'mat'], 'on the mat', ['on', ' the', ' mat']],
      [['on', 'the', 'mat'], ' on the mat', [' on', ' the', ' mat']],
      [['a', '\uFFFD', '\uFFFD', 'b'], 'a🙂b', ['a', '', '🙂', 'b']],
      [['a', '\uFFFD'], 'a', ['a', '']],
      [['x'], 'y', null],
      [['the'], 'there', null],
    ];
    for (const [texts, whole, parts] of cases) assert.deepEqual(alignTexts(texts, whole), parts);
  });

  it('make the text wherever it is cut', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 6 });
    fc.assert(
      fc.property(fc.array(text, { maxLength: 8 }), (parts) => {
        assert.equal(alignTexts(parts, parts.join(''))?.join('') ?? null, parts.length > 0 ? parts.join('') : '');
      }),
    );
  });
});

describe('a window of counters', () => {
  const text = (drafts: number, accepted: number): string =>
    [
      `vllm:spec_decode_num_drafts_total{engine="0"} ${drafts}`,
      `vllm:spec_decode_num_draft_tokens_total{engine="0"} ${4 * drafts}.0`,
      `vllm:spec_decode_num_accepted_tokens_total{engine="0"} ${accepted}`,
      `vllm:spec_decode_num_accepted_tokens_per_pos_total{engine="0",position="0"} ${accepted}`,
      'vllm:prompt_tokens_total{engine="0",model_name="a, b"} 1e+02',
      'vllm:prompt_tokens_total{engine="1",model_name="a"} 5',
      '',
    ].join('\r\n');
  const [before, after] = [readServerCounters(text(3, 2)), readServerCounters(text(10, 7))];

  it('is read of llama.cpp as well', () => {
    const text = [
      'llamacpp:prompt_tokens_total 55',
      'llamacpp:tokens_predicted_total 40',
      'llamacpp:spec_decode_num_draft_tokens_total 5',
      'llamacpp:spec_decode_num_accepted_tokens_total 4',
      'llamacpp:spec_decode_num_drafts_total 1',
      'llamacpp:requests_processing 0',
      'llamacpp:spec_decode_num_accepted_tokens_per_pos_total{position="0"} 1',
      'llamacpp:spec_decode_num_accepted_tokens_per_pos_total{position="1"} 0',
    ].join('\n');
    assert.deepEqual(readServerCounters(text), {
      promptTokens: 55,
      generatedTokens: 40,
      running: 0,
      waiting: null,
      speculation: { drafts: 1, drafted: 5, accepted: 4, acceptedByPosition: [1] },
    });
  });

  it('is the difference of two readings, summed over engines', () => {
    assert.ok(before && after);
    assert.equal(before.promptTokens, 105);
    assert.deepEqual(counterWindow(before, after), {
      promptTokens: 0,
      generatedTokens: null,
      speculation: { drafts: 7, drafted: 28, accepted: 5, acceptedByPosition: [5] },
    });
  });

  it('is none where the server was started anew', () => {
    assert.ok(before && after);
    assert.equal(counterWindow(after, before), null);
  });
});

describe('answers that are none', () => {
  const asked = { logprobs: 5, promptLogprobs: 5 };
  const refuses = (value: unknown, why: RegExp): void =>
    assert.throws(
      () => readCompletion(value, asked),
      (error) => error instanceof CoreError && error.code === 'server-answer' && why.test(error.message),
    );

  it('are refused with what is wrong', () => {
    refuses([], /the completion must be an object/);
    refuses({}, /"choices" must be a list/);
    refuses({ choices: [{ text: 'a' }] }, /no logprobs/);
    const logprobs = { tokens: ['a'], token_logprobs: [-1], top_logprobs: [{ a: -1 }] };
    refuses({ choices: [{ text: 'a', logprobs }] }, /by id/);
    refuses({ choices: [{ text: 'a', logprobs, token_ids: [1, 2] }] }, /not equally many/);
    refuses({ choices: [{ text: 'a', logprobs: { ...logprobs, token_logprobs: [1] }, token_ids: [1] }] }, /logarithm/);
    assert.throws(
      () =>
        readSpeculation({
          num_spec_steps: 1,
          num_draft_tokens: 4,
          num_accepted_draft_tokens: 3,
          per_step_accepted: [2],
          per_step_drafted: [4],
        }),
      /do not add up/,
    );
  });
});
