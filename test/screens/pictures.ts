/**
 * The pictures of README and walkthrough, and the results of the tour, out of today's product in a real VS Code:
 * `npm run pictures`. What it writes is committed.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { root } from '../../scripts/lib/run.mjs';
import { openPackaged, type PackagedVivarium } from '../e2e/packaged';
import { ComparisonPage } from '../e2e/pages/comparison';
import { Explorer } from '../e2e/pages/explorer';
import { savedNotebook } from '../integration/nbformat/validate';

const STEPS = path.join(root, 'media/walkthrough');
const IMAGES = path.join(root, 'docs/images');
const VIEWPORT = { width: 1280, height: 800 };
/** Pictures that the README shows, each in one theme: the step of the walkthrough, and its file. */
const README: Readonly<Record<string, string>> = {
  'prompt-dark': 'tokens-dark.png',
  'attention-light': 'attention-light.png',
  'speculation-dark': 'speculation-dark.png',
  'life-light': 'life-light.png',
};

/** The staircase stands in the README alone. */
const isStep = (name: string): boolean => name !== 'speculation';

type Picture = (vivarium: PackagedVivarium) => Promise<void>;

async function explored({ workbench }: PackagedVivarium): Promise<Explorer> {
  await workbench.runCommand('Vivarium: Explore a Sample');
  const explorer = new Explorer(workbench);
  await explorer.completed();
  return explorer;
}

/** What stands in the window of each picture. */
const PICTURES: Readonly<Record<string, Picture>> = {
  prompt: async (vivarium) => {
    const explorer = await explored(vivarium);
    await explorer.tokens.nth(8).click();
  },
  attention: async (vivarium) => {
    const explorer = await explored(vivarium);
    await explorer.tab('Attention').click();
    await explorer.frame.getByRole('application', { name: /attention weights of/ }).waitFor();
  },
  speculation: async (vivarium) => {
    const explorer = await explored(vivarium);
    await explorer.chooseDecoder('Speculative');
    await explorer.runButton.click();
    await explorer.tab('Speculation').click();
    await explorer.frame.getByRole('listbox', { name: 'Passes of the run' }).waitFor();
    await explorer.idle();
  },
  compare: async ({ workbench }) => {
    const page = await ComparisonPage.compare(workbench, 'In the beginning God created the heaven and the earth.');
    await page.tick(['Autoregressive', 'Speculative', 'Prompt lookup']);
    await page.compareButton.click();
    await page.completed();
  },
  editor: async ({ workbench, vscode }) => {
    await workbench.openFile('prompts.md');
    await workbench.runCommand('Vivarium: Colour by Surprisal');
    await workbench.statusBarItem(/Surprisal, mean/).waitFor();
    await workbench.openActivity('Vivarium');
    await vscode.page.locator('.view-lines .view-line').nth(2).click();
    const tokens = await workbench.viewFrame('Tokens');
    await tokens.getByRole('option').first().waitFor();
  },
  life: async ({ workbench }) => {
    await workbench.openFile('gosper-gun.rle');
    await workbench.webview().getByRole('application').first().waitFor();
  },
  notebook: async ({ workbench, vscode }) => {
    // A notebook draws the results that are in view: here all are.
    await vscode.page.setViewportSize({ ...VIEWPORT, height: 3600 });
    await workbench.openFile('tour.ipynb');
    await workbench.runCommand('Notebook: Run All');
    const results = workbench.webview().locator('section.result');
    await results
      .nth(3)
      .getByText(/8 steps: every cell right/)
      .waitFor();
    await vscode.page.setViewportSize(VIEWPORT);
  },
  models: async (vivarium) => {
    await explored(vivarium);
    await vivarium.workbench.openActivity('Vivarium');
    await vivarium.workbench
      .treeItem(/almanac/)
      .first()
      .waitFor();
  },
};

/** The tour with what its cells came to, as VS Code saves it. */
async function keepTour({ workbench, vscode }: PackagedVivarium): Promise<void> {
  const file = path.join(vscode.workspace, 'tour.ipynb');
  await workbench.runCommand('File: Save');
  await workbench
    .editorTab(/tour\.ipynb/)
    .and(vscode.page.locator('.tab:not(.dirty)'))
    .waitFor();
  await savedNotebook(file);
  // Where the extension was installed for the pictures is nobody's business: its models are found by name.
  const text = (await readFile(file, 'utf8')).replaceAll(`${vscode.extensionFolder}/`, '');
  await writeFile(path.join(root, 'samples/tour.ipynb'), text);
}

for (const folder of [STEPS, IMAGES]) await mkdir(folder, { recursive: true });
const wanted = process.argv.slice(2);
for (const theme of ['dark', 'light'] as const) {
  for (const [name, arrange] of Object.entries(PICTURES)) {
    if (wanted.length > 0 && !wanted.includes(name)) continue;
    const vivarium = await openPackaged({ theme, viewport: VIEWPORT, reducedMotion: true });
    try {
      await arrange(vivarium);
      const { page } = vivarium.vscode;
      await page.mouse.move(0, 0);
      await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
      const picture = `${name}-${theme}`;
      const files = [
        ...(isStep(name) ? [path.join(STEPS, `${picture}.png`)] : []),
        ...(README[picture] === undefined ? [] : [path.join(IMAGES, README[picture])]),
      ];
      const image = await page.screenshot({ animations: 'disabled' });
      for (const file of files) await writeFile(file, image);
      if (name === 'notebook' && theme === 'dark') await keepTour(vivarium);
      console.log(picture);
    } catch (error) {
      await vivarium.vscode.screenshot(`failed-picture-${name}`);
      throw error;
    } finally {
      await vivarium.vscode.stop();
    }
  }
}
