import assert from 'node:assert/strict';
import { readFile, readdir } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { assertAccessible } from '../harness/axe';
import { skipWithoutFixtures } from '../harness/fixtures';
import { type RecordedServer, recordedRequest, recording, serveRecording } from '../harness/recordedServer';
import { themeLabels } from '../harness/themes';
import { type PackagedVivarium, openPackaged, pictured } from './packaged';
import { Explorer } from './pages/explorer';

const KEY = 'sk-this-key-must-stand-in-no-file-4711';
const PROMPT = recordedRequestOrNone();

function recordedRequestOrNone(): string {
  return skipWithoutFixtures ? '' : recordedRequest('stream.sse').prompt;
}

describe('a model of a vLLM server', { skip: skipWithoutFixtures }, () => {
  let vivarium: PackagedVivarium;
  let server: RecordedServer;
  let explorer: Explorer;
  const ends: (() => void)[] = [];
  /** How the server streams: the recording, or its beginning and then nothing. */
  let stream: (response: ServerResponse) => void = (response) => response.end(recording('stream.sse'));
  let closed: Promise<void> | undefined;
  const step = (title: string, body: () => Promise<void>): void => {
    void test(
      title,
      pictured(() => vivarium, body),
    );
  };

  before(async () => {
    server = await serveRecording(
      { after: (end) => void ends.push(end as () => void) },
      { key: KEY, stream: (to) => stream(to) },
    );
    vivarium = await openPackaged();
  });
  after(async () => {
    await vivarium.vscode.stop();
    for (const end of ends) end();
  });

  const input = () => vivarium.vscode.page.locator('.quick-input-widget input');
  const answer = async (title: RegExp, text: string): Promise<void> => {
    await vivarium.vscode.page.locator('.quick-input-widget').getByText(title).waitFor();
    await input().fill(text);
    await input().press('Enter');
  };

  step('is added by its address: it wants a key, is asked what it can, and stands among the models', async () => {
    const { workbench, vscode } = vivarium;
    await workbench.openActivity('Vivarium');
    // A tree draws the rows that there is room for.
    for (const name of ['Tokens', 'Runs']) await vscode.page.getByRole('button', { name: `${name} Section` }).click();
    await workbench.runCommand('Vivarium: Add Server…');
    await answer(/Address of a vLLM/, `${server.address}/v1`);
    await vscode.page.getByRole('button', { name: 'Enter Key' }).click();
    await answer(/Kept in the secret storage/, KEY);
    await workbench.notification(/smollm2 on vLLM 0\.32\.0/).waitFor();
    const item = workbench.treeItem(/smollm2/);
    await item.waitFor();
    assert.match(await item.innerText(), /vLLM 0\.32\.0/);
    for (const fact of [
      /Alternatives/,
      /Prompt.*probability of every token/,
      /Attention, layers.*gives none/,
      /Key.*secret storage/,
    ]) {
      await workbench.treeItem(fact).waitFor();
    }
    await vscode.screenshot('server-in-models');
    await vscode.page.getByRole('button', { name: 'Runs Section' }).click();
  });

  step('runs a prompt: its tokens with what is known of them, and what a server cannot do is not offered', async () => {
    const { workbench, vscode } = vivarium;
    const before = server.asked.length;
    explorer = await exploreServer();
    await explorer.prompt.fill(PROMPT);
    assert.equal(server.asked.length, before, 'nothing is asked while one types');
    await explorer.chooseDecoder('Greedy');
    await explorer.runButton.click();
    await explorer.completed();
    await explorer.frame.getByRole('button', { name: 'Show as table' }).click();
    await explorer.frame.locator('.token-table').waitFor();
    await explorer.frame.getByRole('button', { name: 'Show as chart' }).click();
    assert.equal(
      await explorer.frame.locator('.tokens-text [role="option"]').first().getAttribute('aria-setsize'),
      '87',
    );
    const text = explorer.frame.getByRole('listbox', { name: /Tokens of the run/ });
    await text.press('Home');
    await text.press('ArrowRight');
    await explorer.frame.locator('.tokens-text [data-index="1"][aria-selected="true"]').waitFor();
    assert.match(await explorer.measure('rank'), /^13,021$/);
    assert.match(await explorer.measure('entropy'), /^≥ \d/);
    assert.equal(await explorer.frame.getByRole('combobox', { name: 'Draft model' }).count(), 0);
    await explorer.frame.locator('.bars-rest .hatched').waitFor();
    await vscode.screenshot('server-tokens');
    await workbench.treeItem(/def fibonacci/).waitFor();
  });

  step('shows the staircase of the drafts that the server counted, and says what it does not tell', async () => {
    await explorer.tab('Speculation').click();
    const rows = explorer.frame.getByRole('listbox', { name: 'Passes of the run' }).getByRole('option');
    await rows.first().waitFor();
    assert.equal(await rows.count(), 9);
    await explorer.frame
      .getByText(/p, q and r are not reported|Which tokens were rejected/)
      .first()
      .waitFor();
    await explorer.frame.getByText(/1 more draft/).waitFor();
    await vivarium.vscode.screenshot('server-speculation');
    await assertAccessible(await vivarium.workbench.webviewFrame(), 'the speculation of a server');
  });

  step('counts for all who use it, over a window that is started and stopped', async () => {
    const { workbench, vscode } = vivarium;
    const readings = (): number => server.asked.filter((each) => each.path === '/metrics').length;
    const before = readings();
    await workbench.runCommand('Vivarium: Start Counting on Server');
    await workbench.pick(/smollm2/);
    await workbench.statusBarItem(/Counting on/).waitFor();
    assert.equal(readings(), before + 1);
    await workbench.statusBarItem(/Counting on/).click();
    await workbench.editorTab(/Untitled/).waitFor();
    await vscode.page.locator('.view-lines').getByText('drafted').first().waitFor();
    assert.equal(readings(), before + 2);
    await vscode.screenshot('server-counters');
    await workbench.editorTab(/ · (Greedy|Sampling) · /).click();
  });

  step('gives no attention and no layers, and that is said', async () => {
    await explorer.tab('Attention').click();
    await explorer.frame.getByRole('heading', { name: 'A server gives no attention' }).waitFor();
    await vivarium.vscode.screenshot('server-attention');
    await explorer.tab('Layers').click();
    await explorer.frame.getByRole('heading', { name: /A server gives no hidden states/ }).waitFor();
    await explorer.tab('Compare').click();
    await explorer.frame.getByText('A server decodes by itself: choose a model').waitFor();
    await explorer.tab('Tokens').click();
  });

  for (const theme of ['light', 'high-contrast'] as const) {
    step(`reads in the ${theme} theme`, async () => {
      const { workbench, vscode } = vivarium;
      await workbench.chooseTheme(themeLabels[theme]);
      await explorer.frame.locator(`body[data-vscode-theme-kind="vscode-${theme}"]`).waitFor();
      await vscode.screenshot(`server-tokens-${theme}`);
      await assertAccessible(await workbench.webviewFrame(), `the tokens of a server, ${theme}`);
      await explorer.tab('Speculation').click();
      await explorer.frame.getByRole('listbox', { name: 'Passes of the run' }).waitFor();
      await vscode.screenshot(`server-speculation-${theme}`);
      await explorer.tab('Tokens').click();
    });
  }

  step('is stopped: the connection is closed, and what came is kept', async () => {
    const events = recording('stream.sse').toString().split('\n\n');
    stream = (response) => {
      closed = new Promise((done) => response.on('close', done));
      response.write(`${events.slice(0, 8).join('\n\n')}\n\n`);
    };
    await explorer.runButton.click();
    await explorer.frame.getByText(/prompt \+ (?!32 )[1-9]\d* generated/).waitFor();
    await explorer.stopButton.click();
    await closed;
    await explorer.idle();
    await explorer.frame.getByText('tokens, stopped').waitFor();
  });

  step('has its runs held against each other by ids, as far as what it told bounds them', async () => {
    const { workbench, vscode } = vivarium;
    await workbench
      .treeItem(/def fibonacci/)
      .first()
      .click({ button: 'right' });
    await vscode.page.getByRole('menuitem', { name: 'Compare With…' }).hover();
    await vscode.page.keyboard.press('Enter');
    await workbench.pick(/def fibonacci/);
    const pair = workbench.webview();
    await pair.getByText(/The first \d+ tokens are the same/).waitFor();
    await pair.getByText(/these are bounds/).waitFor();
    await vscode.screenshot('server-pair');
    await assertAccessible(await workbench.webviewFrame(), 'two runs of a server');
    await workbench.editorTab(/ · (Greedy|Sampling) · /).click();
  });

  step('is saved and read again without the server', async () => {
    const { workbench, vscode } = vivarium;
    await explorer.frame.getByRole('button', { name: /Save/ }).click();
    const file = path.join(vscode.workspace, 'served.vivtrace');
    await workbench.saveAs(file, '.vivtrace');
    await vscode.page
      .locator('.statusbar')
      .getByText(/Saved served\.vivtrace/)
      .waitFor();
    for (const end of ends.splice(0)) end();
    const asked = server.asked.length;
    await workbench.openFile('served.vivtrace');
    await workbench.editorTab(/served\.vivtrace/).waitFor();
    const viewer = new Explorer(workbench);
    await viewer.frame.getByText('Saved run of').waitFor();
    await viewer.frame.locator('.tokens-text [role="option"]').first().waitFor();
    assert.equal(server.asked.length, asked);
  });

  step('that is gone is told in one sentence', async () => {
    await vivarium.workbench
      .treeItem(/def fibonacci/)
      .first()
      .click();
    const again = new Explorer(vivarium.workbench);
    await again.runButton.click();
    await again.problem.filter({ hasText: server.address }).waitFor();
    await vivarium.vscode.screenshot('server-gone');
  });

  step(
    'has a key that stands in no file: not in the profile, the settings, the workspace or the traces, nor in the log on show',
    async () => {
      const { vscode, workbench } = vivarium;
      await workbench.runCommand('Vivarium: Show Log');
      const log = vscode.page.locator('.part.panel');
      await log.waitFor();
      assert.ok(!(await log.innerText()).includes(KEY));
      const folder = path.dirname(vscode.workspace);
      const files = (await readdir(folder, { recursive: true, withFileTypes: true })).filter(
        (entry) => entry.isFile() && !entry.parentPath.startsWith(path.join(folder, 'extensions')),
      );
      assert.ok(
        files.some(({ name }) => name.endsWith('.vivtrace')),
        'there are traces to search',
      );
      const found: string[] = [];
      for (const entry of files) {
        const file = path.join(entry.parentPath, entry.name);
        const bytes = await readFile(file).catch(() => Buffer.alloc(0));
        if (bytes.includes(KEY) || bytes.includes(Buffer.from(KEY).toString('base64').replace(/=+$/, '')))
          found.push(file);
      }
      assert.deepEqual(found, []);
    },
  );

  step('is removed with its key', async () => {
    const { workbench } = vivarium;
    await workbench.runCommand('Vivarium: Remove Server');
    await workbench.pick(/smollm2/);
    await workbench.treeItem(/^smollm2 .*vLLM/).waitFor({ state: 'detached' });
  });

  async function exploreServer(): Promise<Explorer> {
    await vivarium.workbench.runCommand('Vivarium: Explore Model');
    await vivarium.workbench.pick(/smollm2/);
    const shown = new Explorer(vivarium.workbench);
    await shown.prompt.waitFor();
    return shown;
  }
});
