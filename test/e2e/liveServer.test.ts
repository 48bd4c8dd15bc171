/** A live vLLM server in the editor, beside the same model as ONNX here: what it needs is said in `test/harness/liveVllm.ts`. */
import assert from 'node:assert/strict';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { liveModel, liveVllm, skipWithoutVllm } from '../harness/liveVllm';
import { type PackagedVivarium, openPackaged, pictured } from './packaged';
import { Explorer } from './pages/explorer';

const PROMPT =
  'def fibonacci(n):\n    if n < 2:\n        return n\n    return fibonacci(n - 1) + fibonacci(n - 2)\n\ndef fib2(n):';

describe('a live vLLM server in the editor', { skip: skipWithoutVllm }, () => {
  let vivarium: PackagedVivarium;
  let explorer: Explorer;
  let address = '';
  let stop: () => Promise<void> = () => Promise.resolve();
  const step = (title: string, body: () => Promise<void>): void => {
    void test(
      title,
      pictured(() => vivarium, body),
    );
  };

  before(async () => {
    ({ address, stop } = await liveVllm());
    vivarium = await openPackaged({ settings: { 'vivarium.models.folders': [liveModel] } });
  });
  after(async () => {
    await vivarium.vscode.stop();
    await stop();
  });

  const host = (): string => new URL(address).host;

  step('is added, and runs a prompt: tokens, probabilities and the staircase of its own drafts', async () => {
    const { workbench, vscode } = vivarium;
    await workbench.openActivity('Vivarium');
    await workbench.runCommand('Vivarium: Add Server…');
    const input = vscode.page.locator('.quick-input-widget input');
    await vscode.page
      .locator('.quick-input-widget')
      .getByText(/Address of a vLLM/)
      .waitFor();
    await input.fill(address);
    await input.press('Enter');
    await vscode.page
      .locator('.quick-input-widget')
      .getByText(/Leave it empty/)
      .waitFor({ timeout: 60_000 });
    await input.press('Enter');
    await workbench.notification(/on vLLM/).waitFor({ timeout: 60_000 });
    await workbench.runCommand('Vivarium: Explore Model');
    await workbench.pick(new RegExp(host()));
    explorer = new Explorer(workbench);
    await explorer.prompt.fill(PROMPT);
    await explorer.chooseDecoder('Greedy');
    await explorer.setNewTokens(32);
    await explorer.runButton.click();
    await explorer.completed();
    const text = explorer.frame.getByRole('listbox', { name: /Tokens of the run/ });
    await text.press('End');
    assert.match(await explorer.measure('probability'), /^[>0-9]/);
    await vscode.screenshot('live-tokens');
    await explorer.tab('Speculation').click();
    const passes = explorer.frame.getByRole('listbox', { name: 'Passes of the run' }).getByRole('option');
    await passes.first().waitFor();
    await vscode.screenshot('live-speculation');
  });

  step('says what the same model says here: compared token by token', async () => {
    const { workbench, vscode } = vivarium;
    await explorer.tab('Tokens').click();
    await explorer.chooseModel(path.basename(liveModel));
    await explorer.runButton.click();
    await explorer.idle();
    const runs = workbench.treeItem(/^def fibonacci/);
    await runs.nth(1).waitFor();
    await runs.first().click({ button: 'right' });
    await vscode.page.getByRole('menuitem', { name: 'Compare With…' }).hover();
    await vscode.page.keyboard.press('Enter');
    await workbench.pick(/def fibonacci/);
    const pair = workbench.webview();
    await pair
      .getByText(/Both runs say the same 75 tokens/)
      .first()
      .waitFor({ timeout: 60_000 });
    await vscode.screenshot('live-pair');
  });
});
