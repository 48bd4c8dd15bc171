import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { closeAllTabs, eventually, explorerTabs, tabs } from './workbench';

const PATTERNS: Readonly<Record<string, string>> = {
  'glider.rle': 'x = 3, y = 3, rule = B3/S23\nbob$2bo$3o!\n',
  'blinker.cells': '!Name: Blinker\nOOO\n',
  'block.lif': '#Life 1.06\n0 0\n1 0\n0 1\n1 1\n',
  'beehive.life': '#Life 1.06\n1 0\n2 0\n0 1\n3 1\n1 2\n2 2\n',
  'states.rle': 'x = 3, y = 1, rule = LifeHistory\nABC!\n',
  'binary.rle': 'x = 1, y = 1\u0000\u0001',
};

const lifeTabs = (): readonly vscode.Tab[] =>
  tabs().filter(({ input }) => input instanceof vscode.TabInputCustom && input.viewType === 'vivarium.life');

describe('patterns of Life', () => {
  let folder: string;

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'vivarium-life-'));
    for (const [name, content] of Object.entries(PATTERNS)) await writeFile(path.join(folder, name), content);
  });
  afterEach(closeAllTabs);
  after(() => rm(folder, { recursive: true }));

  for (const [name, content] of Object.entries(PATTERNS)) {
    it(`${name} opens with the Life editor, clean, and saving leaves it as it is`, async () => {
      const file = path.join(folder, name);
      await vscode.commands.executeCommand('vscode.open', vscode.Uri.file(file));
      const tab = await eventually('the Life editor', () => lifeTabs()[0]);
      assert.equal(tab.isDirty, false);
      await vscode.commands.executeCommand('workbench.action.files.save');
      assert.equal(await readFile(file, 'utf8'), content);
    });
  }

  it('two editors show one file', async () => {
    await vscode.commands.executeCommand('vscode.open', vscode.Uri.file(path.join(folder, 'glider.rle')));
    await eventually('the Life editor', () => lifeTabs()[0]);
    await vscode.commands.executeCommand('workbench.action.splitEditorRight');
    await eventually('the second one', () => (lifeTabs().length === 2 ? true : undefined));
  });

  const untilAsked = (): Promise<unknown> =>
    eventually('a run of a Life model', () =>
      explorerTabs().some(({ label }) => /^lifegpt|^Board, \d+ alive/.test(label)) ? true : undefined,
    );

  it('Explore Prompt asks a Life model about the pattern in front', async () => {
    await vscode.commands.executeCommand('vscode.open', vscode.Uri.file(path.join(folder, 'glider.rle')));
    await eventually('the Life editor', () => (lifeTabs()[0]?.isActive ? true : undefined));
    await vscode.commands.executeCommand('vivarium.explorePrompt');
    await untilAsked();
  });

  it('Explore Prompt asks a Life model about a pattern that is shown as text, and about a file', async () => {
    const uri = vscode.Uri.file(path.join(folder, 'glider.rle'));
    await vscode.window.showTextDocument(uri);
    await vscode.commands.executeCommand('vivarium.explorePrompt', uri);
    await untilAsked();
    await closeAllTabs();
    await vscode.commands.executeCommand('vivarium.explorePrompt', vscode.Uri.file(path.join(folder, 'blinker.cells')));
    await untilAsked();
  });

  it('New Life Pattern opens an empty one each time', async () => {
    await vscode.commands.executeCommand('vivarium.newLifePattern');
    await eventually('a new pattern', () => (lifeTabs().length === 1 ? true : undefined));
    await vscode.commands.executeCommand('vivarium.newLifePattern');
    const open = await eventually('another', () => (lifeTabs().length === 2 ? lifeTabs() : undefined));
    const names = open.map(({ input }) => (input as vscode.TabInputCustom).uri);
    assert.ok(names.every(({ scheme }) => scheme === 'untitled'));
    assert.notEqual(names[0]?.path, names[1]?.path);
  });
});
