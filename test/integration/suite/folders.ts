import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import { extension, treeNode } from './workbench';

const { Global, Workspace } = vscode.ConfigurationTarget;
const settings = (): vscode.WorkspaceConfiguration => vscode.workspace.getConfiguration('vivarium.models');

/** Every setting of the extension but the folders, wherever it is set. */
function otherSettings(): unknown {
  const { contributes } = extension().packageJSON as { contributes: { configuration: { properties: object } } };
  const names = Object.keys(contributes.configuration.properties).filter((name) => name !== 'vivarium.models.folders');
  return names.map((name) => vscode.workspace.getConfiguration().inspect(name));
}

describe('model folders', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'vivarium-folder-'));
  });

  afterEach(async () => {
    await settings().update('folders', undefined, Global);
    await settings().update('folders', undefined, Workspace);
    await rm(folder, { recursive: true });
  });

  it('are added to the setting, once, and taken out of it, and nothing else changes', async () => {
    const before = otherSettings();
    await vscode.commands.executeCommand('vivarium.addModelFolder', vscode.Uri.file(folder));
    await vscode.commands.executeCommand('vivarium.addModelFolder', vscode.Uri.file(folder));
    assert.deepEqual(settings().inspect('folders')?.globalValue, [folder]);
    assert.equal(settings().inspect('folders')?.workspaceValue, undefined);
    await vscode.commands.executeCommand('vivarium.removeModelFolder', treeNode(folder));
    assert.deepEqual(settings().inspect('folders')?.globalValue, []);
    assert.deepEqual(otherSettings(), before);
  });

  it('that end in a slash are removed like others', async () => {
    await settings().update('folders', [`${folder}${path.sep}`], Global);
    await vscode.commands.executeCommand('vivarium.refreshModels');
    await vscode.commands.executeCommand('vivarium.removeModelFolder', treeNode(folder));
    assert.deepEqual(settings().inspect('folders')?.globalValue, []);
  });

  it('stay out of the user’s list where the workspace has one of its own', async () => {
    const own = [path.join(folder, 'own')];
    await settings().update('folders', own, Workspace);
    await vscode.commands.executeCommand('vivarium.addModelFolder', vscode.Uri.file(folder));
    assert.deepEqual(settings().inspect('folders')?.workspaceValue, [...own, folder]);
    assert.equal(settings().inspect('folders')?.globalValue, undefined);
  });
});
