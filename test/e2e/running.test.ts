import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type PackagedVivarium, openPackaged, pictured } from './packaged';

const NOTEBOOK = JSON.stringify({
  cells: [
    {
      cell_type: 'code',
      execution_count: null,
      id: 'long',
      metadata: { vscode: { languageId: 'vivarium-life' } },
      outputs: [],
      source: 'steps: 200\ndecoder: autoregressive\n\nbo$2bo$3o!',
    },
  ],
  metadata: {},
  nbformat: 4,
  nbformat_minor: 5,
});

describe('what runs, and where to begin', () => {
  let vivarium: PackagedVivarium;
  const step = (title: string, body: () => Promise<void>): void => {
    void test(
      title,
      pictured(() => vivarium, body),
    );
  };

  before(async () => {
    vivarium = await openPackaged({ files: { 'long.ipynb': NOTEBOOK } });
  });
  after(() => vivarium.vscode.stop());

  step('a cell that runs is named in the status bar, is stopped from there, and the name goes', async () => {
    const { workbench, vscode } = vivarium;
    const { page } = vscode;
    await workbench.openFile('long.ipynb');
    await page
      .getByRole('button', { name: /^Run All/ })
      .first()
      .click();
    const item = page.getByRole('button', { name: /^Vivarium runs: long\.ipynb, cell 1/ });
    await item.waitFor();
    await vscode.screenshot('running');
    await item.click();
    await page.getByRole('option', { name: /Stop/ }).waitFor();
    await vscode.screenshot('running-list');
    await page.getByRole('option', { name: /Stop/ }).click();
    await item.waitFor({ state: 'detached' });
    // It did not come to its end by itself: that would be marked as a success.
    assert.equal(await page.locator('.codicon-notebook-state-success').count(), 0);
  });

  step('the walkthrough leads to what there is', async () => {
    const { workbench, vscode } = vivarium;
    await workbench.runCommand('Welcome: Open Walkthrough...');
    await vscode.page.keyboard.type('Look inside a transformer');
    await vscode.page.keyboard.press('Enter');
    await vscode.page.getByRole('heading', { name: 'Keep results in a notebook' }).waitFor();
    await vscode.screenshot('walkthrough');
  });
});
