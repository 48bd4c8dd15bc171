import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { type PackagedVivarium, openPackaged, pictured } from './packaged';
import { Explorer } from './pages/explorer';
import { Speculation } from './pages/speculation';

const PROMPT = 'In the beginning God created the heaven and the earth.';

describe('drafts, pass by pass', () => {
  let vivarium: PackagedVivarium;
  let explorer: Explorer;
  let speculation: Speculation;
  let passes: number;
  let shown: string;
  const file = (name: string): string => path.join(vivarium.vscode.workspace, name);
  const step = (title: string, body: () => Promise<void>): void => {
    void test(
      title,
      pictured(() => vivarium, body),
    );
  };

  before(async () => {
    vivarium = await openPackaged();
  });
  after(() => vivarium.vscode.stop());

  step('a run without drafts says what to do, and a button leads to one with drafts', async () => {
    explorer = await Explorer.explore(vivarium.workbench, PROMPT);
    await explorer.completed();
    speculation = new Speculation(explorer);
    await explorer.tab('Speculation').click();
    await explorer.frame.getByRole('heading', { name: 'This run drafted nothing' }).waitFor();
    await explorer.frame.getByRole('button', { name: /^Prompt lookup/ }).click();
    await speculation.passes.first().waitFor();
  });

  step('the speculative decoder is chosen, and its run shows every pass', async () => {
    await explorer.idle();
    await explorer.chooseDecoder('Speculative');
    await explorer.runButton.click();
    await explorer.frame.getByText(/Drafted from the draft model/).waitFor();
    await explorer.idle();
    passes = await speculation.passCount();
    assert.ok(passes > 3, `${passes} passes`);
    assert.match(await speculation.figure('t(1)'), /of an earlier run$/);
    await vivarium.vscode.screenshot('speculation');
  });

  step('arrow keys go from pass to pass, and the numbers follow', async () => {
    await speculation.list.focus();
    const { keyboard } = vivarium.vscode.page;
    await keyboard.press('Home');
    await speculation.chosen(1);
    await keyboard.press('ArrowDown');
    await keyboard.press('ArrowDown');
    await speculation.chosen(3);
    assert.ok((await speculation.drafts.count()) >= 1);
    shown = await speculation.detail();
  });

  step('the run, the tab and the pass are kept through a reload of the window', async () => {
    await vivarium.workbench.reloadWindow();
    await speculation.chosen(3);
    assert.equal(await speculation.passCount(), passes);
    assert.equal(await speculation.detail(), shown);
  });

  step('the saved trace shows the same without its model', async () => {
    const { workbench, vscode } = vivarium;
    await explorer.frame.getByRole('button', { name: /Save/ }).click();
    await workbench.saveAs(file('drafts.vivtrace'), '.vivtrace');
    await vscode.page
      .locator('.statusbar')
      .getByText(/Saved drafts\.vivtrace/)
      .waitFor();
    const [header = '', ...rest] = readFileSync(file('drafts.vivtrace'), 'utf8').split('\n');
    const moved = header.replaceAll(/"folder":"(?:[^"\\]|\\.)*"/g, '"folder":"/not/on/this/machine"');
    assert.notEqual(moved, header);
    writeFileSync(file('elsewhere.vivtrace'), [moved, ...rest].join('\n'));
    await workbench.openFile('elsewhere.vivtrace');
    await workbench.editorTab(/elsewhere\.vivtrace/).waitFor();
    const viewer = new Explorer(workbench);
    await viewer.tab('Speculation').click();
    const saved = new Speculation(viewer);
    await saved.list.waitFor();
    assert.equal(await viewer.runButton.count(), 0);
    assert.equal(await saved.passCount(), passes);
    await saved.list.focus();
    await vscode.page.keyboard.press('Home');
    await vscode.page.keyboard.press('ArrowDown');
    await vscode.page.keyboard.press('ArrowDown');
    await saved.chosen(3);
    assert.equal(await saved.detail(), shown);
    await vscode.screenshot('speculation-viewer');
  });
});
