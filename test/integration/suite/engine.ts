import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import * as vscode from 'vscode';
import { closeAllTabs, eventually } from './workbench';

/** Engine processes of this extension host. */
function engines(): string[] {
  return execFileSync('ps', ['-A', '-o', 'pid=,ppid=,args='], { encoding: 'utf8' })
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([, parent, ...args]) => parent === String(process.pid) && args.join(' ').includes('engine.mjs'))
    .map(([pid]) => pid ?? '');
}

describe('the engine process', function () {
  before(function () {
    if (process.platform === 'win32') this.skip();
  });
  afterEach(closeAllTabs);

  it('is one, however many ask', async () => {
    await vscode.commands.executeCommand('vivarium.newExplorer');
    await vscode.commands.executeCommand('vivarium.explorePrompt', { prompt: 'In the', run: true });
    await vscode.commands.executeCommand('vivarium.refreshModels');
    assert.equal(engines().length, 1);
  });

  it('is ended by Restart Engine, and another one answers the next request', async () => {
    await vscode.commands.executeCommand('vivarium.refreshModels');
    const [old] = engines();
    await vscode.commands.executeCommand('vivarium.restartEngine');
    await eventually('the engine to end', () => (engines().length === 0 ? true : undefined));
    await vscode.commands.executeCommand('vivarium.refreshModels');
    const [fresh] = engines();
    assert.ok(fresh);
    assert.notEqual(fresh, old);
  });

  it('that was killed is replaced for the next request', async () => {
    await vscode.commands.executeCommand('vivarium.refreshModels');
    const [killed] = engines();
    process.kill(Number(killed), 'SIGKILL');
    await eventually('the engine to end', () => (engines().length === 0 ? true : undefined));
    // What is asked before the end is noticed fails with it.
    await eventually('another engine', async () => {
      await vscode.commands.executeCommand('vivarium.refreshModels');
      return engines().length === 1 ? true : undefined;
    });
  });
});
