import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { assertAccessible } from '../harness/axe';
import { type PackagedVivarium, openPackaged, pictured } from './packaged';

const TEXT = 'In the beginning God created the heaven and the earth.\n';

describe('the Tokens view', () => {
  let vivarium: PackagedVivarium;
  const step = (title: string, body: () => Promise<void>): void => {
    void test(
      title,
      pictured(() => vivarium, body),
    );
  };
  const view = () => vivarium.workbench.sideView();
  /** The token before the cursor, as the view shows it. */
  const follows = (token: RegExp): Promise<void> =>
    view().locator('.cursor-head .lone-chip').filter({ hasText: token }).waitFor();
  const alternatives = (): Promise<string[]> => view().getByRole('option').locator('.unseen').allTextContents();

  before(async () => {
    vivarium = await openPackaged({ files: { 'text.md': TEXT } });
  });
  after(() => vivarium.vscode.stop());

  step('says what to do where no text is open', async () => {
    await vivarium.workbench.runCommand('Vivarium: Focus on Tokens View');
    await view().getByRole('button', { name: 'Open File…' }).waitFor();
  });

  step('shows what may come next, and other alternatives where the cursor is elsewhere', async () => {
    const { workbench, vscode } = vivarium;
    await workbench.openFile('text.md');
    await vscode.page.locator('.monaco-editor').getByRole('textbox').first().focus();
    await vscode.page.keyboard.press('Control+End');
    await follows(/↵/);
    const atEnd = await alternatives();
    await vscode.page.keyboard.press('ArrowLeft');
    await follows(/^\.$/);
    assert.notDeepEqual(await alternatives(), atEnd);
    await vscode.screenshot('tokens-view');
  });

  step('inserts with Enter, by keyboard alone', async () => {
    const { workbench, vscode } = vivarium;
    await vscode.page.keyboard.press('Control+End');
    await follows(/↵/);
    await workbench.runCommand('Vivarium: Focus on Tokens View');
    await view().getByRole('listbox').focus();
    await vscode.page.keyboard.press('ArrowDown');
    await vscode.page.keyboard.press('Enter');
    await view().getByRole('status').filter({ hasText: 'inserted' }).waitFor();
    await workbench.editorTab(/text\.md.*(Modified|Unsaved|dirty)|text\.md/).waitFor();
    await vscode.screenshot('tokens-view-inserted');
    const frame = await view().locator('body').elementHandle();
    const owner = await frame?.ownerFrame();
    assert.ok(owner);
    await assertAccessible(owner, 'Tokens view in VS Code');
  });
});
