import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { assertAccessible } from '../harness/axe';
import { themeIds, themeLabels } from '../harness/themes';
import { type PackagedVivarium, openPackaged, pictured } from './packaged';
import { LifeExplorer } from './pages/lifeExplorer';

const GLIDER = 'x = 3, y = 3, rule = B3/S23\nbob$2bo$3o!\n';
const LARGE = 'x = 40, y = 1, rule = B3/S23\n40o!\n';

describe('a board is drawn, and where the heads look on it', () => {
  let vivarium: PackagedVivarium;
  let explorer: LifeExplorer;
  const step = (title: string, body: () => Promise<void>): void => {
    void test(
      title,
      pictured(() => vivarium, body),
    );
  };
  const press = async (...keys: string[]): Promise<void> => {
    for (const key of keys) await vivarium.vscode.page.keyboard.press(key);
  };
  /** Weights on the nine cells, row by row, and the sentence above them. */
  const looks = async (place: string): Promise<{ caption: string; weights: readonly string[] }> => {
    const table = explorer.nineCells(place);
    await table.waitFor({ state: 'attached' });
    const caption = await table.locator('caption').innerText();
    return { caption, weights: await table.locator('tbody td:last-child').allTextContents() };
  };

  before(async () => {
    vivarium = await openPackaged({ files: { 'glider.rle': GLIDER, 'large.rle': LARGE } });
  });
  after(() => vivarium.vscode.stop());

  step('a glider is put on the board of lifegpt-16 and run', async () => {
    await vivarium.workbench.runCommand('Vivarium: New Explorer');
    explorer = new LifeExplorer(vivarium.workbench);
    await explorer.chooseModel('lifegpt-16');
    await explorer.board.waitFor();
    await explorer.pattern('Glider').click();
    await explorer.untilAlive(5);
    await explorer.runButton.click();
    await explorer.completed();
    await explorer.tab('Attention').click();
    await explorer.untilPredicted();
  });

  let glider: Awaited<ReturnType<typeof looks>>;
  step('a cell is chosen by keyboard, and the text says where the head looks around it', async () => {
    await explorer.prediction.focus();
    for (let row = 0; row < 7; row++) await press('ArrowDown');
    for (let column = 0; column < 7; column++) await press('ArrowRight');
    glider = await looks('row 7, column 7');
    assert.equal(glider.weights.length, 9);
    const [, sum] = /: (\S+) on the nine cells/.exec(glider.caption) ?? [];
    assert.equal(sum, await explorer.frame.getByRole('row', { name: 'this cell' }).locator('td.number').innerText());
  });

  step('heads are sorted by their Moore score, and the best is gone to by keyboard', async () => {
    await explorer.frame.getByRole('combobox', { name: 'Sort heads' }).selectOption({ label: 'Moore score' });
    const heads = explorer.frame.getByRole('listbox', { name: /heads, where each looks/ });
    const said = await heads.getByRole('option').allTextContents();
    const scores = said.map((text) => Number(/Moore score (\d\.\d+)/.exec(text)?.[1]));
    assert.equal(scores.length, 24);
    assert.deepEqual(
      scores,
      scores.toSorted((one, other) => other - one),
    );
    await heads.focus();
    await press('ArrowRight');
    await explorer.prediction.focus();
    await press('[');
    const first = /L\d+ H\d+/.exec(said[0]!)![0];
    await explorer.frame
      .getByRole('table', { name: new RegExp(`^Attention of ${first} around`) })
      .waitFor({ state: 'attached' });
    glider = await looks('row 7, column 7');
  });

  step(
    'a cell is edited by keyboard where it is looked at, and prediction and attention change around it',
    async () => {
      const before = await explorer.cell.innerText();
      await explorer.prediction.focus();
      await press('Space');
      await explorer.untilAlive(6);
      await explorer.cell
        .getByText(before.includes('Now\nalive') ? 'dead' : 'alive')
        .first()
        .waitFor();
      await explorer.untilPredicted();
      const edited = await looks('row 7, column 7');
      assert.notEqual(await explorer.cell.innerText(), before);
      assert.notDeepEqual(edited.weights, glider.weights, 'the same head looks elsewhere on another board');
      assert.equal(edited.caption.split(' around')[0], glider.caption.split(' around')[0], 'the head stays chosen');
    },
  );

  step('a cell is edited on the board of the prompt, and what is chosen stays', async () => {
    await explorer.board.focus();
    await press('ArrowUp', 'ArrowUp', 'Space');
    await explorer.untilAlive(7);
    await explorer.untilPredicted();
    await looks('row 7, column 7');
    await press('Control+z');
    await explorer.untilAlive(6);
    await explorer.untilPredicted();
  });

  for (const theme of themeIds) {
    step(`it is legible and accessible in the ${theme} theme`, async () => {
      const { workbench, vscode } = vivarium;
      await workbench.chooseTheme(themeLabels[theme]);
      await explorer.frame.locator(`body[data-vscode-theme-kind="vscode-${theme}"]`).waitFor({ state: 'attached' });
      await explorer.untilPredicted();
      await vscode.screenshot(`life-attention-${theme}`);
      await assertAccessible(await workbench.webviewFrame(), `attention on the board, ${theme} theme`, [
        'document-title',
      ]);
    });
  }

  step('the board and what is chosen come back after the window was loaded again', async () => {
    await vivarium.workbench.reloadWindow();
    explorer = new LifeExplorer(vivarium.workbench);
    await explorer.untilAlive(6);
    await looks('row 7, column 7');
  });

  step('Explore Prompt puts the pattern in front on the board, with the controls as they were last set', async () => {
    const settings = () => explorer.frame.getByRole('button', { name: 'Settings of the run' });
    await settings().click();
    const seed = explorer.frame.getByRole('textbox', { name: 'Seed' });
    await seed.fill('4711');
    await seed.press('Enter');
    await seed.press('Escape');
    await vivarium.workbench.openFile('glider.rle');
    await vivarium.workbench.webview().locator('.life-board canvas').waitFor();
    await vivarium.workbench.runCommand('Vivarium: Explore Prompt');
    explorer = new LifeExplorer(vivarium.workbench);
    await explorer.untilAlive(5);
    await explorer.untilPredicted();
    await settings().click();
    assert.equal(await explorer.frame.getByRole('textbox', { name: 'Seed' }).inputValue(), '4711');
  });

  step('a pattern larger than the board is refused with the sizes', async () => {
    await vivarium.workbench.openFile('large.rle');
    await vivarium.workbench.webview().locator('.life-board canvas').waitFor();
    await vivarium.workbench.runCommand('Vivarium: Explore Prompt');
    await vivarium.workbench.notification(/40 x 1 does not fit a grid of 16 x 16/).waitFor();
  });
});
