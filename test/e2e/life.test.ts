import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { boardOfPattern } from '../../src/core/life/edit/document';
import { readPattern } from '../../src/core/life/formats';
import { assertAccessible } from '../harness/axe';
import { type PackagedVivarium, openPackaged, pictured } from './packaged';
import { LifeEditorPage } from './pages/lifeEditor';

const GLIDER = '#N Glider\n#C The smallest spaceship.\nx = 3, y = 3, rule = B3/S23\nbob$2bo$3o!\n';
const BROKEN = 'x = 3, y = 1, rule = LifeHistory\nABC!\n';

describe('patterns of Life, from opening to saving, by keyboard', () => {
  let vivarium: PackagedVivarium;
  let editor: LifeEditorPage;
  const file = (name: string): string => path.join(vivarium.vscode.workspace, name);
  /** Live cells of a file as `row,column`. */
  const aliveIn = (name: string): string[] => {
    const cells: string[] = [];
    boardOfPattern(readPattern(readFileSync(file(name)), name)).cells.forEachRun((y, start, end) => {
      for (let x = start; x < end; x++) cells.push(`${y},${x}`);
    });
    return cells;
  };
  const step = (title: string, body: () => Promise<void>): void => {
    void test(
      title,
      pictured(() => vivarium, body),
    );
  };

  before(async () => {
    vivarium = await openPackaged({
      files: {
        'glider.rle': GLIDER,
        'blinker.cells': '!Name: Blinker\nOOO\n',
        'block.lif': '#Life 1.06\n0 0\n1 0\n0 1\n1 1\n',
        'broken.rle': BROKEN,
      },
      settings: { 'files.autoSave': 'off' },
    });
  });
  after(() => vivarium.vscode.stop());

  step('a glider opens in the Life editor', async () => {
    editor = await LifeEditorPage.open(vivarium.workbench, 'glider.rle');
    await editor.untilAlive(5);
    await assertAccessible(await vivarium.workbench.webviewFrame(), 'Life editor');
    await vivarium.vscode.screenshot('life-editor');
  });

  step('playing does not change the file', async () => {
    await editor.press('.', '.', '.');
    await editor.fact('Generation', 3).waitFor();
    await editor.press('0');
    await editor.fact('Generation', 0).waitFor();
    await editor.untilDirty('glider.rle', false);
  });

  step('an edit makes it dirty, undo makes it clean again, redo brings the edit back', async () => {
    await editor.press('Enter');
    await editor.untilAlive(6);
    await editor.untilDirty('glider.rle', true);
    await editor.press('ControlOrMeta+z');
    await editor.untilAlive(5);
    await editor.untilDirty('glider.rle', false);
    await editor.press('ControlOrMeta+Shift+z');
    await editor.untilAlive(6);
    await editor.untilDirty('glider.rle', true);
    assert.equal(readFileSync(file('glider.rle'), 'utf8'), GLIDER);
  });

  step('saved, the file holds the edit and what it said before', async () => {
    await editor.press('ControlOrMeta+s');
    await editor.untilDirty('glider.rle', false);
    assert.deepEqual(aliveIn('glider.rle'), ['0,0', '0,1', '1,2', '2,0', '2,1', '2,2']);
    assert.match(readFileSync(file('glider.rle'), 'utf8'), /^#N Glider\n#C The smallest spaceship\.\n/);
  });

  step('closed and opened again it shows what was saved', async () => {
    const { workbench } = vivarium;
    await workbench.runCommand('View: Close Editor');
    await workbench.editorTab(/glider\.rle/).waitFor({ state: 'detached' });
    editor = await LifeEditorPage.open(workbench, 'glider.rle');
    await editor.untilAlive(6);
  });

  step('reverted, it shows the file again', async () => {
    await editor.press('ControlOrMeta+a', 'Delete');
    await editor.untilAlive(0);
    await editor.untilDirty('glider.rle', true);
    await vivarium.workbench.runCommand('File: Revert File');
    await editor.untilAlive(6);
    await editor.untilDirty('glider.rle', false);
  });

  step('changed on disk by another program, it shows the change', async () => {
    writeFileSync(file('glider.rle'), GLIDER);
    await editor.untilAlive(5);
    await editor.untilDirty('glider.rle', false);
  });

  step('the other forms open too, and are saved as what they are', async () => {
    editor = await LifeEditorPage.open(vivarium.workbench, 'block.lif');
    await editor.untilAlive(4);
    editor = await LifeEditorPage.open(vivarium.workbench, 'blinker.cells');
    await editor.untilAlive(3);
    await editor.press('Home', 'ArrowDown', 'Enter');
    await editor.untilAlive(4);
    await editor.untilDirty('blinker.cells', true);
    await editor.press('ControlOrMeta+s');
    await editor.untilDirty('blinker.cells', false);
    assert.deepEqual(aliveIn('blinker.cells'), ['0,0', '0,1', '0,2', '1,0']);
    assert.match(readFileSync(file('blinker.cells'), 'utf8'), /^!Name: Blinker\n/);
  });

  step('a form that cannot hold a rule says so when it is saved, and the file stays', async () => {
    const before = readFileSync(file('blinker.cells'), 'utf8');
    const rule = editor.frame.getByRole('combobox', { name: 'Rule' });
    await rule.fill('B36/S23');
    await rule.press('Enter');
    await editor.untilDirty('blinker.cells', true);
    await editor.press('ControlOrMeta+s');
    await vivarium.workbench.notification(/save it as \.rle/).waitFor();
    assert.equal(readFileSync(file('blinker.cells'), 'utf8'), before);
    await vivarium.workbench.runCommand('File: Revert File');
    await editor.untilDirty('blinker.cells', false);
  });

  step('a file that is no pattern says why, stays as it is, and opens as text', async () => {
    const { workbench, vscode } = vivarium;
    await workbench.openFile('broken.rle');
    const { frame } = new LifeEditorPage(workbench);
    await frame.getByText('broken.rle cannot be shown as a pattern').waitFor();
    await vscode.page.keyboard.press('ControlOrMeta+s');
    await vscode.screenshot('life-broken');
    await frame.getByRole('button', { name: 'Open as text' }).click();
    await vscode.page.locator('.monaco-editor .view-line', { hasText: 'LifeHistory' }).waitFor();
    assert.equal(readFileSync(file('broken.rle'), 'utf8'), BROKEN);
  });

  step('a new pattern is drawn and saved under a name', async () => {
    const { workbench, vscode } = vivarium;
    await workbench.runCommand('Vivarium: New Life Pattern');
    await workbench.editorTab(/Pattern-1\.rle/).waitFor();
    editor = new LifeEditorPage(workbench);
    await editor.board.locator('canvas').waitFor();
    await editor.press('Enter', 'ArrowRight', 'Enter', 'ArrowRight', 'Enter');
    await editor.untilAlive(3);
    await editor.press('ControlOrMeta+s');
    await workbench.saveAs(file('mine.rle'), '.rle');
    await workbench.editorTab(/mine\.rle/).waitFor();
    assert.ok(existsSync(file('mine.rle')));
    assert.deepEqual(aliveIn('mine.rle'), ['0,0', '0,1', '0,2']);
    await vscode.screenshot('life-new');
  });

  step('the model beside the rule is asked', async () => {
    const { workbench, vscode } = vivarium;
    // What was said before lies over the lower right corner.
    await workbench.runCommand('Notifications: Clear All Notifications');
    editor = await LifeEditorPage.open(workbench, 'glider.rle');
    await editor.untilAlive(5);
    await editor.frame.getByRole('button', { name: 'Ask a model' }).click();
    await editor.frame.getByText('All 256 cells are right.', { exact: true }).waitFor();
    await vscode.screenshot('life-model');
  });
});
