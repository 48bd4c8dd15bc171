import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { root } from '../../scripts/lib/run.mjs';
import { randomBoard } from '../../src/core/life/board';
import { neighbourCounts } from '../../src/core/life/rule';
import { Random } from '../../src/core/numeric/random';
import { assertAccessible } from '../harness/axe';
import { themeIds, themeLabels } from '../harness/themes';
import { type PackagedVivarium, openPackaged, pictured } from './packaged';
import { LifeExplorer } from './pages/lifeExplorer';

const SIZE = { width: 16, height: 16, topology: 'torus' } as const;
const BOARD = randomBoard(Random.fromSeed(11), SIZE, 0.6);
/** Where the model, which knows Conway's rule, is wrong by HighLife's: dead cells with six live neighbours. */
const WRONG = Array.from(neighbourCounts(BOARD, SIZE)).flatMap((count, cell) =>
  count === 6 && BOARD[cell] === 0 ? [cell] : [],
);

describe('how a decoder came to a board, by keyboard', () => {
  let vivarium: PackagedVivarium;
  let explorer: LifeExplorer;
  let models: string;
  const step = (title: string, body: () => Promise<void>): void => {
    void test(
      title,
      pictured(() => vivarium, body),
    );
  };
  const press = async (...keys: string[]): Promise<void> => {
    for (const key of keys) await vivarium.vscode.page.keyboard.press(key);
  };
  const place = (cell: number): string => `row ${Math.floor(cell / 16)}, column ${cell % 16}`;

  before(async () => {
    models = mkdtempSync(path.join(tmpdir(), 'vivarium-highlife-'));
    const folder = path.join(models, 'highlife-16');
    cpSync(path.join(root, 'models', 'lifegpt-16'), folder, { recursive: true });
    const config = path.join(folder, 'config.json');
    writeFileSync(config, readFileSync(config, 'utf8').replace('"B3/S23"', '"B36/S23"'));
    // The setting is one of the machine, so that the workspace says it here.
    const settings = JSON.stringify({ 'vivarium.models.folders': [folder] });
    vivarium = await openPackaged({ files: { '.vscode/settings.json': settings } });
  });
  after(async () => {
    await vivarium.vscode.stop();
    rmSync(models, { recursive: true, force: true });
  });

  step('a Life model begins greedy', async () => {
    await vivarium.workbench.runCommand('Vivarium: New Explorer');
    explorer = new LifeExplorer(vivarium.workbench);
    await explorer.chooseModel('highlife-16');
    const decoder = explorer.frame.getByRole('combobox', { name: 'Decoder', exact: true });
    await explorer.board.waitFor();
    assert.equal(await decoder.inputValue(), 'greedy');
  });

  step('a board is pasted and run with the exact rule as its draft', async () => {
    await explorer.chooseDecoder('Exact rule');
    const { frame } = explorer;
    await frame.getByRole('button', { name: 'Paste…' }).click();
    const rows = Array.from({ length: 16 }, (_, row) => Array.from(BOARD.subarray(row * 16, row * 16 + 16)).join(''));
    await frame.getByRole('textbox', { name: 'Pattern as text' }).fill(rows.join('\n'));
    await frame.getByRole('button', { name: 'Place on the board' }).click();
    await explorer.untilAlive(BOARD.reduce((sum, cell) => sum + cell, 0));
    await explorer.runButton.click();
    await explorer.completed();
    await explorer.tab('Life').click();
    await frame.getByRole('radio', { name: 'Decoding' }).click();
  });

  step('the rejection map is the error map of the model, cell by cell', async () => {
    const { frame } = explorer;
    // The first cell came with the prompt, and cells after a whole draft were never judged.
    const claim = frame.getByRole('note', { name: 'What the rejections are a map of' });
    await claim.getByText(/^The rejection map is the model’s error map/).waitFor();
    await frame.getByRole('button', { name: 'Show as a table' }).click();
    const cells = frame.getByRole('group', { name: 'The pass that decided each cell' }).locator('td');
    const said = await cells.allInnerTexts();
    const rejected = said.flatMap((text, cell) => (text.includes('draft rejected') ? [cell] : []));
    const judged = (cell: number): boolean => !/prompt|bonus/.test(said[cell]!);
    assert.deepEqual(rejected, WRONG.filter(judged));
    assert.ok(rejected.length > 10, `${rejected.length} rejected`);
    await frame.getByRole('button', { name: 'Show boards' }).click();
  });

  step('the passes are stepped through by keyboard, and rejected cells found', async () => {
    const { frame } = explorer;
    const decided = frame.getByRole('application', { name: /^Cells by the pass/ });
    await decided.focus();
    await press('End');
    await frame.locator('.pass-steps-at', { hasText: /^pass (\d+) of \1$/ }).waitFor();
    await press('Home');
    await frame.locator('.pass-steps-at', { hasText: /^pass 1 of/ }).waitFor();
    await press('.', '.');
    await frame.locator('.pass-steps-at', { hasText: /^pass 3 of/ }).waitFor();
    await press('Home', 'r');
    await frame.getByText(new RegExp(`^${place(WRONG.find((cell) => cell > 1)!)}: .*, wrong$`)).waitFor();
    await vivarium.vscode.screenshot('life-decoding');
  });

  step('the chosen cell is the chosen token in Speculation', async () => {
    const { frame } = explorer;
    const at = await frame.locator('.pass-steps-at').innerText();
    await frame.getByRole('button', { name: 'Show its pass in Speculation' }).click();
    await frame.locator('.spec .pass-steps-at', { hasText: at }).waitFor();
    await explorer.tab('Life').click();
    await frame.locator('.decoding .pass-steps-at', { hasText: at }).waitFor();
  });

  for (const theme of themeIds) {
    step(`it is drawn anew in the theme ${theme}, and axe-core finds nothing`, async () => {
      const { workbench, vscode } = vivarium;
      await workbench.chooseTheme(themeLabels[theme]);
      await explorer.frame.locator(`body[data-vscode-theme-kind="vscode-${theme}"]`).waitFor({ state: 'attached' });
      await vscode.screenshot(`life-decoding-${theme}`);
      await assertAccessible(await workbench.webviewFrame(), `decoding of a board, ${theme} theme`, ['document-title']);
    });
  }
});
