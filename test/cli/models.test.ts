import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import type { ModelReport, ModelSummary } from '../../src/protocol/models';
import { document, MODELS, NO_FIXTURES, STORIES, vivarium } from './vivarium';

type ListedModel = Omit<ModelSummary, 'folder'> & { readonly path: string };
const skip = { skip: NO_FIXTURES };

test('the bundled models are found beside the script, from any folder, each without a problem', async () => {
  const listed = await document<ListedModel[]>('models');
  const folders = readdirSync(MODELS, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  assert.deepEqual(listed.map(({ name }) => name).sort(), folders.map(({ name }) => name).sort());
  for (const model of listed) {
    assert.equal(model.problem, undefined, model.name);
    assert.equal(model.path, path.join(MODELS, model.name));
    assert.ok(model.kind === 'text' || model.kind === 'life');
    assert.ok(model.role === 'target' || model.role === 'draft');
    assert.ok(model.probes.attention.available && model.probes.hidden.available && model.probes.logits.available);
  }
});

test('a bundled model is known by its name', async () => {
  const [first] = await document<ListedModel[]>('models');
  const report = await document<ModelReport & ListedModel>('inspect', first!.name);
  assert.equal(report.path, first!.path);
  assert.equal(report.sha256.length, 64);
});

test('the models of a folder are listed after the bundled ones', skip, async () => {
  const listed = await document<ListedModel[]>('models', STORIES);
  const optimum = listed.find(({ name }) => name === 'optimum')!;
  assert.deepEqual(
    [optimum.kind, optimum.role, optimum.architecture, optimum.dtype, optimum.layers, optimum.heads, optimum.origin],
    ['text', 'target', 'llama', 'fp32', 5, 8, 'added'],
  );
  assert.deepEqual(
    listed.find(({ name }) => name === 'transformersjs')!.variants.map(({ dtype }) => dtype),
    ['fp32', 'fp16', 'int8', 'q4'],
  );
  const { stdout } = await vivarium('models', STORIES);
  assert.match(stdout, /^name +kind +architecture +params +LxH/);
  assert.match(stdout, /\noptimum +text +llama +\d+ k +5 x 8 +512 +fp32 +1\.4 MB +attention hidden logits +\//);
  assert.match(stdout, /\n\ngenai_fails_at_load: .*\.\n/);
});

test('inspect describes the graph and what can be probed', skip, async () => {
  const model = path.join(STORIES, 'genai_gqa');
  const report = await document<ModelReport & ListedModel>('inspect', model);
  assert.equal(report.probes.attention.available, true);
  assert.match(report.probes.attention.how, /GroupQueryAttention/);
  assert.ok(report.inputs.some(({ name }) => name === 'input_ids'));
  assert.ok(report.operators.some(({ name }) => name.includes('GroupQueryAttention')));
  const { code, stdout } = await vivarium('inspect', model);
  assert.equal(code, 0);
  for (const heading of ['Probes', 'Inputs', 'Outputs', 'Operators'])
    assert.match(stdout, new RegExp(`\n${heading}\n`));
});

test('an ONNX file stands for its folder and itself', skip, async () => {
  const report = await document<ModelReport>('inspect', path.join(STORIES, 'transformersjs/onnx/model_q4.onnx'));
  assert.equal(report.file, 'onnx/model_q4.onnx');
});

test('every command explains itself', async () => {
  for (const args of [['--help'], ['-h'], ['help'], [], ['run', '--help'], ['help', 'models'], ['inspect', '-h']]) {
    const { code, stdout, stderr } = await vivarium(...args);
    assert.deepEqual([code, stderr], [0, ''], args.join(' '));
    assert.match(stdout, /vivarium/);
  }
  const { stdout } = await vivarium('run', '--help');
  const options = ['model', 'prompt', 'ids', 'dtype', 'max-new', 'temperature', 'top-k', 'top-p', 'min-p', 'seed'];
  for (const option of [...options, 'attention', 'hidden', 'logits', 'out', 'json', 'help']) {
    assert.ok(stdout.includes(`--${option}`), option);
  }
  assert.match((await vivarium('--version')).stdout, /^\d+\.\d+\.\d+\n$/);
});
