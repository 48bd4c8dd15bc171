import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { assertAccessible } from '../harness/axe';
import { themeIds, themeLabels, themeOf } from '../harness/themes';
import { enginesOf } from './engineProcess';
import { type PackagedVivarium, openPackaged, pictured } from './packaged';

const TEXT = [
  'In the beginning God created the heaven and the earth. And the earth was without form, and void;',
  'and darkness was upon the face of the deep. 😀 And God said, Let there be light: and there was light.',
].join('\n');
const NOT_TRUSTED = /This workspace is not trusted: no model reads its texts by itself/;

describe('the views beside a text', () => {
  let vivarium: PackagedVivarium;
  const step = (title: string, body: () => Promise<void>): void => {
    void test(
      title,
      pictured(() => vivarium, body),
    );
  };
  const focusText = (): Promise<void> =>
    vivarium.vscode.page.locator('.monaco-editor').getByRole('textbox').first().focus();
  /** What is framed in the editor. */
  const framed = () => vivarium.vscode.page.locator('.view-overlays .cdr[class*="ced-"]');

  before(async () => {
    vivarium = await openPackaged({ files: { 'text.md': TEXT } });
  });
  after(() => vivarium.vscode.stop());

  step('start no engine while they are hidden, whatever is typed', async () => {
    const { workbench, vscode } = vivarium;
    await workbench.openFile('text.md');
    await focusText();
    await vscode.page.keyboard.press('Control+End');
    await vscode.page.keyboard.type(' And God saw');
    // Longer than the views wait before they ask.
    await vscode.page.waitForTimeout(1500);
    assert.deepEqual(enginesOf(vscode.extensionFolder), []);
  });

  step('the strip in the panel shows each token before the cursor, and frames it in the editor', async () => {
    const { workbench, vscode } = vivarium;
    await workbench.runCommand('Vivarium: Focus on Surprisal View');
    const strip = await workbench.viewFrame('Surprisal');
    await strip.locator('.strip-head', { hasText: /almanac, all \d+ tokens before the cursor in text\.md/ }).waitFor();
    await strip.getByRole('slider').focus();
    await vscode.page.keyboard.press('Home');
    await strip.locator('.strip-active', { hasText: /^position 0, I/ }).waitFor();
    await framed().first().waitFor();
    await vscode.screenshot('strip');
    await assertAccessible(strip, 'strip in VS Code');
    await vscode.page.keyboard.press('Escape');
    await framed().first().waitFor({ state: 'detached' });
  });

  step('the strip shows a coloured text from its colours, in every theme', async () => {
    const { workbench, vscode } = vivarium;
    const strip = await workbench.viewFrame('Surprisal');
    await strip.getByRole('button', { name: 'Colour the whole text' }).click();
    await strip.locator('.strip-head', { hasText: /as text\.md is coloured/ }).waitFor();
    for (const theme of themeIds) {
      await workbench.chooseTheme(themeLabels[theme]);
      const strip = await workbench.viewFrame('Surprisal');
      await strip.locator(`body.${themeOf(theme).kind}`).waitFor();
      await vscode.screenshot(`strip-${theme}`);
    }
    await workbench.chooseTheme(themeLabels.dark);
    await workbench.runCommand('Vivarium: Hide Surprisal');
    await workbench.runCommand('View: Toggle Panel Visibility');
  });

  step('the Attention view shows where the token at the cursor looks, by keyboard alone', async () => {
    const { workbench, vscode } = vivarium;
    await workbench.runCommand('Vivarium: Focus on Attention View');
    const view = await workbench.viewFrame('Attention');
    const rows = view.locator('.most-rows button');
    await rows.first().waitFor();
    assert.equal(await rows.count(), 8);
    await rows.first().focus();
    await vscode.page.keyboard.press(']');
    await view.getByRole('status').filter({ hasText: 'mean of layer 0' }).waitFor();
    await vscode.page.keyboard.press('Enter');
    await view.getByRole('status').filter({ hasText: 'marked in the editor' }).waitFor();
    await framed().first().waitFor();
    await vscode.screenshot('attention-view');
    await assertAccessible(view, 'Attention view in VS Code');
    const before = await view.locator('.cursor-where').innerText();
    await workbench.editorTab(/text\.md/).click();
    await focusText();
    await vscode.page.keyboard.press('Control+Home');
    await vscode.page.keyboard.press('End');
    await view.locator('.cursor-where', { hasText: ':1:' }).waitFor();
    assert.notEqual(await view.locator('.cursor-where').innerText(), before);
    assert.equal(await view.getByLabel('Layer', { exact: true }).inputValue(), '0');
  });
});

test('in a workspace that is not trusted the views beside a text say so, and no model is run', async (t) => {
  const vivarium = await openPackaged({
    workspaceTrust: true,
    files: { 'text.md': TEXT },
    settings: { 'security.workspace.trust.startupPrompt': 'never', 'security.workspace.trust.untrustedFiles': 'open' },
  });
  t.after(() => vivarium.vscode.stop());
  const { workbench, vscode } = vivarium;
  await workbench.openFile('text.md');
  await workbench.runCommand('Vivarium: Focus on Surprisal View');
  const strip = await workbench.viewFrame('Surprisal');
  await strip.locator('.cursor-empty', { hasText: NOT_TRUSTED }).waitFor();
  await vscode.page.keyboard.press('Control+End');
  await vscode.page.waitForTimeout(1500);
  assert.deepEqual(enginesOf(vscode.extensionFolder), []);
  await vscode.screenshot('strip-untrusted');
  for (const name of ['Tokens', 'Attention']) {
    await workbench.runCommand(`Vivarium: Focus on ${name} View`);
    const view = await workbench.viewFrame(name);
    await view.locator('.cursor-empty', { hasText: NOT_TRUSTED }).waitFor();
    await view.getByRole('button', { name: 'Manage Workspace Trust' }).waitFor();
  }
  await vscode.screenshot('views-untrusted');
});
