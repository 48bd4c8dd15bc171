import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type PackagedVivarium, openPackaged, pictured } from './packaged';
import { Explorer } from './pages/explorer';

describe('the first minute, in a window of the samples', () => {
  let vivarium: PackagedVivarium;
  const step = (title: string, body: () => Promise<void>): void => {
    void test(
      title,
      pictured(() => vivarium, body),
    );
  };

  before(async () => {
    // Narrower, VS Code leaves the pictures of a walkthrough out.
    vivarium = await openPackaged({ welcome: true, viewport: { width: 1700, height: 900 } });
  });
  after(() => vivarium.vscode.stop());

  step('begins with the walkthrough, and the page of the samples behind it', async () => {
    const { workbench, vscode } = vivarium;
    await workbench.editorTab(/README\.md/).waitFor();
    const walkthrough = vscode.page.locator('.gettingStartedDetailsContent');
    await walkthrough.getByText('Look inside a transformer').first().waitFor();
    // Each step has its picture, and it is one that loads.
    const picture = walkthrough.locator('.getting-started-media img').first();
    await picture.waitFor();
    assert.ok(await picture.evaluate((image: HTMLImageElement) => image.decode().then(() => image.naturalWidth > 600)));
    await vscode.screenshot('start');
  });

  step('shows a run once one button was pressed', async () => {
    const { workbench, vscode } = vivarium;
    await vscode.page
      .locator('.gettingStartedDetailsContent')
      .getByRole('button', { name: 'Explore a Sample' })
      .click();
    await workbench.editorTab(/^Fellow citizens/).waitFor();
    const explorer = new Explorer(workbench);
    await explorer.completed();
    assert.equal(await explorer.prompt.inputValue(), 'Fellow citizens of the Senate and of the House of');
    assert.ok((await explorer.tokens.count()) > 20);
  });

  step('comes back with Get Started, and is not forced on a window that shows something', async () => {
    const { workbench, vscode } = vivarium;
    await workbench.editorTab(/^Fellow citizens/).click();
    await workbench.reloadWindow();
    await workbench.editorTab(/^Fellow citizens/).waitFor();
    assert.equal(await workbench.editorTab(/^Fellow citizens/).getAttribute('aria-selected'), 'true');
    await workbench.runCommand('Vivarium: Get Started');
    await vscode.page.locator('.gettingStartedDetailsContent').getByText('Explore a prompt').first().waitFor();
  });
});
