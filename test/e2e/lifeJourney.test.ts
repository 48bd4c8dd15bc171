import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Locator } from 'playwright-core';
import { boardOfPattern } from '../../src/core/life/edit/document';
import { readPattern } from '../../src/core/life/formats';
import { parseRule, step as following } from '../../src/core/life/rule';
import { assertAccessible } from '../harness/axe';
import { themeIds, themeLabels } from '../harness/themes';
import { type PackagedVivarium, openPackaged, pictured } from './packaged';
import { LifeEditorPage } from './pages/lifeEditor';
import { LifeExplorer } from './pages/lifeExplorer';

const GLIDER = '#N Glider\nx = 3, y = 3, rule = B3/S23\nbob$2bo$3o!\n';
const TORUS = { width: 16, height: 16, topology: 'torus' } as const;

interface SavedRollout {
  readonly model: { readonly name: string };
  readonly stepsMade: number;
  readonly firstWrong: number | null;
  readonly own: number;
  readonly predicted: readonly string[];
  readonly exact: readonly string[];
}

describe('a glider, from an edit to fifty steps of a model', () => {
  let vivarium: PackagedVivarium;
  let editor: LifeEditorPage;
  let explorer: LifeExplorer;
  const file = (name: string): string => path.join(vivarium.vscode.workspace, name);
  const aliveIn = (name: string): number =>
    boardOfPattern(readPattern(readFileSync(file(name)), name)).cells.population;
  const step = (title: string, body: () => Promise<void>): void => {
    void test(
      title,
      pictured(() => vivarium, body),
    );
  };
  const press = async (...keys: string[]): Promise<void> => {
    for (const key of keys) await vivarium.vscode.page.keyboard.press(key);
  };
  /** Goes on, or back, with the Tab key until something has the focus. */
  const tabTo = async (wanted: Locator, key: 'Tab' | 'Shift+Tab' = 'Tab'): Promise<void> => {
    await wanted.waitFor();
    for (let times = 0; times < 120; times++) {
      if (await wanted.evaluate((element) => element.matches(':focus, :focus-within'))) return;
      await press(key);
    }
    throw new Error('The Tab key does not get there.');
  };
  /** Goes on with the right arrow until one of a group has the focus. */
  const arrowTo = async (wanted: Locator): Promise<void> => {
    for (let times = 0; times < 12; times++) {
      await press('ArrowRight');
      // A part that is shown for the first time is loaded, and takes the focus then.
      await explorer.frame.locator('[role=tab]:focus, [role=radio]:focus').waitFor();
      if (await wanted.evaluate((element) => element.matches(':focus'))) return;
    }
    throw new Error('The arrow key does not get there.');
  };
  /**
   * Waits until the unsaved changes are written aside, as they are a moment after each: a window in a browser has no time for
   * it when it goes.
   */
  const backedUp = async (): Promise<void> => {
    const storage = path.join(vivarium.vscode.workspace, '../data/data/User');
    const isBackup = (name: string): boolean => {
      const at = path.join(storage, name);
      return statSync(at).isFile() && readFileSync(at, 'utf8').startsWith('{"version":1,"file":');
    };
    for (let times = 0; times < 300; times++) {
      if (existsSync(storage) && readdirSync(storage, { recursive: true, encoding: 'utf8' }).some(isBackup)) return;
      await new Promise((again) => setTimeout(again, 100));
    }
    throw new Error('The changes were not backed up.');
  };
  const rolled = (steps: number): Promise<void> =>
    explorer.frame.getByText(`Every cell of all ${steps} steps is right.`, { exact: true }).first().waitFor();

  before(async () => {
    vivarium = await openPackaged({ files: { 'glider.rle': GLIDER }, settings: { 'files.autoSave': 'off' } });
  });
  after(() => vivarium.vscode.stop());

  step('a cell is edited, and the edit is there after the window was loaded again', async () => {
    editor = await LifeEditorPage.open(vivarium.workbench, 'glider.rle');
    await editor.untilAlive(5);
    await editor.press('Enter');
    await editor.untilAlive(6);
    await editor.untilDirty('glider.rle', true);
    await backedUp();
    await vivarium.workbench.reloadWindow();
    editor = new LifeEditorPage(vivarium.workbench);
    await editor.untilAlive(6);
    await editor.untilDirty('glider.rle', true);
    assert.equal(readFileSync(file('glider.rle'), 'utf8'), GLIDER);
  });

  step('it is edited back, saved, closed, opened again, edited and undone', async () => {
    const { workbench } = vivarium;
    await editor.press('Enter');
    await editor.untilAlive(5);
    await press('ControlOrMeta+s');
    await editor.untilDirty('glider.rle', false);
    assert.equal(aliveIn('glider.rle'), 5);
    await workbench.runCommand('View: Close Editor');
    await workbench.editorTab(/glider\.rle/).waitFor({ state: 'detached' });
    editor = await LifeEditorPage.open(workbench, 'glider.rle');
    await editor.untilAlive(5);
    await editor.press('Enter');
    await editor.untilAlive(6);
    await editor.untilDirty('glider.rle', true);
    await press('ControlOrMeta+z');
    await editor.untilAlive(5);
    await editor.untilDirty('glider.rle', false);
  });

  step('the model predicts its next state, and a chosen cell shows where heads look around it', async () => {
    await vivarium.workbench.runCommand('Vivarium: Explore Prompt');
    explorer = new LifeExplorer(vivarium.workbench);
    await explorer.untilAlive(5);
    await explorer.completed();
    await tabTo(explorer.frame.getByRole('tablist', { name: 'Views of the run' }));
    await arrowTo(explorer.tab('Attention'));
    await explorer.untilPredicted();
    await tabTo(explorer.prediction);
    for (let by = 0; by < 7; by++) await press('ArrowDown', 'ArrowRight');
    const around = explorer.nineCells('row 7, column 7');
    await around.waitFor({ state: 'attached' });
    assert.equal(await around.locator('tbody td:last-child').count(), 9);
    await vivarium.vscode.screenshot('life-journey-cell');
  });

  step('it is given its own boards for fifty steps, by keyboard alone', async () => {
    const { frame } = explorer;
    await tabTo(explorer.tab('Attention'), 'Shift+Tab');
    await arrowTo(explorer.tab('Life'));
    await tabTo(frame.getByRole('radio', { name: 'Next state' }));
    await arrowTo(frame.getByRole('radio', { name: 'Rollout' }));
    await tabTo(frame.getByRole('textbox', { name: 'Steps, 1 to 1000' }));
    await press('ControlOrMeta+a', '5', '0', 'Enter');
    await tabTo(frame.getByRole('button', { name: 'Roll', exact: true }));
    await press('Enter');
    await rolled(50);
    await tabTo(frame.getByRole('slider', { name: 'Step' }));
    await press('Home', 'ArrowRight', 'ArrowRight');
    await frame.getByText('step 3 of 50', { exact: true }).waitFor();
    await press('End');
    await frame.getByText('step 50 of 50', { exact: true }).waitFor();
  });

  step('what was made is written to a table and to a document, and follows from the rule', async () => {
    const { frame } = explorer;
    await tabTo(frame.getByRole('button', { name: 'CSV' }), 'Shift+Tab');
    await press('Enter');
    await vivarium.workbench.saveAs(file('rollout.csv'), '.csv');
    await tabTo(frame.getByRole('button', { name: 'JSON' }));
    await press('Enter');
    await vivarium.workbench.saveAs(file('rollout.json'), '.json');
    const read = async (name: string): Promise<string> => {
      for (;;) {
        try {
          return readFileSync(file(name), 'utf8');
        } catch {
          await new Promise((again) => setTimeout(again, 50));
        }
      }
    };
    const [head, ...rows] = (await read('rollout.csv')).trimEnd().split('\r\n');
    assert.match(head!, /^step,wrong,own,inherited,/);
    assert.equal(rows.length, 50);
    assert.match(rows[49]!, /^50,0,0,0,0,0,5,5,,lifegpt-16,/);
    const saved = JSON.parse(await read('rollout.json')) as SavedRollout;
    assert.deepEqual(
      [saved.model.name, saved.stepsMade, saved.firstWrong, saved.own, saved.predicted.length],
      ['lifegpt-16', 50, null, 0, 51],
    );
    let board = Uint8Array.from(saved.predicted[0]!, Number);
    for (const exact of saved.exact.slice(1)) {
      board = Uint8Array.from(following(board, TORUS, parseRule('B3/S23')));
      assert.equal(exact, board.join(''));
    }
    assert.deepEqual(saved.predicted, saved.exact);
  });

  for (const theme of themeIds) {
    step(`the rollout is legible and accessible in the ${theme} theme`, async () => {
      const { workbench, vscode } = vivarium;
      await workbench.chooseTheme(themeLabels[theme]);
      await explorer.frame.locator(`body[data-vscode-theme-kind="vscode-${theme}"]`).waitFor({ state: 'attached' });
      await rolled(50);
      await vscode.screenshot(`life-journey-${theme}`);
      await assertAccessible(await workbench.webviewFrame(), `rollout, ${theme} theme`, ['document-title']);
    });
  }

  step('the rollout is there again after the window was loaded again', async () => {
    await vivarium.workbench.reloadWindow();
    explorer = new LifeExplorer(vivarium.workbench);
    await rolled(50);
  });

  step('the model is rolled forward beside the pattern in the Life editor too', async () => {
    editor = await LifeEditorPage.open(vivarium.workbench, 'glider.rle');
    await editor.untilAlive(5);
    const { frame } = editor;
    await editor.board.focus();
    await tabTo(frame.getByRole('button', { name: 'Ask a model' }));
    await press('Enter');
    await tabTo(frame.getByRole('radio', { name: 'Error' }));
    await press('ArrowRight');
    await tabTo(frame.getByRole('button', { name: 'Roll', exact: true }));
    await press('Enter');
    await frame.getByText('Every cell of all 50 steps is right.', { exact: true }).first().waitFor();
    await vivarium.vscode.screenshot('life-journey-editor');
    await assertAccessible(await vivarium.workbench.webviewFrame(), 'rollout in the Life editor', ['document-title']);
    await editor.untilDirty('glider.rle', false);
  });
});
