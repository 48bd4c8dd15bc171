import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { themeIds, themeLabels } from '../harness/themes';
import { type PackagedVivarium, openPackaged, pictured } from './packaged';
import { Explorer } from './pages/explorer';

const TEXT = [
  'In the beginning God created the heaven and the earth. And the earth was without form, and void;',
  'and quantum electrodynamics was upon the face of the deep. 😀',
  'The state of the Union is strong, and the whale swam through the Congress.',
].join('\n');

describe('text coloured by surprisal', () => {
  let vivarium: PackagedVivarium;
  const step = (title: string, body: () => Promise<void>): void => {
    void test(
      title,
      pictured(() => vivarium, body),
    );
  };
  /** A lens that can be pressed. */
  const lens = (name: RegExp) => vivarium.vscode.page.locator('.codelens-decoration').getByRole('button', { name });
  /** Fills of the painted stretches. */
  const fills = (): Promise<string[]> =>
    vivarium.vscode.page
      .locator('.view-overlays .cdr')
      .evaluateAll((spans) => spans.map((span) => getComputedStyle(span).backgroundColor));

  before(async () => {
    vivarium = await openPackaged({ files: { 'text.md': TEXT } });
  });
  after(() => vivarium.vscode.stop());

  step('paints what surprises the model, and says how much in a lens and the status bar', async () => {
    const { workbench } = vivarium;
    await workbench.openFile('text.md');
    await workbench.runCommand('Vivarium: Colour by Surprisal');
    await lens(/\d+ tokens scored by almanac, mean \d+\.\d\d bits/).waitFor();
    await workbench.statusBarItem(/Surprisal, mean/).waitFor();
    const shades = new Set((await fills()).filter((fill) => fill !== 'rgba(0, 0, 0, 0)'));
    assert.ok(shades.size > 5, `only ${shades.size} shades`);
  });

  for (const theme of themeIds) {
    step(`has colours of its own in the ${theme} theme`, async () => {
      const { workbench, vscode } = vivarium;
      await workbench.chooseTheme(themeLabels[theme]);
      await vscode.page
        .locator(
          `.monaco-workbench.${{ dark: 'vs-dark', light: 'vs', 'high-contrast': 'hc-black', 'high-contrast-light': 'hc-light' }[theme]}`,
        )
        .first()
        .waitFor();
      await lens(/tokens scored/).waitFor();
      await vscode.screenshot(`surprisal-${theme}`);
    });
  }

  step('lists the most surprising tokens for the keyboard, and goes to the one that is chosen', async () => {
    const { workbench, vscode } = vivarium;
    await workbench.runCommand('Vivarium: List the Most Surprising Tokens');
    await vscode.page.locator('.quick-input-widget').getByText('The most surprising tokens').waitFor();
    const entry = vscode.page.locator('.quick-input-list').getByRole('option', { name: /bits/ }).first();
    await entry.waitFor();
    assert.match((await entry.getAttribute('aria-label')) ?? '', /bits.*line \d+, column \d+/);
    await vscode.screenshot('surprisal-list');
    await vscode.page.keyboard.press('Enter');
  });

  step('opens the text in an Explorer, with the same tokens', async () => {
    await lens(/Open in Explorer/).click();
    const explorer = new Explorer(vivarium.workbench);
    await explorer.completed();
    assert.equal(await explorer.prompt.inputValue(), TEXT);
  });

  step('goes when it is hidden', async () => {
    await vivarium.workbench.editorTab(/text\.md/).click();
    await lens(/Hide colours/).click();
    await lens(/tokens scored/).waitFor({ state: 'detached' });
    assert.equal((await fills()).filter((fill) => fill !== 'rgba(0, 0, 0, 0)').length, 0);
  });
});
