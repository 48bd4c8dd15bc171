import assert from 'node:assert/strict';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { parseTrace, serializeTrace } from '../../src/core/trace/vivtrace';
import { enginesOf } from './engineProcess';
import { type PackagedVivarium, openPackaged, pictured } from './packaged';
import { Explorer } from './pages/explorer';

const PROMPT = 'In the beginning God created';

describe('runs that are saved, cut, stopped and killed', () => {
  let vivarium: PackagedVivarium;
  let explorer: Explorer;
  let tokens: string[];
  const file = (name: string): string => path.join(vivarium.vscode.workspace, name);
  const step = (title: string, body: () => Promise<void>): void => {
    void test(
      title,
      pictured(() => vivarium, body),
    );
  };

  before(async () => {
    vivarium = await openPackaged({
      files: {
        'broken/config.json': '{ "model_type": "gpt2", ',
        'broken/model.onnx': 'not an ONNX file',
        'not-a-trace.vivtrace': 'hello',
      },
    });
  });
  after(() => vivarium.vscode.stop());

  step('a model folder of the workspace that is broken is listed with what to do', async () => {
    const { workbench, vscode } = vivarium;
    await workbench.openActivity('Vivarium');
    const broken = workbench.treeItem(/broken/);
    await broken.waitFor();
    assert.match((await broken.getAttribute('aria-label')) ?? (await broken.innerText()), /cannot be run|config\.json/);
    await vscode.screenshot('model-broken');
  });

  step('a run is saved as a trace with its tensors beside it', async () => {
    const { workbench, vscode } = vivarium;
    explorer = await Explorer.explore(workbench, PROMPT);
    await explorer.completed();
    tokens = await explorer.tokens.allInnerTexts();
    await explorer.frame.getByRole('button', { name: /Save/ }).click();
    await workbench.saveAs(file('run.vivtrace'), '.vivtrace');
    await vscode.page
      .locator('.statusbar')
      .getByText(/Saved run\.vivtrace/)
      .waitFor();
    assert.ok(existsSync(file('run.vivtrace')));
    assert.ok(statSync(file('run.safetensors')).size > 10_000);
  });

  step('the saved trace opens read-only with the same tokens and its attention', async () => {
    const { workbench, vscode } = vivarium;
    await workbench.openFile('run.vivtrace');
    await workbench.editorTab(/run\.vivtrace/).waitFor();
    const viewer = new Explorer(workbench);
    await viewer.tokens.first().waitFor();
    assert.deepEqual(await viewer.tokens.allInnerTexts(), tokens);
    assert.equal(await viewer.runButton.count(), 0);
    await viewer.openAttention();
    await vscode.screenshot('trace-viewer');
  });

  step('a saved trace is run again, with a model of this machine where it was made elsewhere', async () => {
    const { workbench } = vivarium;
    const { trace } = parseTrace(readFileSync(file('run.vivtrace'), 'utf8'));
    const model = { ...trace.header.model, folder: '/no/such/almanac' };
    writeFileSync(file('elsewhere.vivtrace'), serializeTrace({ ...trace, header: { ...trace.header, model } }));
    for (const [name, count] of [
      ['run.vivtrace', 2],
      ['elsewhere.vivtrace', 3],
    ] as const) {
      await workbench.openFile(name);
      const tab = workbench.editorTab(name);
      await tab.and(vivarium.vscode.page.locator('.active')).waitFor();
      const viewer = new Explorer(workbench);
      await viewer.frame.getByRole('button', { name: 'Run Again' }).click();
      // In an Explorer of its own, beside the trace and those before it.
      await workbench
        .editorTab(/^In the beginning… → /)
        .nth(count - 1)
        .waitFor();
      const again = new Explorer(workbench);
      await again.completed();
      assert.equal(await again.prompt.inputValue(), PROMPT);
      assert.deepEqual(await again.tokens.allInnerTexts(), tokens);
      assert.equal(await tab.count(), 1);
    }
  });

  step('a trace that was cut in the middle shows what is there, and says so', async () => {
    const { workbench, vscode } = vivarium;
    const whole = readFileSync(file('run.vivtrace'), 'utf8');
    writeFileSync(file('cut.vivtrace'), whole.slice(0, Math.floor(whole.length * 0.6)));
    await workbench.openFile('cut.vivtrace');
    await workbench.editorTab(/cut\.vivtrace/).waitFor();
    const viewer = new Explorer(workbench);
    await viewer.tokens.first().waitFor();
    const count = await viewer.tokens.count();
    assert.ok(count > 2 && count < tokens.length, `${count} of ${tokens.length} tokens`);
    await viewer.frame.getByText('The file was cut in the middle').waitFor();
    await vscode.screenshot('trace-cut');
  });

  step('a trace whose file is written again is read again, where it is on show', async () => {
    const whole = readFileSync(file('run.vivtrace'), 'utf8');
    writeFileSync(file('cut.vivtrace'), whole);
    const viewer = new Explorer(vivarium.workbench);
    await viewer.tokens.nth(tokens.length - 1).waitFor();
    assert.deepEqual(await viewer.tokens.allInnerTexts(), tokens);
  });

  step('a file that is no trace says so, in the editor where it was opened', async () => {
    const { workbench, vscode } = vivarium;
    await workbench.openFile('not-a-trace.vivtrace');
    await workbench.editorTab(/not-a-trace/).waitFor();
    await new Explorer(workbench).problem.first().waitFor();
    await vscode.screenshot('trace-invalid');
  });

  step('a text longer than the context gets its sentence', async () => {
    const { workbench, vscode } = vivarium;
    await workbench.runCommand('Vivarium: New Explorer');
    explorer = new Explorer(workbench);
    await explorer.prompt.fill('word '.repeat(2000));
    await explorer.runButton.click();
    await explorer.problem.filter({ hasText: /512/ }).waitFor();
    await vscode.screenshot('prompt-too-long');
  });

  step('a run is stopped, and what came before stays', async () => {
    // With seed 1 this goes on to the end of the context.
    await explorer.prompt.fill('Now these are the names of the sons of');
    await explorer.setNewTokens(450);
    await explorer.runButton.click();
    await explorer.tokens.nth(12).waitFor({ state: 'attached' });
    // The model is quick: it is held still until the button is pressed, so that the run cannot end before.
    const engines = enginesOf(vivarium.vscode.extensionFolder);
    for (const pid of engines) process.kill(pid, 'SIGSTOP');
    try {
      await explorer.stopButton.click();
    } finally {
      for (const pid of engines) process.kill(pid, 'SIGCONT');
    }
    await explorer.frame.getByText(/^Run stopped/).waitFor({ state: 'attached' });
    assert.ok((await explorer.tokens.count()) >= 12);
  });

  step(
    'the engine is killed in the middle of a run: the view says so, keeps the tokens, and the next run works',
    async () => {
      // In an Explorer of its own, where no run before can be taken for this one.
      await vivarium.workbench.runCommand('Vivarium: New Explorer');
      explorer = new Explorer(vivarium.workbench);
      await explorer.prompt.fill('Now these are the names of the sons of');
      await explorer.setNewTokens(450);
      await explorer.runButton.click();
      await explorer.tokens.nth(12).waitFor({ state: 'attached' });
      for (const pid of enginesOf(vivarium.vscode.extensionFolder)) process.kill(pid, 'SIGKILL');
      await explorer.problem.first().waitFor();
      await vivarium.vscode.screenshot('engine-killed-in-run');
      assert.ok((await explorer.tokens.count()) >= 12);
      await explorer.setNewTokens(8);
      await explorer.runButton.click();
      await explorer.completed();
    },
  );
});

describe('a workspace that is not trusted', () => {
  test('runs the bundled models and lists neither its own nor those of servers', async (t) => {
    const vivarium = await openPackaged({
      workspaceTrust: true,
      files: { 'mine/config.json': '{}', 'mine/model.onnx': 'x' },
      settings: {
        'security.workspace.trust.startupPrompt': 'never',
        'vivarium.servers': [{ address: 'http://127.0.0.1:9', model: 'served' }],
      },
    });
    t.after(() => vivarium.vscode.stop());
    const { workbench } = vivarium;
    await workbench.openActivity('Vivarium');
    await workbench.treeItem(/lifegpt-16(?!-draft)/).waitFor();
    assert.equal(await workbench.treeItem(/^mine/).count(), 0);
    assert.equal(await workbench.treeItem(/served|Servers/).count(), 0);
    const explorer = await Explorer.explore(workbench, PROMPT);
    await explorer.completed();
    await vivarium.vscode.screenshot('untrusted');
  });
});
