import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { toyFilesElsewhere, writeFiles } from '../harness/toyFolder';
import { type PackagedVivarium, openPackaged, pictured } from './packaged';

describe('a model that is still being copied', () => {
  let vivarium: PackagedVivarium;

  before(async () => {
    vivarium = await openPackaged();
  });
  after(() => vivarium.vscode.stop());

  void test(
    'is listed by its name with what is missing, and as whole once its weights are there',
    pictured(
      () => vivarium,
      async () => {
        const { workbench, vscode } = vivarium;
        const folder = path.join(vscode.workspace, 'copied');
        const { 'model.onnx_data': weights, ...files } = toyFilesElsewhere();
        mkdirSync(folder);
        writeFiles(folder, files);
        await workbench.openActivity('Vivarium');
        // The name is what the row is called by, before the reason.
        const row = workbench.treeItem(/^copied\b.*model\.onnx_data/);
        await row.waitFor();
        assert.match((await row.innerText()).trim(), /^copied/);
        writeFileSync(path.join(folder, 'model.onnx_data'), weights as Uint8Array);
        await workbench.treeItem(/^copied\b.*2 × 2/).waitFor();
      },
    ),
  );
});
