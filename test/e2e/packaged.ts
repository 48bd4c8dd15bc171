import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { root, run } from '../../scripts/lib/run.mjs';
import { type VsCodeOptions, VsCodeUnderTest } from '../harness/vscode';
import { Workbench } from './pages/workbench';

/** The VSIX that `npm test` has packed, or one packed now where a file is run by itself. */
async function packedVsix(): Promise<string> {
  const given = process.env['VIVARIUM_VSIX'];
  if (given !== undefined && given !== '') return given;
  const file = path.join(root, '.cache/vivarium-test.vsix');
  const code = await run(process.execPath, ['scripts/package.mjs', '--out', file], { quiet: true });
  assert.equal(code, 0, 'packaging failed');
  assert.ok(existsSync(file));
  return file;
}

export interface PackagedVivarium {
  readonly vscode: VsCodeUnderTest;
  readonly workbench: Workbench;
}

/** A step of a journey that, where it fails, keeps a picture of the window. */
export function pictured(
  vivarium: () => PackagedVivarium,
  body: () => Promise<void>,
): (t: TestContext) => Promise<void> {
  return async (t) => {
    try {
      await body();
    } catch (error) {
      await vivarium().vscode.screenshot(`failed-${t.name.replaceAll(/\W+/g, '-')}`);
      throw error;
    }
  };
}

/** VS Code with the packaged extension, open on a copy of the samples. The caller stops it. */
export async function openPackaged(options: Omit<VsCodeOptions, 'extension'> = {}): Promise<PackagedVivarium> {
  const vscode = await VsCodeUnderTest.start({
    workspaceFrom: path.join(root, 'samples'),
    ...options,
    extension: { vsix: await packedVsix() },
  });
  try {
    await vscode.open();
  } catch (error) {
    await vscode.stop();
    throw error;
  }
  return { vscode, workbench: new Workbench(vscode.page) };
}
