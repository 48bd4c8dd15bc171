import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { test } from 'node:test';

const root = fileURLToPath(new URL('../..', import.meta.url));
const python = process.env.VIVARIUM_PYTHON ?? 'python3';
const needed = 'import torch, onnx, onnxruntime, tokenizers';

function reasonToSkip(): string | false {
  const found = spawnSync(python, ['-c', needed], { encoding: 'utf8' });
  if (found.error) return `no Python: ${python} does not start (VIVARIUM_PYTHON names another)`;
  return found.status === 0 ? false : `${python} lacks the packages of training/requirements.txt`;
}

test(
  'targets and drafts go from data to a checked model folder at a tiny size',
  { skip: reasonToSkip(), timeout: 300_000 },
  () => {
    const output = execFileSync(python, ['-m', 'training.smoke'], { cwd: root, encoding: 'utf8' });
    for (const model of ['life-smoke', 'life-smoke-draft', 'text-smoke', 'text-smoke-draft'])
      assert.match(output, new RegExp(`^${model}: complete$`, 'm'));
    assert.match(output, /^smoke test passed$/m);
  },
);
