import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { root } from '../../scripts/lib/run.mjs';
import { assertAccessible } from '../harness/axe';
import { themeIds, themeLabels } from '../harness/themes';
import { outputTypes, savedNotebook } from '../integration/nbformat/validate';
import { type PackagedVivarium, openPackaged, pictured } from './packaged';

/** The tour as it is before its cells are run: what is drawn is then of this run. */
async function tourWithoutResults(): Promise<string> {
  const notebook = JSON.parse(await readFile(path.join(root, 'samples/tour.ipynb'), 'utf8')) as TourNotebook;
  const cells = notebook.cells.map((cell) => (cell.outputs ? { ...cell, outputs: [], execution_count: null } : cell));
  return JSON.stringify({ ...notebook, cells });
}

interface TourNotebook {
  readonly cells: readonly { readonly outputs?: readonly unknown[] }[];
}

describe('the tour, a notebook', () => {
  let vivarium: PackagedVivarium;
  const step = (title: string, body: () => Promise<void>): void => {
    void test(
      title,
      pictured(() => vivarium, body),
    );
  };
  const outputs = () => vivarium.workbench.webview();
  const result = (place: number) => outputs().locator('section.result').nth(place);

  before(async () => {
    vivarium = await openPackaged({ files: { 'tour.ipynb': await tourWithoutResults() } });
    // A notebook draws the results that are in view: here all are.
    await vivarium.vscode.page.setViewportSize({ width: 1280, height: 3200 });
  });
  after(() => vivarium.vscode.stop());

  step('runs from top to bottom with the kernel that it finds', async () => {
    const { workbench } = vivarium;
    await workbench.openFile('tour.ipynb');
    await workbench.editorTab(/tour\.ipynb/).waitFor();
    await workbench.runCommand('Notebook: Run All');
    await result(2).getByText('Token for token the same as "greedy".').waitFor();
    await result(3)
      .getByText(/8 steps: every cell right/)
      .waitFor();
    assert.equal(await outputs().locator('section.result').count(), 4);
  });

  step('shows tokens, attention and passes with what they say of the chosen one', async () => {
    const tokens = result(0).getByRole('listbox', { name: /coloured by surprisal/ });
    await tokens.getByRole('option').nth(12).click();
    await result(0)
      .getByText(/position 12/)
      .waitFor();
    await tokens.press('ArrowRight');
    await result(0)
      .getByText(/position 13/)
      .waitFor();
    const map = result(1).getByRole('application', { name: /Attention of layer 0, head 0/ });
    await map.press(']');
    await result(1)
      .getByRole('application', { name: /Attention of layer 0, head 1/ })
      .waitFor();
    assert.match(await result(2).getByRole('listbox', { name: 'Passes of the run' }).innerText(), /\d/);
    await result(3).getByRole('slider', { name: 'Step' }).press('ArrowLeft');
    await result(3)
      .getByText(/^Step 7 of 8: 0 cells wrong/)
      .waitFor();
  });

  for (const theme of themeIds) {
    step(`axe-core finds nothing serious in its results in the ${theme} theme`, async () => {
      const { workbench, vscode } = vivarium;
      await workbench.chooseTheme(themeLabels[theme]);
      await outputs().locator(`body[data-vscode-theme-kind="vscode-${theme}"]`).waitFor({ state: 'attached' });
      await result(2).waitFor();
      await vscode.screenshot(`notebook-${theme}`);
      await assertAccessible(await workbench.webviewFrame(), `notebook, ${theme} theme`, ['document-title']);
    });
  }

  step('opens a result in an Explorer', async () => {
    await result(2).getByRole('button', { name: 'Open in Explorer' }).click();
    await vivarium.workbench.editorTab(/ · Speculative · /).waitFor();
    // The notebook's own webview is still there, out of sight.
    const page = vivarium.vscode.page.locator('iframe.webview.ready').last().contentFrame();
    const prompt = page.locator('#active-frame').contentFrame().getByRole('textbox', { name: 'Prompt' });
    await prompt.waitFor();
    assert.match(await prompt.inputValue(), /Let there be$/);
  });
});

describe('a new notebook', () => {
  let vivarium: PackagedVivarium;
  const step = (title: string, body: () => Promise<void>): void => {
    void test(
      title,
      pictured(() => vivarium, body),
    );
  };
  const result = (name: RegExp) => vivarium.workbench.webview().getByRole('region', { name });

  before(async () => {
    vivarium = await openPackaged();
    await vivarium.vscode.page.setViewportSize({ width: 1280, height: 2000 });
  });
  after(() => vivarium.vscode.stop());

  step('runs a prompt and a pattern, and shows which pass said each cell', async () => {
    const { workbench, vscode } = vivarium;
    await workbench.runCommand('Vivarium: New Notebook');
    await workbench.editorTab(/Untitled-1/).waitFor();
    await workbench.runCommand('Notebook: Run All');
    await result(/^Run of almanac/).waitFor();
    const life = result(/^Life by lifegpt-16/);
    await life.getByText(/4 steps: every cell right · exact-rule: 4 steps in \d+ passes/).waitFor();
    const pass = life.getByRole('slider', { name: 'Pass' });
    const last = await pass.getAttribute('aria-valuetext');
    await pass.press('ArrowLeft');
    assert.notEqual(await pass.getAttribute('aria-valuetext'), last);
    await vscode.screenshot('notebook-new');
  });

  step('is saved as Jupyter’s schema asks, each result as a picture and as text too', async () => {
    const { workbench, vscode } = vivarium;
    const file = path.join(vscode.workspace, 'kept.ipynb');
    await workbench.runCommand('File: Save');
    await workbench.saveAs(file, '.ipynb');
    await workbench.editorTab(/kept\.ipynb/).waitFor();
    const types = outputTypes(await savedNotebook(file));
    const results = types.filter((kinds) => kinds.length > 0);
    assert.equal(results.length, 2);
    for (const kinds of results) {
      assert.deepEqual([kinds.length, kinds.includes('image/svg+xml'), kinds.includes('text/plain')], [3, true, true]);
    }
  });

  step('has its results when it is opened again, and nothing is run for them', async () => {
    const { workbench } = vivarium;
    await workbench.runCommand('View: Close Editor');
    await workbench.editorTab(/kept\.ipynb/).waitFor({ state: 'detached' });
    await workbench.openFile('kept.ipynb');
    await result(/^Run of almanac/).waitFor();
    await result(/^Life by lifegpt-16/).waitFor();
  });

  step('runs a cell with Ctrl+Enter once it is opened again: it is still a prompt', async () => {
    const { workbench, vscode } = vivarium;
    const saved = JSON.parse(await readFile(path.join(vscode.workspace, 'kept.ipynb'), 'utf8')) as SavedNotebook;
    assert.equal(saved.metadata.language_info?.name, 'vivarium-prompt');
    await result(/^Run of almanac/)
      .getByText(/: 7 prompt \+/)
      .waitFor();
    await vscode.page.locator('.notebookOverlay .cell.code .view-lines').first().click();
    await vscode.page.keyboard.press('Control+End');
    await vscode.page.keyboard.type(' of the');
    await vscode.page.keyboard.press('Control+Enter');
    await result(/^Run of almanac/)
      .getByText(/: 9 prompt \+/)
      .waitFor();
    await result(/^Life by lifegpt-16/)
      .getByRole('button', { name: 'Open in Explorer' })
      .click();
    await workbench.editorTab(/ alive · /).waitFor();
  });
});

interface SavedNotebook {
  readonly metadata: { readonly language_info?: { readonly name: string } };
}
