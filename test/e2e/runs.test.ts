import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { type PackagedVivarium, openPackaged, pictured } from './packaged';
import { artifacts } from '../harness/artifacts';
import { readSafetensors } from '../harness/safetensors';
import { Explorer } from './pages/explorer';

const FIRST = 'The whale swam';
const SECOND = 'In the beginning';

describe('the history of runs', () => {
  let vivarium: PackagedVivarium;
  const step = (title: string, body: () => Promise<void>): void => {
    void test(
      title,
      pictured(() => vivarium, body),
    );
  };
  const run = (name: string | RegExp) => vivarium.workbench.treeItem(name);

  before(async () => {
    vivarium = await openPackaged();
  });
  after(() => vivarium.vscode.stop());

  step('lists what was run, the newest first', async () => {
    const { workbench, vscode } = vivarium;
    await workbench.openActivity('Vivarium');
    for (const prompt of [FIRST, SECOND]) {
      const explorer = await Explorer.explore(workbench, prompt);
      await explorer.completed();
      await run(new RegExp(prompt)).waitFor();
    }
    const names = await run(/The whale swam|In the beginning/).allInnerTexts();
    assert.match(names[0] ?? '', /In the beginning/);
    assert.match(names[1] ?? '', /The whale swam/);
    // How it was decoded, when, and what came of it.
    for (const name of names) assert.match(name, /Sampling · .*\d+:\d\d.* · → \S+/s);
    await run(/^Today/).waitFor();
    await workbench.editorTab(/^In the beginning → .* · Sampling · .*\d+:\d\d/).waitFor();
    await vscode.screenshot('runs');
  });

  step('opens a run again, with its tokens and the prompt that made it', async () => {
    await run(/The whale swam/).click();
    await vivarium.workbench
      .editorTab(/^The whale swam → .* · Sampling/)
      .first()
      .waitFor();
    const explorer = new Explorer(vivarium.workbench);
    await explorer.tokens.first().waitFor();
    assert.equal(await explorer.prompt.inputValue(), FIRST);
    assert.match((await explorer.tokens.allInnerTexts()).join(''), /whale/);
  });

  step('keeps pins through a reload of the window, and shows pinned runs first', async () => {
    const { workbench } = vivarium;
    await run(/The whale swam/).hover();
    await run(/The whale swam/)
      .getByRole('button', { name: 'Pin Run' })
      .click();
    await workbench.reloadWindow();
    // Its place in the activity bar would close it, where it stands open again already.
    await workbench.runCommand('Vivarium: Focus on Runs View');
    await run(/The whale swam/).waitFor();
    const [first] = await run(/The whale swam|In the beginning/).allInnerTexts();
    assert.match(first ?? '', /The whale swam/);
  });

  step('finds a run by what was generated', async () => {
    const { workbench, vscode } = vivarium;
    const [name = ''] = await run(/In the beginning/).allInnerTexts();
    const generated = /→ (\S+ \S+)/.exec(name)?.[1] ?? assert.fail(name);
    await workbench.runCommand('Vivarium: Search Runs');
    const input = vscode.page.locator('.quick-input-widget input');
    await vscode.page
      .locator('.quick-input-list')
      .getByRole('option', { name: /The whale swam/ })
      .waitFor();
    await vscode.screenshot('runs-search');
    await input.fill(generated);
    await vscode.page
      .locator('.quick-input-list')
      .getByRole('option', { name: /The whale swam/ })
      .waitFor({ state: 'detached' });
    await input.press('Enter');
    const explorer = new Explorer(workbench);
    await explorer.tokens.first().waitFor();
    assert.equal(await explorer.prompt.inputValue(), SECOND);
  });

  step('exports a run as a table of its tokens', async () => {
    const { workbench, vscode } = vivarium;
    await workbench.runCommand('Vivarium: Export Run');
    await workbench.pick(/In the beginning/);
    await workbench.pick(/Tokens as CSV/);
    const file = path.join(vscode.workspace, 'run.tokens.csv');
    await workbench.saveAs(file, '.tokens.csv');
    const text = await written(file);
    assert.match(text, /^index,id,text,origin,probability,rank,surprisal_bits,entropy_bits\r\n/);
    assert.ok(text.split('\r\n').length > 10);
  });

  step('exports a run as a picture, and its tensors, computed again', async () => {
    const { workbench, vscode } = vivarium;
    for (const [form, extension] of [
      [/Picture as SVG/, '.svg'],
      [/Picture as PNG/, '.png'],
      [/Tensors as safetensors/, '.safetensors'],
    ] as const) {
      await workbench.runCommand('Vivarium: Export Run');
      await workbench.pick(/In the beginning/);
      await workbench.pick(form);
      const file = path.join(vscode.workspace, `run${extension}`);
      await workbench.saveAs(file, extension);
      // A picture is drawn in a tab, and a list that is open is closed where that comes and goes.
      await written(file);
    }
    assert.match(await written(path.join(vscode.workspace, 'run.svg')), /^<svg [^>]*role="img"/);
    const png = path.join(vscode.workspace, 'run.png');
    const bytes = await readFile(png);
    assert.deepEqual([...bytes.subarray(0, 8)], [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
    // The picture is 900 wide: IHDR begins at byte 16 with the width.
    assert.equal(bytes.readUInt32BE(16), 1800);
    await writeFile(path.join(artifacts, 'run-export.png'), bytes);
    await written(path.join(vscode.workspace, 'run.safetensors'));
    const tensors = readSafetensors(path.join(vscode.workspace, 'run.safetensors'));
    assert.ok([...tensors.keys()].some((name) => name.startsWith('attention.')));
  });

  step('holds two runs against each other, also after a reload of the window', async () => {
    const { workbench, vscode } = vivarium;
    await run(/In the beginning/).click({ button: 'right' });
    // A menu takes no click in its first moments: that may belong to what opened it.
    await vscode.page.getByRole('menuitem', { name: 'Compare With…' }).hover();
    await vscode.page.keyboard.press('Enter');
    await workbench.pick(/The whale swam/);
    const tab = workbench.editorTab(/The whale swam and In the beginning/);
    await tab.waitFor();
    const verdict = () => workbench.webview().locator('.pair-verdict');
    await verdict().waitFor();
    const text = await verdict().innerText();
    assert.match(text, /at least 0\.00 bits/);
    assert.match(text, /They part in the prompts, at position \d+/);
    // The engine brings both runs back: neither is held any more.
    await workbench.webview().getByRole('button', { name: 'Compute exactly' }).click();
    await verdict().getByText('is 0.00 bits from B’s (KL), 0.000 in total variation').waitFor();
    await vscode.screenshot('run-pair');
    await workbench.reloadWindow();
    await tab.waitFor();
    assert.equal(await verdict().innerText(), text);
  });

  step('holds the two that are selected against each other', async () => {
    const { workbench, vscode } = vivarium;
    for (const name of [/The whale swam/, /In the beginning/]) await run(name).click({ modifiers: ['ControlOrMeta'] });
    await run(/In the beginning/).click({ button: 'right' });
    await vscode.page.getByRole('menuitem', { name: 'Compare Runs…' }).hover();
    await vscode.page.keyboard.press('Enter');
    await workbench
      .editorTab(/The whale swam and In the beginning/)
      .nth(1)
      .waitFor();
    // One is selected again: what is done with one of several is done with all.
    await run(/The whale swam/).click();
  });

  step('deletes a run when it has asked', async () => {
    const { vscode } = vivarium;
    await run(/In the beginning/).hover();
    await run(/In the beginning/)
      .getByRole('button', { name: 'Delete Run' })
      .click();
    await vscode.page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await run(/In the beginning/).waitFor({ state: 'detached' });
    assert.equal(await run(/The whale swam/).count(), 1);
  });

  step('runs a run again, with the focus in its prompt', async () => {
    const { workbench, vscode } = vivarium;
    await run(/The whale swam/).click({ button: 'right' });
    await vscode.page.getByRole('menuitem', { name: 'Run Again' }).hover();
    await vscode.page.keyboard.press('Enter');
    await run(/The whale swam/)
      .nth(1)
      .waitFor();
    const explorer = new Explorer(workbench);
    await explorer.completed();
    const [first, again] = await run(/The whale swam/).allInnerTexts();
    const generated = (text = ''): string | undefined => /→ .*/.exec(text)?.[0];
    assert.ok(generated(first));
    assert.equal(generated(again), generated(first));
    // What is typed now belongs into the prompt.
    await explorer.frame.locator('textarea[aria-label="Prompt"]:focus').waitFor();
    await vscode.page.keyboard.press('End');
    await vscode.page.keyboard.type(' again');
    await vscode.page.keyboard.press('Enter');
    await run(/The whale swam again/).waitFor();
    await vscode.screenshot('runs-again');
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
