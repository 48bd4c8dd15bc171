import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { NO_FIXTURES, STORIES, vivarium } from './vivarium';

const folder = mkdtempSync(path.join(tmpdir(), 'vivarium-cli-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const optimum = path.join(STORIES, 'optimum');
const skip = { skip: NO_FIXTURES };
const run = (...args: string[]): string[] => ['run', '--model', optimum, ...args];

/** Fails with 1, says one thing on standard error that matches, and prints no JSON. */
async function refuses(args: readonly string[], pattern: RegExp): Promise<void> {
  const { code, stdout, stderr } = await vivarium(...args, '--json');
  assert.equal(code, 1, `${args.join(' ')}: ${stdout}`);
  assert.match(stderr, pattern);
  assert.match(stderr, /^[^\n]+\n$/, 'one line');
  assert.equal(stdout, '');
}

test('how a command is called wrongly is said, with where to read more', async () => {
  const cases: [string[], RegExp][] = [
    [['fly'], /no command "fly"\. Use one of models, inspect, tokenize, run/],
    [['run', '--fly'], /Unknown option '--fly'\. See "vivarium run --help"/],
    [['run'], /Which model\? Give --model/],
    [['run', '--model'], /--model/],
    [run(), /What prompt\?/],
    [run('--prompt', 'a', '--ids', '1'), /cannot be used together/],
    [run('--prompt', 'a', 'b'), /What is "b"\?/],
    [run('--ids', '1,x'), /--ids must be whole numbers separated by commas, not "1,x"/],
    [run('--ids', '1', '--max-new', '-1'), /--max-new must be a number from 0 to 1000000, not "-1"/],
    [run('--ids', '1', '--max-new=1.5'), /--max-new must be a whole number, not "1.5"/],
    [run('--ids', '1', '--temperature', '-1'), /--temperature must be a number, 0 or more, not "-1"/],
    [run('--ids', '1', '--temperature=-1'), /--temperature must be a number, 0 or more, not "-1"/],
    [run('--ids', '1', '--temperature', 'hot'), /--temperature must be a number/],
    [run('--ids', '1', '--top-p', '1.5'), /--top-p must be a number from 0 to 1/],
    [run('--ids', '1', '--seed', '4294967296'), /--seed must be a number from 0 to 4294967295/],
    [run('--ids', '1', '--attention', 'some'), /--attention must be/],
    [run('--ids', '1', '--attention', ''), /--attention must be "all" or numbers/],
    [run('--ids', '1', '--logits'), /go to a file: give --out/],
    [run('--ids', '1', '--out', 'run.json'), /no \.vivtrace file/],
    [run('--ids', '1', '--out', path.join(folder, 'none', 'run.vivtrace')), /There is no folder/],
    [run('--ids', '1', '--dtype', 'fp32', '--file', 'model.onnx'), /cannot be used together/],
    [['inspect'], /Which model\?/],
    [['inspect', 'a', 'b'], /One model at a time/],
    [['models', path.join(folder, 'none')], /There is no folder/],
  ];
  for (const [args, pattern] of cases) await refuses(args, pattern);
});

test('a model that is not there is answered with the bundled ones', async () => {
  await refuses(
    ['inspect', 'no-such-model'],
    /There is no model folder no-such-model.* Give the path of a model folder/,
  );
  await refuses(['run', '--model', 'no-such-model', '--prompt', 'a'], /no-such-model/);
  await refuses(['inspect', import.meta.filename], /errors\.test\.ts is no model folder/);
});

test('prompts that cannot be run are refused with what to do', skip, async () => {
  const cases: [string[], RegExp][] = [
    [run('--prompt', ''), /empty/],
    [run('--ids', ''), /empty/],
    [run('--ids', '512'), /512 is outside the vocabulary/],
    [run('--ids', Array.from({ length: 513 }, () => 5).join()), /513 tokens, and the model takes 512/],
    [run('--ids', '1', '--decoder', 'psychic'), /no decoder named "psychic".*autoregressive/],
    [run('--ids', '1', '--file', 'other.onnx'), /other\.onnx/],
    [run('--ids', '1', '--file', '../optimum/model.onnx'), /not inside|no \.\./],
  ];
  for (const [args, pattern] of cases) await refuses(args, pattern);
});

test('a layer that does not exist is refused before anything is written', skip, async () => {
  const inside = mkdtempSync(path.join(folder, 'layer-'));
  const out = path.join(inside, 'run.vivtrace');
  await refuses(run('--ids', '1', '--attention', '9', '--out', out), /9/);
  assert.deepEqual(readdirSync(inside), []);
});

test(
  'the two exports that public tools broke get their clear sentence, and one that failed on the way keeps its trace',
  skip,
  async () => {
    const inside = mkdtempSync(path.join(folder, 'broken-'));
    for (const form of ['genai_fails_at_load', 'genai_fails_at_run']) {
      const out = path.join(inside, `${form}.vivtrace`);
      await refuses(
        ['run', '--model', path.join(STORIES, form), '--prompt', 'Once', '--logits', '--out', out],
        /\.\n$/,
      );
    }
    assert.deepEqual(readdirSync(inside), ['genai_fails_at_run.vivtrace']);
  },
);

test('model folders that are broken are refused, and listed with their problem', skip, async () => {
  const broken = mkdtempSync(path.join(folder, 'models-'));
  const make = (name: string, change: (model: string) => void): string => {
    const model = path.join(broken, name);
    mkdirSync(model);
    for (const file of readdirSync(optimum)) copyFileSync(path.join(optimum, file), path.join(model, file));
    change(model);
    return model;
  };
  const cases: [string, RegExp][] = [
    [make('config', (model) => writeFileSync(path.join(model, 'config.json'), '{')), /config\.json/],
    [make('tokenizer', (model) => writeFileSync(path.join(model, 'tokenizer.json'), '[]')), /tokenizer\.json/],
    [make('onnx', (model) => writeFileSync(path.join(model, 'model.onnx'), 'no graph')), /model\.onnx/],
    // Without a model file it is no model, and so not in the list.
    [make('none', (model) => rmSync(path.join(model, 'model.onnx'))), /no ONNX file/],
  ];
  for (const [model, pattern] of cases) await refuses(['run', '--model', model, '--prompt', 'Once'], pattern);
  const { code, stdout } = await vivarium('models', broken, '--json');
  assert.equal(code, 0);
  const listed = (JSON.parse(stdout) as { name: string; problem?: { code: string; message: string } }[]).filter(
    ({ name }) => ['config', 'tokenizer', 'onnx', 'none'].includes(name),
  );
  assert.deepEqual(
    listed.map(({ name, problem }) => [name, problem !== undefined]),
    [
      ['config', true],
      ['onnx', true],
      ['tokenizer', true],
    ],
  );
});
