import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { whyNotShipped } from '../../scripts/lib/contents.mjs';

const sound = [
  'package.json',
  'package.nls.json',
  'readme.md',
  'changelog.md',
  'LICENSE.txt',
  'THIRD_PARTY_NOTICES.txt',
  'THIRD_PARTY_NOTICES.onnxruntime.txt',
  'dist/extension.cjs',
  'dist/engine.mjs',
  'dist/cli.mjs',
  'dist/webview/explorer.js',
  'dist/webview/explorer.css',
  'dist/webview/renderer.js',
  'dist/webview/runs.js',
  'dist/webview/runs.css',
  'dist/webview/picture.js',
  'dist/webview/picture.css',
  'dist/webview/attention.js',
  'dist/webview/attention.css',
  'dist/webview/strip.js',
  'dist/webview/strip.css',
  'dist/webview/tokens.js',
  'dist/webview/tokens.css',
  'dist/webview/life.js',
  'dist/webview/life.css',
  'dist/node_modules/onnxruntime-node/package.json',
  'dist/node_modules/onnxruntime-node/bin/napi-v6/linux/x64/onnxruntime_binding.node',
  'dist/node_modules/onnxruntime-common/package.json',
  'models/small/config.json',
].map((name) => `extension/${name}`);
const envelope = ['extension.vsixmanifest', '[Content_Types].xml'];

describe('the check of a package', () => {
  test('finds nothing in a sound one', () => {
    assert.deepEqual(whyNotShipped([...envelope, ...sound], 'linux-x64'), []);
  });

  for (const name of sound) {
    test(`misses ${name.slice('extension/'.length)} where it is not there`, () => {
      const rest = sound.filter((other) => other !== name);
      assert.equal(whyNotShipped(rest, 'linux-x64').length, 1);
    });
  }

  for (const name of [
    'dist/node_modules/adm-zip/adm-zip.js',
    'dist/node_modules/onnxruntime-node/node_modules/global-agent/index.js',
    'dist/extension.cjs.map',
    'src/extension/extension.ts',
    'test/unit/a.js',
    '.github/workflows/ci.yml',
    'package-lock.json',
    'models/small/.env',
    'models/small/id_rsa',
    'models/small/train.py',
    'dist/node_modules/onnxruntime-node/bin/napi-v6/darwin/arm64/libonnxruntime.1.dylib',
  ]) {
    test(`refuses ${name}`, () => {
      assert.equal(whyNotShipped([...sound, `extension/${name}`], 'linux-x64').length, 1);
    });
  }

  test('refuses the library of another platform in place of the one asked for', () => {
    assert.equal(whyNotShipped(sound, 'win32-x64').length, 2);
  });
});
