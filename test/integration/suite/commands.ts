import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { chooseEditorModel, choiceOf, editorModel } from '../../../src/extension/editor/model';
import type { ModelReport, ModelSummary } from '../../../src/protocol/models';
import {
  bundledModel,
  closeAllTabs,
  eventually,
  explorerTabs,
  extension,
  tabs,
  treeNode,
  untilExplorers,
  showNewText,
} from './workbench';

const isActive = ([first]: readonly vscode.Tab[]): boolean => first?.isActive === true;

describe('commands', () => {
  beforeEach(closeAllTabs);
  after(closeAllTabs);

  it('Explore Prompt opens an Explorer, and uses it again', async () => {
    await vscode.commands.executeCommand('vivarium.explorePrompt', { prompt: 'In the', run: false });
    const [first] = await untilExplorers(1);
    await vscode.commands.executeCommand('vivarium.explorePrompt', { prompt: 'On the', run: false });
    const [second] = await untilExplorers(1);
    assert.equal(second?.group.viewColumn, first?.group.viewColumn);
  });

  it('Explore Prompt comes back to its Explorer from another tab', async () => {
    await vscode.commands.executeCommand('vivarium.explorePrompt', { prompt: 'In the', run: false });
    await untilExplorers(1);
    await showNewText('');
    await eventually('the text to be in front', () => (isActive(explorerTabs()) ? undefined : true));
    await vscode.commands.executeCommand('vivarium.explorePrompt', { prompt: 'On the', run: false });
    await eventually('the Explorer to be in front', () => (isActive(explorerTabs()) ? true : undefined));
    assert.equal(explorerTabs().length, 1);
  });

  it('Explore Prompt takes the selected text of an editor', async () => {
    const editor = await showNewText('In the beginning');
    editor.selection = new vscode.Selection(0, 0, 0, 6);
    await vscode.commands.executeCommand('vivarium.explorePrompt');
    // Once a run is on show, the tab says its prompt, how it was decoded, and when.
    await eventually('the run', () =>
      explorerTabs().some(({ label }) => /^In the → .+ · (Greedy|Sampling) · .*\d:\d\d/.test(label)) ? true : undefined,
    );
  });

  it('Compare Decoders takes the selected text of an editor to the Explorer, and starts nothing', async () => {
    const editor = await showNewText('In the beginning');
    editor.selection = new vscode.Selection(0, 0, 0, 6);
    await vscode.commands.executeCommand('vivarium.compareDecoders');
    await untilExplorers(1);
    // Without a selection the prompt that is there already is compared: nothing is asked.
    await vscode.commands.executeCommand('vivarium.compareDecoders');
    const [explorer] = await untilExplorers(1);
    assert.equal(explorer?.label, 'Vivarium');
  });

  it('Sweep Density opens the Explorer, and again comes back to it', async () => {
    await vscode.commands.executeCommand('vivarium.sweepDensity');
    await untilExplorers(1);
    await vscode.commands.executeCommand('vivarium.sweepDensity');
    await untilExplorers(1);
  });

  it('New Explorer opens another one', async () => {
    await vscode.commands.executeCommand('vivarium.newExplorer');
    await untilExplorers(1);
    await vscode.commands.executeCommand('vivarium.newExplorer');
    await untilExplorers(2);
  });

  it('Explore Model opens an Explorer for the model of the tree', async () => {
    await vscode.commands.executeCommand('vivarium.exploreModel', treeNode(bundledModel('lifegpt-16')));
    await untilExplorers(1);
  });

  it('Use Beside Text names the model of the tree in the setting, by its folder where another has its name', async () => {
    const settings = (): vscode.WorkspaceConfiguration => vscode.workspace.getConfiguration('vivarium.editor');
    const folder = bundledModel('almanac');
    const model = {
      name: 'almanac',
      folder,
      kind: 'text',
      role: 'target',
      tokenizer: 'tokenizer.json',
    } as ModelSummary;
    const other = { ...model, folder: '/elsewhere/almanac' };
    try {
      await vscode.commands.executeCommand('vivarium.useBesideText', treeNode(folder));
      assert.equal(settings().get('model'), 'almanac');
      assert.equal(editorModel([other, model]).model, other);
      await chooseEditorModel(choiceOf(model, [other, model]));
      assert.deepEqual(editorModel([other, model]), { usable: [other, model], model, missing: null });
      assert.equal(editorModel([other]).missing, folder);
    } finally {
      await settings().update('model', undefined, vscode.ConfigurationTarget.Global);
    }
  });

  it('Inspect Model opens the report as a JSON document', async () => {
    const folder = bundledModel('lifegpt-16');
    await vscode.commands.executeCommand('vivarium.inspectModel', treeNode(folder));
    const document = vscode.window.activeTextEditor?.document;
    assert.equal(document?.languageId, 'json');
    const report = JSON.parse(document.getText()) as ModelReport;
    assert.equal(report.summary.folder, folder);
    assert.match(report.sha256, /^[0-9a-f]{64}$/);
    assert.ok(report.operators.length > 0);
  });

  const ofTheTree = ['exploreModel', 'inspectModel', 'removeModelFolder', 'revealModelFolder', 'copyModelPath'];
  const garbage = [
    null,
    7,
    'text',
    [],
    { type: 'model' },
    { type: 'model', model: null },
    { type: 'model', model: { folder: 7 } },
    treeNode('/no/such/folder'),
    { prompt: 7, model: { folder: 7 }, run: 'no' },
  ];
  for (const command of ['explorePrompt', 'compareDecoders', ...ofTheTree]) {
    it(`${command} does nothing with arguments that are none`, async () => {
      const folders = (): unknown => vscode.workspace.getConfiguration('vivarium.models').inspect('folders');
      const before = folders();
      for (const argument of garbage) {
        let ended = false;
        const done = vscode.commands.executeCommand(`vivarium.${command}`, argument).then(() => (ended = true));
        // It may ask instead: nobody answers.
        await eventually(`${command} to end`, async () => {
          if (ended) return true;
          await vscode.commands.executeCommand('workbench.action.closeQuickOpen');
          return undefined;
        });
        await done;
      }
      assert.deepEqual(tabs(), []);
      assert.deepEqual(folders(), before);
    });
  }
});

describe('keybindings', () => {
  after(closeAllTabs);

  it('are none of VS Code itself, unless the focus is in a view or a notebook of our own', async () => {
    await vscode.commands.executeCommand('workbench.action.openDefaultKeybindingsFile');
    const document = await eventually('the default keybindings', () =>
      vscode.workspace.textDocuments.find(({ uri }) => /keybindings/i.test(uri.path)),
    );
    // Every binding of the list is on one line from its key to its command; comments name what has none.
    const bindings = [...document.getText().matchAll(/"key":\s*"([^"]+)",\s*"command":\s*"([^"]+)"/g)];
    assert.ok(bindings.length > 500, `only ${bindings.length} bindings found`);
    const { keybindings } = (
      extension().packageJSON as {
        contributes: { keybindings: { key: string; command: string; when?: string }[] };
      }
    ).contributes;
    for (const own of keybindings) {
      if (/^focusedView == vivarium\.\w+ && /.test(own.when ?? '')) continue;
      if (own.when?.endsWith(" && notebookKernel == 'vivarium.vivarium/vivarium.kernel'")) continue;
      const ours = bindings.filter(([, key]) => key === own.key).map(([, , command]) => command);
      assert.deepEqual(ours, [own.command]);
    }
  });
});
