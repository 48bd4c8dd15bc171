import assert from 'node:assert/strict';
import path from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';
import { findPattern } from '../../src/core/life/patterns';
import { centred } from '../../src/core/life/board';
import { lifePrompt, readLifePrompt } from '../../src/core/life/prompt';
import { locateLife } from '../../src/core/life/sequence';
import type { ExplorerState } from '../../src/protocol/explorerState';
import { artifacts } from '../harness/artifacts';
import { assertAccessible } from '../harness/axe';
import { themeIds } from '../harness/themes';
import type { ExplorerHost } from './explorer-host';
import { LifePage } from './life-page';

describe('the board in the prompt of a Life model', () => {
  let life: LifePage;

  before(async () => {
    life = await LifePage.start();
  });
  afterEach(() => life.close());
  after(() => life.stop());

  const shot = (name: string): Promise<unknown> =>
    life.page.screenshot({ path: path.join(artifacts, `board-input-${name}.png`), animations: 'disabled' });
  const board = () => life.board(/^Board of the prompt/);
  const alive = (count: number) => life.page.locator('.board-summary', { hasText: `, ${count} alive` });
  const button = (name: string) => life.page.getByRole('button', { name, exact: true });

  /** The board of the prompt that the page keeps. */
  async function kept(): Promise<Uint8Array> {
    await life.page.evaluate(() => window.dispatchEvent(new Event('pagehide')));
    const { settings } = (await life.view!.state()) as ExplorerState;
    return readLifePrompt(settings.prompt, life.grid)!.cells;
  }

  async function fresh(prompt = ''): Promise<ExplorerHost> {
    const host = life.host(life.glider(), { prompt });
    await life.open(host, { tab: 'life', selected: null, tabs: {} });
    await board().waitFor();
    return host;
  }

  const at = (row: number, column: number): number => row * life.grid.width + column;

  it('is drawn with the pointer and by keyboard, and undone stroke by stroke', async () => {
    const host = await fresh();
    await alive(0).waitFor();
    const box = (await board().boundingBox())!;
    const x = (column: number): number => box.x + 20 + (column + 0.5) * 13;
    const y = (row: number): number => box.y + 18 + (row + 0.5) * 13;
    await life.page.mouse.move(x(2), y(3));
    await life.page.mouse.down();
    await life.page.mouse.move(x(6), y(3));
    await life.page.mouse.up();
    await alive(5).waitFor();
    await board().press('ArrowDown');
    await board().press('Space');
    await alive(6).waitFor();
    await life.page.getByText('row 4, column 6: alive', { exact: true }).waitFor();
    const cells = await kept();
    assert.deepEqual(
      [...cells.keys()].filter((cell) => cells[cell] === 1),
      [2, 3, 4, 5, 6].map((column) => at(3, column)).concat(at(4, 6)),
    );
    await board().press('Control+z');
    await alive(5).waitFor();
    await button('Undo').click();
    await alive(0).waitFor();
    assert.equal(host.asked('run').length, 0, 'nothing runs before the first run was asked for');
  });

  it('takes a pattern of the gallery, a random fill, and text, and refuses what does not fit with the sizes', async () => {
    await fresh();
    await button('Glider').click();
    await alive(5).waitFor();
    assert.deepEqual(await kept(), life.glider());
    const gun = button('Gosper gun');
    assert.equal(await gun.isDisabled(), true);
    assert.match((await gun.getAttribute('title'))!, /36 × 9, does not fit 16 × 16/);
    await life.page.getByRole('slider', { name: 'Density' }).fill('100');
    await button('Random fill').click();
    await alive(256).waitFor();
    await button('Clear').click();
    await alive(0).waitFor();
    await button('Paste…').click();
    const text = life.page.getByRole('textbox', { name: 'Pattern as text' });
    await text.fill('x = 20, y = 9\n20o8$20o!');
    await button('Place on the board').click();
    await life.page.getByRole('alert').getByText('A pattern of 20 x 9 does not fit a grid of 16 x 16.').waitFor();
    await shot('refused');
    await text.fill('bo$2bo$3o!');
    await text.press('Control+Enter');
    await alive(5).waitFor();
    assert.deepEqual(await kept(), life.glider());
  });

  it('leaves the text within reach, and says what becomes of one that is no board', async () => {
    await fresh(lifePrompt(life.glider(), life.grid));
    await alive(5).waitFor();
    await life.page.getByRole('radio', { name: 'Text' }).click();
    const text = life.page.getByRole('textbox', { name: 'Prompt' });
    assert.equal(await text.inputValue(), lifePrompt(life.glider(), life.grid));
    await text.fill('In the beginning');
    await life.page.getByRole('radio', { name: 'Board' }).click();
    await life.page.getByText(/The prompt’s text is no board/).waitFor();
    await button('Glider').click();
    await alive(5).waitFor();
    await button('Undo').click();
    await life.page.getByText(/The prompt’s text is no board/).waitFor();
  });

  it('opens a board for a prompt that was meant for another model', async () => {
    await fresh('The state of the Union is strong, and');
    await life.page.getByText(/The prompt’s text is no board/).waitFor();
    await button('Glider').click();
    await alive(5).waitFor();
  });

  it('comes back as it was after the page was gone', async () => {
    const host = await fresh();
    await button('Blinker').click();
    await alive(3).waitFor();
    await life.page.getByRole('checkbox', { name: /Run again/ }).uncheck();
    await kept();
    const state = (await life.view!.state()) as ExplorerState;
    await life.close();
    await life.open(host, state.view, { state });
    await alive(3).waitFor();
    await board().waitFor();
    assert.equal(await life.page.getByRole('checkbox', { name: /Run again/ }).isChecked(), false);
  });

  it('runs again when it is edited, and the chosen cell and head stay', async () => {
    const host = life.host(life.glider());
    const trace = await host.record({});
    const { firstAnswer } = locateLife(trace.tokens, trace.header.promptLength, life.grid)!;
    const cell = at(7, 8);
    const tabs = { attention: { head: { layer: 1, head: 2 } }, prompt: { open: true } };
    await life.open(host, { tab: 'attention', selected: firstAnswer + cell, tabs });
    const heading = life.page.locator('.grid-input', { hasText: 'layer 1, head 2' });
    await heading.waitFor();
    const place = life.page.locator('.cell-place', { hasText: 'row 7, column 8' });
    await place.waitFor();
    const panel = life.page.locator('.cell-why');
    const before = await panel.innerText();
    // In the view: the chosen cell itself.
    await life.board(/^Prediction/).press('Space');
    await host.requested('run', 1);
    await alive(life.glider()[cell] === 1 ? 4 : 6).waitFor();
    await life.page.waitForFunction((text) => document.querySelector('.cell-why')?.textContent !== text, before);
    await life.page.locator('.grid-running').waitFor({ state: 'detached' });
    assert.notEqual(await panel.innerText(), before);
    await heading.waitFor();
    await place.waitFor();
    const focused = () => life.page.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? '');
    assert.match(await focused(), /^Prediction/, 'the keys stay where they were');
    // On the board of the prompt, by pattern: the whole board changes, and what is chosen stays.
    await button('Blinker').click();
    await host.requested('run', 2);
    await life.page.waitForFunction(() => document.querySelector('.grid-running') === null);
    assert.deepEqual(
      locateLife(host.snapshot.trace!.tokens, trace.header.promptLength, life.grid)!.before,
      centred(findPattern('blinker')!.pattern, life.grid),
    );
    await heading.waitFor();
    await place.waitFor();
    await shot('attention');
    // Beside the rule too, from the first token of the new run to its last.
    await life.page.getByRole('tab', { name: 'Life' }).click();
    await place.waitFor();
    await life.page.evaluate(() => {
      const seen = new Set<string>();
      new MutationObserver(() => seen.add(document.querySelector('.cell-place')?.textContent ?? 'none')).observe(
        document.body,
        { subtree: true, childList: true, characterData: true },
      );
      Object.assign(window, { seen });
    });
    await button('Undo').click();
    await host.requested('run', 3);
    await life.page.locator('.life-figure-facts', { hasText: /alive, / }).waitFor();
    await life.page.locator('.shell:not(.shell-busy)').waitFor();
    const seen = await life.page.evaluate(() => [...(window as unknown as { seen: Set<string> }).seen]);
    assert.deepEqual(seen, ['row 7, column 8']);
  });

  it('keeps the head that the view opened with, and leaves an edit unrun where that is wanted', async () => {
    const host = life.host(life.glider());
    await host.record({});
    await life.open(host, { tab: 'attention', selected: null, tabs: { prompt: { open: true, live: false } } });
    const input = life.page.locator('.grid-input header .muted');
    await input.waitFor();
    const opening = await input.innerText();
    // Of the next board other heads are the best.
    host.overrides.gridAttention = async (params, { signal }) => {
      const heads = await life.engine.call('gridAttention', params, { signal });
      const statistics = heads.statistics.map((each) => ({ ...each, neighbourhood: 1 - each.neighbourhood }));
      return { ...heads, statistics };
    };
    await button('Clear').click();
    await life.page.locator('.grid-running', { hasText: 'board edited since' }).waitFor();
    assert.equal(host.asked('run').length, 0);
    await board().press('Enter');
    await host.requested('run', 1);
    await life.page.locator('.grid-running').waitFor({ state: 'detached' });
    await host.requested('gridAttention', 2);
    await life.page.locator('.grid-prediction').getByText('of 256 wrong').waitFor();
    assert.equal(await input.innerText(), opening);
  });

  it('is accessible in every theme, and fits a side bar', async () => {
    await fresh(lifePrompt(life.glider(), life.grid));
    for (const theme of themeIds) {
      await life.view!.setTheme(theme);
      await assertAccessible(life.page, `board of the prompt, ${theme} theme`);
      await shot(theme);
    }
    await life.page.setViewportSize({ width: 320, height: 900 });
    const wide = await life.page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(wide <= 320, `${wide} pixels wide`);
    await shot('narrow');
  });
});
