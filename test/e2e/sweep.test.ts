import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { assertAccessible } from '../harness/axe';
import { type PackagedVivarium, openPackaged, pictured } from './packaged';
import { Explorer } from './pages/explorer';

describe('a Life model over random boards, from the palette to a table on disk', () => {
  let vivarium: PackagedVivarium;
  let explorer: Explorer;
  const step = (title: string, body: () => Promise<void>): void => {
    void test(
      title,
      pictured(() => vivarium, body),
    );
  };
  const type = async (label: string | RegExp, value: number): Promise<void> => {
    const field = explorer.frame.getByRole('textbox', { name: label });
    await field.fill(String(value));
    await field.press('Enter');
  };
  const sweepButton = () => explorer.frame.getByRole('button', { name: 'Sweep', exact: true });
  const rows = () => explorer.frame.locator('.sweep-table tbody tr');

  before(async () => {
    vivarium = await openPackaged();
  });
  after(() => vivarium.vscode.stop());

  step('the palette opens the tab with a Life model, which is asked about boards of three densities', async () => {
    await vivarium.workbench.runCommand('Vivarium: Sweep Density');
    explorer = new Explorer(vivarium.workbench);
    await sweepButton().waitFor();
    await type('First density', 0.2);
    await type('Last density', 0.6);
    await type('Step between densities', 0.2);
    await type(/^Boards at each density/, 4);
    await sweepButton().click();
    await explorer.frame.getByText('Sweep complete: 3 densities.').waitFor({ state: 'attached' });
    assert.deepEqual(await rows().locator('th').allInnerTexts(), ['0.2', '0.4', '0.6']);
    for (const text of await rows().allInnerTexts()) assert.match(text, /\d of 4/);
    await vivarium.vscode.screenshot('sweep');
    await assertAccessible(await vivarium.workbench.webviewFrame(), 'Sweep');
  });

  step('the figures go to disk as CSV', async () => {
    const { workbench, vscode } = vivarium;
    const file = path.join(vscode.workspace, 'densities.csv');
    await explorer.frame.getByRole('button', { name: 'CSV', exact: true }).click();
    await workbench.saveAs(file, '.csv');
    const [head, ...lines] = (await written(file)).trimEnd().split('\r\n');
    assert.match(head ?? '', /^order,seed,boards,wrong_boards,/);
    assert.deepEqual(
      lines.map((line) => line.split(',').slice(0, 3).join()),
      ['0.2,2,4', '0.4,4,4', '0.6,6,4'],
    );
  });

  step('a longer one runs in the status bar and is stopped; what is known is there after a reload', async () => {
    await type(/^Boards at each density/, 1000);
    await sweepButton().click();
    await explorer.frame.getByText(/^[1-9][\d,]* of 3,000 boards/).waitFor();
    await vivarium.workbench.page.getByText('Sweeping densities').first().waitFor();
    await explorer.frame.getByRole('button', { name: 'Stop sweep' }).click();
    await explorer.frame.getByText(/^Sweep stopped: /).waitFor({ state: 'attached' });
    const before = await rows().allInnerTexts();
    await vivarium.workbench.reloadWindow();
    await explorer.frame.getByRole('heading', { name: 'Stopped' }).waitFor();
    assert.deepEqual(await rows().allInnerTexts(), before);
  });
});

/** The text of a file that is there soon. */
async function written(file: string): Promise<string> {
  for (;;) {
    const text = await readFile(file, 'utf8').catch(() => undefined);
    if (text !== undefined) return text;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
