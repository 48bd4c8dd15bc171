import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { RunningStatus } from '../../../src/extension/runs/running';
import { closeAllTabs, eventually, explorerTabs, showNewText, untilExplorers } from './workbench';

/** Runs `action`, and takes the first entry of the list that it opens, until something has come of it. */
async function takeFirst(action: () => unknown, came: () => boolean): Promise<void> {
  let ended = false;
  const done = Promise.resolve(action()).then(() => (ended = true));
  await eventually('the choice', async () => {
    if (ended || came()) return true;
    await vscode.commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem');
    return undefined;
  });
  await done;
  await eventually('what comes of it', () => (came() ? true : undefined));
}

describe('what runs, in the status bar', () => {
  let status: RunningStatus;
  let act: () => unknown;

  beforeEach(async () => {
    await closeAllTabs();
    status = new RunningStatus((id, action) => {
      assert.equal(id, 'vivarium.showRunning');
      act = action;
      return new vscode.Disposable(() => undefined);
    });
  });
  afterEach(async () => {
    status.dispose();
    await closeAllTabs();
  });

  const nothing = { show: () => undefined, stop: () => undefined };

  it('is there while something runs, names it, and goes with the last', async () => {
    assert.equal(status.text, undefined);
    const first = status.begin({ label: 'one $(trash)', ...nothing });
    const text = await eventually('the item', () => status.text);
    assert.match(text, /one/);
    assert.ok(!text.includes('$(trash)'), 'a name draws an icon');
    const second = status.begin({ label: 'two', ...nothing });
    assert.match(status.text ?? '', /2/);
    first.dispose();
    first.dispose();
    assert.match(status.text ?? '', /two/);
    second.dispose();
    assert.equal(status.text, undefined);
  });

  it('never shows what is over at once', async () => {
    status.begin({ label: 'short', ...nothing }).dispose();
    // A later start waits as long as the first would have: by then the first would have been drawn.
    const later = status.begin({ label: 'long', ...nothing });
    assert.match(await eventually('the item', () => status.text), /long/);
    later.dispose();
  });

  it('shows a run from the list', async () => {
    let [shown, stopped] = [0, 0];
    const run = status.begin({ label: 'a run', show: () => shown++, stop: () => stopped++ });
    await takeFirst(act, () => shown + stopped > 0);
    assert.deepEqual([shown, stopped], [1, 0]);
    run.dispose();
  });

  it('is of the runs of Explorers: one is gone back to from another tab', async () => {
    const settings = vscode.workspace.getConfiguration('vivarium.explorer');
    await settings.update('maxNewTokens', 20_000, vscode.ConfigurationTarget.Global);
    try {
      await vscode.commands.executeCommand('vivarium.explorePrompt', { prompt: 'In the beginning', run: true });
      await untilExplorers(1);
      await eventually('the run', () => ((explorerTabs()[0]?.label ?? 'Vivarium') !== 'Vivarium' ? true : undefined));
      await showNewText('');
      assert.equal(explorerTabs()[0]?.isActive, false);
      const list = (): unknown => vscode.commands.executeCommand('vivarium.showRunning');
      await takeFirst(list, () => explorerTabs()[0]?.isActive === true);
    } finally {
      await settings.update('maxNewTokens', undefined, vscode.ConfigurationTarget.Global);
    }
  });
});
