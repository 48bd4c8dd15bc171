import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import { serializeTrace } from '../../../src/core/trace/vivtrace';
import { TRACE } from './savedTrace';
import { closeAllTabs, eventually, tabs } from './workbench';

async function opens(file: string, content: string): Promise<void> {
  await writeFile(file, content);
  await vscode.commands.executeCommand('vscode.open', vscode.Uri.file(file));
  await eventually('the viewer', () =>
    tabs().find(
      ({ input }) =>
        input instanceof vscode.TabInputCustom && input.viewType === 'vivarium.trace' && input.uri.fsPath === file,
    ),
  );
}

describe('saved traces', () => {
  let folder: string;

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'vivarium-traces-'));
  });
  afterEach(closeAllTabs);
  after(() => rm(folder, { recursive: true }));

  it('open with the viewer', () => opens(path.join(folder, 'whole.vivtrace'), serializeTrace(TRACE)));

  it('open with the viewer when they were cut', () => {
    const text = serializeTrace(TRACE);
    return opens(path.join(folder, 'cut.vivtrace'), text.slice(0, -10));
  });

  it('open with the viewer when they are none', () => opens(path.join(folder, 'none.vivtrace'), 'nothing of the kind'));

  it('open twice, beside each other', async () => {
    const file = path.join(folder, 'twice.vivtrace');
    await opens(file, serializeTrace(TRACE));
    await vscode.commands.executeCommand('workbench.action.splitEditorRight');
    await eventually('the second viewer', () =>
      tabs().filter(({ input }) => input instanceof vscode.TabInputCustom).length === 2 ? true : undefined,
    );
    assert.equal(vscode.window.tabGroups.all.length, 2);
  });
});
