import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { assertAccessible } from '../harness/axe';
import { enginesOf } from './engineProcess';
import { type PackagedVivarium, openPackaged, pictured } from './packaged';
import { ComparisonPage } from './pages/comparison';
import { Explorer } from './pages/explorer';

const PROMPT = 'In the beginning God created the heaven and the earth.';
const DECODERS = ['Autoregressive', 'Speculative', 'Prompt lookup'];

describe('decoders side by side, from the palette to a table on disk', () => {
  let vivarium: PackagedVivarium;
  let page: ComparisonPage;
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

  step('a prompt typed into the palette is compared under three decoders', async () => {
    page = await ComparisonPage.compare(vivarium.workbench, PROMPT);
    const explorer = new Explorer(vivarium.workbench);
    assert.equal(await explorer.prompt.inputValue(), PROMPT);
    await page.tick(DECODERS);
    await page.setRounds(1);
    await page.compareButton.click();
    await page.completed();
    for (const decoder of DECODERS) {
      assert.match(await page.row(decoder).innerText(), /\d\.\d{3}[^]*\d\.\d\d×/, decoder);
    }
    await vivarium.vscode.screenshot('compare');
    await assertAccessible(await vivarium.workbench.webviewFrame(), 'Compare');
  });

  step('the table goes to disk as CSV', async () => {
    const { workbench, vscode } = vivarium;
    const file = path.join(vscode.workspace, 'decoders.csv');
    await page.exportButton('CSV').click();
    await workbench.saveAs(file, '.csv');
    const [head, ...rows] = (await written(file)).trimEnd().split('\r\n');
    assert.match(head ?? '', /^decoder,label,exact,options,draft,passes,/);
    assert.deepEqual(
      rows.map((row) => row.split(',')[0]),
      ['autoregressive', 'speculative', 'prompt-lookup'],
    );
  });

  step('a row opens as the run on show, with attention although none was kept', async () => {
    await page.open('Prompt lookup');
    const explorer = new Explorer(vivarium.workbench);
    await explorer.tab('Tokens').click();
    await explorer.tokens.nth(PROMPT.split(' ').length).waitFor();
    assert.equal(await explorer.frame.getByRole('combobox', { name: 'Decoder' }).inputValue(), 'prompt-lookup');
    await explorer.openAttention();
  });

  step('the rows are there after a reload of the window, and so are their runs', async () => {
    await new Explorer(vivarium.workbench).tab('Compare').click();
    const before = await page.row('Speculative').innerText();
    await vivarium.workbench.reloadWindow();
    await page.row('Speculative').waitFor();
    assert.equal(await page.row('Speculative').innerText(), before);
    await page.open('Autoregressive');
    const explorer = new Explorer(vivarium.workbench);
    await explorer.tab('Tokens').click();
    await explorer.tokens.nth(PROMPT.split(' ').length).waitFor();
  });

  step('a killed engine costs nothing: the next comparison works', async () => {
    await new Explorer(vivarium.workbench).tab('Compare').click();
    for (const pid of enginesOf(vivarium.vscode.extensionFolder)) process.kill(pid, 'SIGKILL');
    await page.tick(['Autoregressive', 'Prompt lookup']);
    await page.compareButton.click();
    await page.row('Speculative').waitFor({ state: 'detached' });
    await page.completed();
    assert.equal(await page.table.getByRole('button', { name: /^Open the run of/ }).count(), 2);
  });

  step('one decoder is compared under two lengths of drafts, called by them in the table and on disk', async () => {
    const { workbench, vscode } = vivarium;
    await page.addAgain('Prompt lookup', 'draft length γ', 3);
    await page.compareButton.click();
    await page.row('Prompt lookup (γ 3)').waitFor();
    await page.completed();
    assert.match(await page.row('Prompt lookup (γ 10)').innerText(), /\d\.\d{3}/);
    await vivarium.vscode.screenshot('compare-again');
    const file = path.join(vscode.workspace, 'lengths.csv');
    await page.exportButton('CSV').click();
    await workbench.saveAs(file, '.csv');
    assert.deepEqual(
      (await written(file))
        .trimEnd()
        .split('\r\n')
        .slice(1)
        .map((row) => row.split(',')[1]),
      ['autoregressive', 'prompt-lookup (gamma 10)', 'prompt-lookup (gamma 3)'],
    );
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
