import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, symlinkSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { inspectModel, listModels, ModelStore } from '../../src/engine/model';
import { folderModels } from '../../src/engine/models';
import { Problem, type ProblemCode } from '../../src/protocol/errors';
import { fixture, skipWithoutFixtures } from '../harness/fixtures';
import { testFolder } from '../harness/modelFolder';
import { toy } from '../harness/toyDecoder';
import { toyFiles, toyFilesElsewhere, toyTokenizer, writeFiles } from '../harness/toyFolder';

const skipLinks = process.platform === 'win32' ? 'links and pipes need rights on Windows' : false;
const ids = [1, 4, 2, 7];

async function logitsOf(folder: string): Promise<Float32Array> {
  const model = await new ModelStore().open({ folder });
  return model.openSequence({ attention: [], hidden: [] }).extend(ids);
}

function toyFolder(context: TestContext, files = toyFiles()): string {
  const { path } = testFolder(context);
  writeFiles(path, files);
  return path;
}

/** Opening, inspecting and listing say the same: one sentence with the file's name, and what to do. */
async function refused(folder: string, code: ProblemCode, sentence: RegExp, action: RegExp): Promise<void> {
  const check = (problem: { code: string; message: string; action?: string | undefined }): void => {
    assert.equal(problem.code, code, problem.message);
    assert.match(problem.message, sentence);
    assert.match(problem.message, /^[^\n]*\.$/);
    assert.match(problem.action ?? '', action);
  };
  for (const ask of [(): Promise<unknown> => new ModelStore().open({ folder }), () => inspectModel({ folder })]) {
    await assert.rejects(ask(), (error) => {
      assert.ok(error instanceof Problem, String(error));
      check(error);
      return true;
    });
  }
  const [summary] = await listModels([{ path: folder, origin: 'added' }]);
  check(summary?.problem ?? assert.fail('it is listed as whole'));
}

describe('a JSON file with a byte order mark', () => {
  const utf16 = (text: string, order: 'le' | 'be'): Buffer => {
    const bytes = Buffer.from(`\uFEFF${text}`, 'utf16le');
    return order === 'le' ? bytes : bytes.swap16();
  };
  for (const [what, encode] of [
    ['UTF-8', (text: string) => Buffer.from(`\uFEFF${text}`)],
    ['UTF-16, little end first', (text: string) => utf16(text, 'le')],
    ['UTF-16, big end first', (text: string) => utf16(text, 'be')],
  ] as const) {
    it(`is read as one without: ${what}`, async (t) => {
      const folder = toyFolder(t);
      writeFileSync(
        join(folder, 'genai_config.json'),
        JSON.stringify({ model: { decoder: { filename: 'model.onnx' } } }),
      );
      for (const name of ['config', 'generation_config', 'genai_config', 'tokenizer', 'tokenizer_config']) {
        const path = join(folder, `${name}.json`);
        writeFileSync(path, encode(readFileSync(path, 'utf8')));
      }
      const model = await new ModelStore().open({ folder });
      assert.deepEqual(model.endIds, [12]);
      assert.equal(model.identity.architecture, 'toy');
      assert.deepEqual(model.tokenizer.encode('w3 w5'), [3, 5]);
    });
  }
});

describe('a Git LFS pointer in the place of a file', () => {
  const pointer =
    'version https://git-lfs.github.com/spec/v1\noid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258da\nsize 12345\n';
  for (const [file, code] of [
    ['config.json', 'config-invalid'],
    ['generation_config.json', 'config-invalid'],
    ['genai_config.json', 'config-invalid'],
    ['tokenizer.json', 'tokenizer-invalid'],
    ['model.onnx', 'onnx-invalid'],
    ['model.onnx_data', 'external-data'],
  ] as const) {
    it(`${file}: is called that, with what to do`, async (t) => {
      const folder = toyFolder(t, toyFilesElsewhere());
      writeFileSync(join(folder, file), pointer);
      const sentence = new RegExp(`${file.replace('.', '\\.')} is a Git LFS pointer, not the file itself\\.$`);
      await refused(folder, code, sentence, /git lfs pull/);
    });
  }
});

describe('what is no file, in the place of one', { skip: skipLinks }, () => {
  const files = [
    ['config.json', 'config-invalid'],
    ['generation_config.json', 'config-invalid'],
    ['genai_config.json', 'config-invalid'],
    ['tokenizer.json', 'tokenizer-invalid'],
    ['model.onnx', 'onnx-missing'],
    ['model.onnx_data', 'external-data'],
  ] as const;
  const kinds = {
    'a pipe': (path: string) => void execFileSync('mkfifo', [path]),
    'a device': (path: string) => symlinkSync('/dev/zero', path),
    'a folder': (path: string) => mkdirSync(path),
  };
  for (const [kind, put] of Object.entries(kinds)) {
    for (const [file, code] of files) {
      it(`${kind}, ${file}: is refused, and nothing waits for it`, async (t) => {
        const folder = toyFolder(t, toyFilesElsewhere());
        rmSync(join(folder, file), { force: true });
        put(join(folder, file));
        const isOutside = kind === 'a device' && file === 'model.onnx_data';
        const what = isOutside ? 'is a link to a file outside' : `is ${kind}, where a file should be\\.`;
        await refused(folder, code, new RegExp(`${file.replace('.', '\\.')} ${what}`), /\w/);
      });
    }
  }

  it('a link that leads nowhere is not taken for a file that is not there', async (t) => {
    for (const [file, code] of files) {
      const folder = toyFolder(t, toyFilesElsewhere());
      rmSync(join(folder, file), { force: true });
      symlinkSync('../blobs/0123456789', join(folder, file));
      const told = new RegExp(`${file.replace('.', '\\.')} (is a link to a file that|leads to) is not there\\.$`);
      await refused(folder, code, told, /\w/);
    }
  });

  it('a file of a size that none of its kind has is not read', async (t) => {
    for (const [file, code] of files.slice(0, 4)) {
      const folder = toyFolder(t);
      writeFileSync(join(folder, file), '{');
      truncateSync(join(folder, file), 2 ** 40);
      await refused(folder, code, new RegExp(`${file.replace('.', '\\.')} is too large for what it should be`), /\w/);
    }
  });
});

describe('the cache of the Hugging Face Hub', { skip: skipLinks }, () => {
  /** As huggingface_hub writes it: names in a snapshot are links to blobs, named by their hash. */
  function cache(
    context: TestContext,
    files: Readonly<Record<string, string | Uint8Array>>,
    revisions = ['0123456789abcdef'],
  ): { root: string; repository: string; snapshots: string[] } {
    const root = testFolder(context).path;
    const repository = join(root, 'models--someone--toy');
    mkdirSync(join(repository, 'blobs'), { recursive: true });
    mkdirSync(join(repository, 'refs'));
    writeFileSync(join(repository, 'refs/main'), revisions[0] ?? '');
    const snapshots = revisions.map((revision, age) => {
      const snapshot = join(repository, 'snapshots', revision);
      Object.entries(files).forEach(([name, content], i) => {
        const blob = join(repository, 'blobs', `${age}${i}`.padEnd(40, 'c'));
        writeFileSync(blob, content);
        const link = join(snapshot, name);
        mkdirSync(join(link, '..'), { recursive: true });
        symlinkSync(relative(join(link, '..'), blob), link);
      });
      // The one that main names is the oldest.
      utimesSync(snapshot, 1e9 + age, 1e9 + age);
      return snapshot;
    });
    return { root, repository, snapshots };
  }

  for (const [where, within] of [
    ['beside the model', ''],
    ['in onnx/', 'onnx/'],
  ] as const) {
    const files = Object.fromEntries(
      Object.entries(toyFilesElsewhere()).map(([name, content]) => [
        name.startsWith('model.') ? within + name : name,
        content,
      ]),
    );
    it(`is run by its root, its repository or its snapshot, with external data in blobs, ${where}`, async (t) => {
      const { root, repository, snapshots } = cache(t, files);
      const [snapshot = ''] = snapshots;
      const expected = await logitsOf(toyFolder(t));
      assert.deepEqual(await logitsOf(snapshot), expected);
      assert.deepEqual(await logitsOf(repository), expected);
      for (const path of [root, repository, snapshot]) {
        const listed = await listModels([{ path, origin: 'added' }]);
        assert.deepEqual(
          listed.map(({ name, folder, problem }) => [name, folder, problem]),
          [['toy', snapshot, undefined]],
        );
      }
      const { summary } = await inspectModel({ folder: repository });
      assert.equal(summary.folder, snapshot);
      const models = folderModels(new ModelStore());
      assert.deepEqual((await models.tokenizer({ folder: repository })).encode('w3'), [3]);
    });
  }

  it('gives of several snapshots the one that is called main, and of its models what to choose', async (t) => {
    const { root, repository, snapshots } = cache(t, toyFiles(), ['cafe', 'beef']);
    assert.deepEqual(
      (await listModels([{ path: root, origin: 'workspace' }])).map(({ folder }) => folder),
      [snapshots[0]],
    );
    writeFileSync(join(repository, 'refs/main'), 'beef');
    assert.equal((await inspectModel({ folder: repository })).summary.folder, snapshots[1]);
    writeFileSync(join(repository, 'refs/main'), 'gone');
    assert.equal((await inspectModel({ folder: repository })).summary.folder, snapshots[1]);
    await assert.rejects(inspectModel({ folder: root }), { code: 'onnx-missing', action: /models--someone--toy/ });
  });

  it('has its draft that leaves early, over the same blobs', async (t) => {
    const { snapshots } = cache(t, toyFilesElsewhere());
    const model = await new ModelStore().open({ folder: snapshots[0] ?? '' });
    const exit = await model.openExit(1);
    const pair = exit.openPair({ attention: [], hidden: [] });
    assert.equal((await pair.target.extend(ids)).length, toy.vocabulary * ids.length);
    pair.dispose();
    exit.release();
  });

  it('does not open weights that lie neither in the folder nor beside the model itself', async (t) => {
    const { snapshots } = cache(t, toyFilesElsewhere());
    const link = join(snapshots[0] ?? '', 'model.onnx_data');
    const other = toyFolder(t, toyFilesElsewhere());
    rmSync(link);
    symlinkSync(join(other, 'model.onnx_data'), link);
    await refused(snapshots[0] ?? '', 'external-data', /model\.onnx_data is a link to a file outside/, /Copy/);
  });
});

describe('a folder without a config', () => {
  it('is run by what its graph says, and its report says so', async (t) => {
    const files = toyFiles();
    const expected = await logitsOf(toyFolder(t, files));
    delete files['config.json'];
    delete files['generation_config.json'];
    const folder = toyFolder(t, files);
    assert.deepEqual(await logitsOf(folder), expected);
    const report = await inspectModel({ folder });
    assert.ok(
      report.notes.some((note) => /^There is no config\.json: .*model\.onnx says/.test(note)),
      report.notes.join(),
    );
    const { layers, heads, vocabularySize, contextLength, architecture, problem } = report.summary;
    assert.deepEqual(
      [layers, heads, vocabularySize, contextLength, architecture, problem],
      // Its table of positions tells how long a text may be.
      [toy.layers, toy.heads, toy.vocabulary, toy.longest, 'unknown', undefined],
    );
    const [listed] = await listModels([{ path: folder, origin: 'workspace' }]);
    assert.equal(listed?.problem, undefined);
  });
});

it('folders without a model file are not listed', async (t) => {
  const root = testFolder(t).path;
  writeFiles(root, {
    'checkpoint/config.json': JSON.stringify({ model_type: 'llama', hidden_size: 8, vocab_size: 13 }),
    'checkpoint/tokenizer.json': JSON.stringify(toyTokenizer),
    'checkpoint/model.safetensors': new Uint8Array(8),
    'genai/genai_config.json': '{}',
    'empty/onnx/readme.md': 'No model here.',
    'empty/config.json': '{"model_type": "gpt2", "n_embd": 8}',
  });
  assert.deepEqual(await listModels([{ path: root, origin: 'workspace' }]), []);
});

it(
  'a model whose shapes are kept in another file is refused with the true reason',
  { skip: skipWithoutFixtures },
  async () => {
    await refused(
      fixture('wild', 'ext_attr'),
      'external-data',
      /model\.onnx keeps constants that shapes are made of in weights\.bin, where onnxruntime cannot read them\.$/,
      /convert_attribute=False/,
    );
  },
);
