import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import type { Trace } from '../../src/core/trace/record';
import { parseTrace } from '../../src/core/trace/vivtrace';
import {
  CLI,
  document,
  GOLDEN_RUNS,
  largestDifference,
  NO_FIXTURES,
  outcome,
  start,
  STORIES,
  TensorFile,
  vivarium,
  ZOO,
} from './vivarium';

interface RunDocument {
  readonly text: string | null;
  readonly generatedText: string | null;
  readonly ids: number[];
  readonly promptLength: number;
  readonly seconds: number;
  readonly prefillSeconds: number;
  readonly tokensPerSecond: number | null;
  readonly finish: string;
  readonly passes: number;
  readonly model: Trace['header']['model'];
  readonly sampling: Trace['header']['sampling'];
  readonly tokens: { readonly probability: number | null; readonly rank: number | null; readonly origin: string }[];
  readonly files: { readonly trace: string | null; readonly tensors: string | null };
  readonly tensors: string[];
  readonly notes: string[];
}

const folder = mkdtempSync(path.join(tmpdir(), 'vivarium-cli-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const optimum = path.join(STORIES, 'optimum');
const skip = { skip: NO_FIXTURES };

interface GoldenRun {
  readonly greedy_tokens: number[];
  readonly logits: number[][];
}
const goldenRun = (): GoldenRun =>
  (JSON.parse(readFileSync(GOLDEN_RUNS, 'utf8')) as { runs: GoldenRun[] }).runs[0] as GoldenRun;

// Every fp32 form that the fixtures' README lists.
const FORMS = [
  'optimum',
  'optimum_no_cache',
  'legacy_merged',
  'external_data',
  'ort_fused_norms',
  'torch_opset18',
  'torch_opset23',
  'genai_gqa',
  'genai_mha',
];

for (const form of FORMS) {
  test(`${form}: the tensor file holds the reference's logits, attention and hidden states`, skip, async () => {
    const golden = new TensorFile(path.join(STORIES, 'golden.safetensors'));
    const ids = golden.integers('0.input_ids');
    const out = path.join(folder, `${form}.vivtrace`);
    const result = await document<RunDocument>(
      ...['run', '--model', path.join(STORIES, form), '--ids', ids.join(), '--max-new', '0'],
      ...['--attention', 'all', '--hidden', 'all', '--logits', '--out', out],
    );
    assert.deepEqual(result.ids, ids);
    assert.equal(result.files.trace, out);
    const file = new TensorFile(result.files.tensors!);
    assert.deepEqual(file.names, [...result.tensors].sort());
    assert.deepEqual(file.integers('input_ids'), ids);

    const n = ids.length;
    assert.deepEqual(file.shape('logits'), [n, 512]);
    const logits = goldenRun().logits.flat();
    assert.ok(largestDifference(file.floats('logits'), logits) <= 1e-4, 'logits');
    const attention = golden.floats('0.attentions');
    for (let layer = 0; layer < 5; layer++) {
      assert.deepEqual(file.shape(`attention.${layer}`), [8, n, n]);
      const expected = attention.subarray(layer * 8 * n * n, (layer + 1) * 8 * n * n);
      assert.ok(largestDifference(file.floats(`attention.${layer}`), expected) <= 1e-5, `attention ${layer}`);
    }
    // PyTorch's last hidden state is after the final norm, ours before it: it has no counterpart.
    const hidden = golden.floats('0.hidden_states');
    for (let block = 0; block < 5; block++) {
      assert.deepEqual(file.shape(`hidden.${block}`), [n, 64]);
      const expected = hidden.subarray(block * n * 64, (block + 1) * n * 64);
      assert.ok(largestDifference(file.floats(`hidden.${block}`), expected) <= 1e-4, `hidden ${block}`);
    }
    assert.deepEqual(file.shape('hidden.5'), [n, 64]);
  });
}

test(
  'greedy generation gives the tokens of the reference, and tensors cover prompt and generated tokens',
  skip,
  async () => {
    const { greedy_tokens: expected, logits } = goldenRun();
    const out = path.join(folder, 'greedy.vivtrace');
    const result = await document<RunDocument>(
      ...['run', '--model', optimum, '--ids', '1', '--max-new', '46'],
      ...['--attention', '1,3', '--hidden', '0', '--logits', '--out', out],
    );
    assert.deepEqual(result.ids, expected.slice(0, 47));
    assert.equal(result.promptLength, 1);
    assert.equal(result.finish, 'length');
    assert.deepEqual([...result.tensors].sort(), ['attention.1', 'attention.3', 'hidden.0', 'input_ids', 'logits']);
    const file = new TensorFile(result.files.tensors!);
    assert.deepEqual(file.integers('input_ids'), result.ids);
    assert.ok(largestDifference(file.floats('logits'), logits.flat()) <= 1e-4);
    const golden = new TensorFile(path.join(STORIES, 'golden.safetensors')).floats('0.attentions');
    const size = 8 * 47 * 47;
    assert.ok(largestDifference(file.floats('attention.3'), golden.subarray(3 * size, 4 * size)) <= 1e-5);
  },
);

test('the trace that is written opens, and says what the document says', skip, async () => {
  const out = path.join(folder, 'trace.vivtrace');
  const result = await document<RunDocument>(
    ...['run', '--model', optimum, '--prompt', 'Once upon a time', '--max-new', '5', '--seed', '7', '--top-k', '10'],
    ...['--out', out],
  );
  const { trace, notes } = parseTrace(readFileSync(out, 'utf8'));
  assert.deepEqual(notes, []);
  assert.deepEqual(
    trace.tokens.map((token) => token.id),
    result.ids,
  );
  assert.equal(trace.header.promptText, 'Once upon a time');
  assert.equal(trace.summary?.generatedTokens, 5);
  assert.equal(trace.summary.finish, result.finish);
  assert.deepEqual(result.sampling, { temperature: 1, topK: 10, topP: 1, minP: 0, seed: 7 });
  assert.ok(result.text!.startsWith('Once upon a time'));
  assert.equal(result.text, `Once upon a time${result.generatedText!}`);
  assert.deepEqual(result.files, { trace: out, tensors: null });
  assert.equal(existsSync(path.join(folder, 'trace.safetensors')), false);
  assert.equal(result.model.sha256.length, 64);
  assert.deepEqual(
    result.tokens.map((token) => token.probability),
    trace.tokens.map((token) => token.judgement?.probability ?? null),
  );
  assert.ok(result.seconds > 0 && result.prefillSeconds > 0 && result.tokensPerSecond! > 0);
});

test('a seed reproduces a run, another seed gives another', skip, async () => {
  const ids = async (seed: number): Promise<number[]> =>
    (
      await document<RunDocument>(
        ...['run', '--model', optimum, '--prompt', 'The', '--max-new', '20', '--temperature', '1.2'],
        ...['--seed', String(seed)],
      )
    ).ids;
  const first = await ids(1);
  assert.deepEqual(await ids(1), first);
  assert.notDeepEqual(await ids(2), first);
});

test('text output shows every token with its probability, then the text', skip, async () => {
  const { code, stdout, stderr } = await vivarium(
    ...['run', '--model', optimum, '--prompt', 'Once upon a time', '--max-new', '2'],
  );
  assert.deepEqual([code, stderr], [0, '']);
  assert.match(stdout, /^optimum · fp32 · autoregressive, greedy\n/);
  assert.match(stdout, /\nprompt\n +0 +1 +– +– +– +– +<s>\n +1 +403 +0\.\d{3} +1 .* bits +·Once\n/);
  assert.match(stdout, /\ngenerated\n +5 +432 +0\.969 +1 +0\.05 bits +0\.2\d bits +,\n/);
  assert.match(stdout, /\n\nOnce upon a time, there\n\n7 tokens: 5 prompt \+ 2 generated, as many as asked for/);
});

test('--max-new 0 scores the prompt alone', skip, async () => {
  const result = await document<RunDocument>('run', '--model', optimum, '--prompt', 'Once upon', '--max-new', '0');
  assert.equal(result.ids.length, result.promptLength);
  assert.equal(result.tokensPerSecond, null);
  assert.equal(result.generatedText, '');
  assert.ok(result.tokens.every((token) => token.origin === 'prompt'));
});

test('--dtype chooses the file, and a type that is not there is answered with those that are', skip, async () => {
  const model = path.join(STORIES, 'transformersjs');
  const result = await document<RunDocument>(
    ...['run', '--model', model, '--dtype', 'int8', '--prompt', 'The', '--max-new', '1'],
  );
  assert.deepEqual([result.model.dtype, result.model.file], ['int8', 'onnx/model_quantized.onnx']);
  const wrong = await vivarium('run', '--model', model, '--dtype', 'fp8', '--prompt', 'The');
  assert.equal(wrong.code, 1);
  assert.match(wrong.stderr, /has no fp8 model\. Choose one of fp32, .*int8.*\.\n$/);
});

test('a folder without a tokenizer takes ids and shows ids', skip, async () => {
  const model = path.join(ZOO, 'gpt2');
  const result = await document<RunDocument>('run', '--model', model, '--ids', '5, 6 7', '--max-new', '2');
  assert.deepEqual(result.ids.slice(0, 3), [5, 6, 7]);
  assert.equal(result.text, null);
  const refused = await vivarium('run', '--model', model, '--prompt', 'hello');
  assert.equal(refused.code, 1);
  assert.match(refused.stderr, /tokenizer/);
});

for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGKILL', null],
] as const) {
  test(`a run that is ended by ${signal} leaves the trace of what came before, and nothing else`, skip, async () => {
    const inside = mkdtempSync(path.join(folder, 'stopped-'));
    const out = path.join(inside, 'run.vivtrace');
    const child = start(
      // Without a cache every pass reads everything again: time enough to be stopped.
      [
        ...['run', '--model', path.join(STORIES, 'optimum_no_cache'), '--prompt', 'Once', '--max-new', '500'],
        ...['--seed', '1', '--attention', 'all', '--logits', '--out', out],
      ],
      { detached: true },
    );
    let seen = '';
    child.stdout.on('data', (text: Buffer) => {
      const before = seen.includes('generated');
      seen += text.toString();
      // A terminal sends the signal to the whole group, the engine included.
      if (!before && seen.includes('generated')) process.kill(-child.pid!, signal);
    });
    const ended = await outcome(child);
    assert.deepEqual([ended.code, ended.stderr], [code, '']);
    assert.deepEqual(readdirSync(inside), ['run.vivtrace']);
    const { trace } = parseTrace(readFileSync(out, 'utf8'));
    assert.ok(trace.tokens.length > trace.header.promptLength);
  });
}

test('a file that grows beyond what is allowed is said, and what came before is in it', skip, async () => {
  const out = path.join(mkdtempSync(path.join(folder, 'full-')), 'run.vivtrace');
  const args = ['run', '--model', path.join(STORIES, 'optimum'), '--prompt', 'Once', '--max-new', '200', '--out', out];
  // 16 blocks of 512 or 1024 bytes, as the shell counts.
  const child = spawn('sh', ['-c', 'trap "" XFSZ; ulimit -f 16; exec "$0" "$@"', process.execPath, CLI, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const { code, stderr } = await outcome(child);
  assert.equal(code, 1, stderr);
  assert.match(
    stderr,
    /run\.vivtrace could not be written: files may not be that large there\. What came before is in /,
  );
  assert.ok(parseTrace(readFileSync(out, 'utf8')).trace.tokens.length > 0);
});
