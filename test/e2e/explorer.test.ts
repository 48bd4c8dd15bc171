import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { assertAccessible } from '../harness/axe';
import { themeIds, themeLabels } from '../harness/themes';
import { enginesOf } from './engineProcess';
import { type PackagedVivarium, openPackaged, pictured } from './packaged';
import { Explorer } from './pages/explorer';

const PROMPT = 'One day, Lily found a big red ball.';

describe('from a prompt to a picture, with nothing but what the package brings', () => {
  let vivarium: PackagedVivarium;
  let explorer: Explorer;
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

  step('the Models view lists a text model and a Life model', async () => {
    const { workbench, vscode } = vivarium;
    await workbench.openActivity('Vivarium');
    await workbench.treeItem('Bundled').waitFor();
    await workbench.treeItem(/lifegpt-16(?!-draft)/).waitFor();
    assert.ok((await workbench.treeItem(/fp32|fp16|int8|q8/).count()) >= 2);
    // The one that reads the texts of the editor is marked.
    await workbench.treeItem(/almanac.*beside text/).waitFor();
    assert.equal(await workbench.treeItem(/beside text/).count(), 1);
    await vscode.screenshot('models');
  });

  step('a prompt typed into the palette becomes tokens with their probabilities', async () => {
    const { workbench, vscode } = vivarium;
    explorer = await Explorer.explore(workbench, PROMPT);
    await explorer.completed();
    assert.equal(await explorer.prompt.inputValue(), PROMPT);
    assert.ok((await explorer.tokens.count()) > PROMPT.split(' ').length, 'no token was generated');
    assert.match(await explorer.measure('probability'), /0\.\d{3}|1\.000/);
    await vscode.screenshot('tokens');
  });

  step('arrow keys move the selection along the text, and the numbers follow', async () => {
    await explorer.tokens.nth(2).click();
    await explorer.selectedToken(2).waitFor();
    await vivarium.vscode.page.keyboard.press('ArrowRight');
    await explorer.selectedToken(3).waitFor();
    await explorer.frame.getByText('position 3').first().waitFor();
  });

  step('every head has its picture, and the brackets go from head to head', async () => {
    await explorer.openAttention();
    const [layers, heads] = await explorer.layersAndHeads();
    assert.equal(await explorer.pictureCount(), layers * (heads + 1));
    const shown = await explorer.heatMap.getAttribute('aria-label');
    await explorer.heatMap.press('[');
    await explorer.heatMapOtherThan(shown).waitFor();
    await vivarium.vscode.screenshot('attention');
  });

  for (const theme of themeIds) {
    step(`axe-core finds nothing serious in the ${theme} theme`, async () => {
      const { workbench, vscode } = vivarium;
      await workbench.chooseTheme(themeLabels[theme]);
      await explorer.frame.locator(`body[data-vscode-theme-kind="vscode-${theme}"]`).waitFor();
      for (const tab of ['Tokens', 'Attention']) {
        await explorer.tab(tab).click();
        await explorer.frame.getByRole('tabpanel', { name: tab }).waitFor();
        await vscode.screenshot(`${tab.toLowerCase()}-${theme}`);
        await assertAccessible(await workbench.webviewFrame(), `${tab}, ${theme} theme`);
      }
    });
  }

  step('the run, the tab and the head are kept through a reload of the window', async () => {
    await explorer.tab('Tokens').click();
    const texts = await explorer.tokens.allInnerTexts();
    await explorer.openAttention();
    const shown = await explorer.heatMap.getAttribute('aria-label');
    // Nothing of Vivarium shows but the tab: that alone has to bring the extension back.
    await vivarium.workbench.openActivity('Explorer');
    await vivarium.workbench.reloadWindow();
    await explorer.openAttention();
    assert.equal(await explorer.heatMap.getAttribute('aria-label'), shown);
    await explorer.tab('Tokens').click();
    await explorer.tokens.first().waitFor();
    assert.deepEqual(await explorer.tokens.allInnerTexts(), texts);
    assert.equal(await explorer.prompt.inputValue(), PROMPT);
  });

  step('a killed engine costs nothing but a word: the next run works', async () => {
    const engines = enginesOf(vivarium.vscode.extensionFolder);
    assert.equal(engines.length, 1);
    for (const pid of engines) process.kill(pid, 'SIGKILL');
    const notice = explorer.problem.filter({ hasText: 'It starts again with the next run.' });
    await notice.waitFor();
    await vivarium.vscode.screenshot('engine-killed');
    await explorer.runButton.click();
    await explorer.completed();
    await notice.waitFor({ state: 'detached' });
    assert.notDeepEqual(enginesOf(vivarium.vscode.extensionFolder), engines);
  });
});
