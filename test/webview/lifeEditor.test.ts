import assert from 'node:assert/strict';
import path from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';
import type { Browser, Locator, Page } from 'playwright-core';
import { patternText, readPattern } from '../../src/core/life/formats';
import { findPattern } from '../../src/core/life/patterns';
import { Problem } from '../../src/protocol/errors';
import type { EditMessage } from '../../src/protocol/lifeEditor';
import { artifacts } from '../harness/artifacts';
import { assertAccessible } from '../harness/axe';
import { launchBrowser } from '../harness/chromium';
import { themeIds } from '../harness/themes';
import { type WebviewOptions, WebviewUnderTest } from '../harness/webview';
import { RULER_LEFT, RULER_TOP } from '../../src/webview/life/rulers';
import { LifeHost } from './life-editor-host';

const GLIDER = '#N Glider\n#O Richard K. Guy\n#C The smallest spaceship.\nx = 3, y = 3, rule = B3/S23\nbo$2bo$3o!\n';
const GLIDER_CELLS = ['0,1', '1,2', '2,0', '2,1', '2,2'];
const BLINKER = 'x = 3, y = 1, rule = B3/S23\n3o!\n';
const GUN = patternText(findPattern('gosper glider gun')!.pattern);
const EMPTY = 'x = 0, y = 0, rule = B3/S23\n!\n';

describe('the Life editor', () => {
  let browser: Browser;
  let view: WebviewUnderTest | undefined;

  before(async () => {
    browser = await launchBrowser();
  });
  afterEach(async () => {
    await view?.close();
    view = undefined;
  });
  after(() => browser.close());

  const open = async (host: LifeHost, options: Partial<WebviewOptions> = {}): Promise<Page> => {
    view = await WebviewUnderTest.open(browser, { bundle: 'life', onMessage: host.onMessage, ...options });
    await view.page.locator('.life-board canvas, .unreadable').waitFor();
    return view.page;
  };
  const shot = (page: Page, name: string): Promise<unknown> =>
    page.screenshot({ path: path.join(artifacts, `life-editor-${name}.png`), animations: 'disabled' });

  /** What the page keeps for its next life, written at once as when it goes. */
  const kept = async (): Promise<{
    view: { x: number; y: number; zoom: number };
    generation: number;
    tool: string;
  }> => {
    await view!.page.evaluate(() => window.dispatchEvent(new Event('pagehide')));
    return (await view!.state()) as never;
  };
  /** The middle of a cell on the page. */
  const at = async (row: number, column: number): Promise<[x: number, y: number]> => {
    const { x, y, zoom } = (await kept()).view;
    const box = (await view!.page.locator('.life-board').boundingBox())!;
    return [box.x + RULER_LEFT + (column + 0.5 - x) * zoom, box.y + RULER_TOP + (row + 0.5 - y) * zoom];
  };
  const drag = async (...cells: readonly (readonly [row: number, column: number])[]): Promise<void> => {
    const { mouse } = view!.page;
    const [first, ...rest] = await Promise.all(cells.map(([row, column]) => at(row, column)));
    await mouse.move(...first!);
    await mouse.down();
    for (const point of rest) await mouse.move(...point, { steps: 3 });
    await mouse.up();
  };
  const press = async (page: Page, ...keys: string[]): Promise<void> => {
    for (const key of keys) await page.keyboard.press(key);
  };
  const spoken = (page: Page): Locator => page.locator('.life > [role=status].unseen');
  const says = (page: Page, text: string | RegExp): Promise<void> =>
    spoken(page).filter({ hasText: text }).waitFor({ state: 'attached' });
  const fact = (page: Page, name: string): Locator => page.locator('.fact', { hasText: name }).locator('dd');
  const shows = (page: Page, name: string, value: string): Promise<void> =>
    fact(page, name)
      .filter({ hasText: new RegExp(`^${value.replace('+', '\\+')}$`) })
      .waitFor();

  for (const theme of themeIds) {
    it(`shows what design asks for, and axe-core finds nothing, in ${theme}`, async () => {
      const page = await open(new LifeHost(GUN), { theme });
      for (let step = 0; step < 90; step++) await page.keyboard.press('.');
      await shows(page, 'Generation', '90');
      await press(page, 's');
      await drag([-3, 15], [10, 28]);
      await shot(page, theme);
      await assertAccessible(page, `Life editor, ${theme}`);
      // The toolkit's one, see vscode.md.
      assert.deepEqual(await view!.violations(), ['style-src-elem inline']);
    });
  }

  it('draws a line as one edit, takes it back and does it again', async () => {
    const host = new LifeHost(GLIDER);
    const page = await open(host);
    await drag([5, 0], [5, 3], [8, 3]);
    assert.equal((await host.edited(1)).kind, 'draw');
    const drawn = ['5,0', '5,1', '5,2', '5,3', '6,3', '7,3', '8,3'];
    assert.deepEqual(host.alive, [...GLIDER_CELLS, ...drawn]);
    await shows(page, 'Population', '12');
    await host.undo();
    await says(page, 'Undone: drawing. 5 cells alive.');
    await shows(page, 'Population', '5');
    await host.redo();
    await shows(page, 'Population', '12');
    assert.deepEqual(host.alive, [...GLIDER_CELLS, ...drawn]);
  });

  it('draws death from a live cell on, and erases only what lives', async () => {
    const host = new LifeHost(GLIDER);
    const page = await open(host);
    await drag([2, 0], [2, 1]);
    await host.edited(1);
    assert.deepEqual(host.alive, ['0,1', '1,2', '2,2']);
    await press(page, 'e');
    await drag([4, 2], [1, 2]);
    assert.equal((await host.edited(2)).kind, 'erase');
    assert.deepEqual(host.alive, ['0,1']);
  });

  it('draws through all cells of a move that is faster than a frame', async () => {
    const host = new LifeHost(EMPTY);
    await open(host);
    const [from, to] = [await at(0, 0), await at(3, 9)];
    const { mouse } = view!.page;
    await mouse.move(...from);
    await mouse.down();
    await mouse.move(...to);
    await mouse.up();
    await host.edited(1);
    assert.equal(host.board.cells.population, 10);
  });

  it('selects, moves by dragging, turns and clears what is selected', async () => {
    const host = new LifeHost(GLIDER);
    const page = await open(host);
    await press(page, 's');
    await drag([0, 0], [2, 2]);
    await page.getByText('5 of 9').waitFor();
    await drag([1, 1], [4, 6]);
    assert.equal((await host.edited(1)).kind, 'move');
    assert.deepEqual(host.alive, ['3,6', '4,7', '5,5', '5,6', '5,7']);
    await press(page, 'r');
    await host.edited(2);
    assert.deepEqual(host.alive, ['3,5', '4,5', '4,7', '5,5', '5,6']);
    await press(page, 'x');
    await host.edited(3);
    assert.deepEqual(host.alive, ['3,7', '4,5', '4,7', '5,6', '5,7']);
    await press(page, 'y');
    await host.edited(4);
    assert.deepEqual(host.alive, ['3,6', '3,7', '4,5', '4,7', '5,7']);
    await press(page, 'Delete');
    await host.edited(5);
    assert.deepEqual(host.alive, []);
    for (let edit = 0; edit < 5; edit++) await host.undo();
    assert.deepEqual(host.alive, GLIDER_CELLS);
    await shows(page, 'Population', '5');
  });

  it('resizes the selection by its handles', async () => {
    const host = new LifeHost(GLIDER);
    const page = await open(host);
    await press(page, 's');
    await drag([0, 0], [3, 3]);
    const [x, y] = await at(3, 3);
    const { zoom } = (await kept()).view;
    await page.mouse.move(x + zoom / 2, y + zoom / 2);
    await page.mouse.down();
    await page.mouse.move(x + 2 * zoom, y + 3 * zoom, { steps: 3 });
    await page.mouse.up();
    await says(page, 'Selected row 0, column 0: 6 by 7, 5 alive.');
  });

  it('is operated by keys alone, and says what they do', async () => {
    const host = new LifeHost(GLIDER);
    const page = await open(host);
    await page.locator('.life-board').focus();
    await press(page, 'ArrowRight');
    await says(page, 'row 0, column 1, alive.');
    await press(page, 'Enter');
    await says(page, 'Dead. 4 cells alive.');
    await press(page, 'Enter');
    await says(page, 'Alive. 5 cells alive.');
    assert.equal((await host.edited(2)).kind, 'draw');
    await press(page, 'e', 'Enter');
    await host.edited(3);
    assert.deepEqual(host.alive, GLIDER_CELLS.slice(1));
    await host.undo();
    await press(page, 'Home', 'Shift+ArrowRight', 'Shift+ArrowRight', 'Shift+ArrowDown', 'Shift+ArrowDown');
    await says(page, 'Selected row 0, column 0: 3 by 3, 5 alive.');
    await press(page, 'Control+ArrowRight', 'Control+Shift+ArrowDown');
    await says(page, 'Moved to row 8, column 1: 3 by 3, 5 alive.');
    await host.edited(4);
    assert.deepEqual(host.alive, ['8,2', '9,3', '10,1', '10,2', '10,3']);
    await press(page, 'Escape');
    await says(page, 'Nothing is selected.');
    await press(page, 'Control+a');
    await says(page, 'Selected row 8, column 1: 3 by 3, 5 alive.');
    await press(page, '?');
    await page.getByRole('dialog', { name: 'Keys of the Life editor' }).waitFor();
  });

  it('steps, plays and goes back without touching the file', async () => {
    const host = new LifeHost(GLIDER);
    const page = await open(host);
    await shows(page, 'next step', '+2 −2');
    await press(page, '.', '.', '.', '.');
    await shows(page, 'Generation', '4');
    await says(page, 'Generation 4, 5 cells alive.');
    await page.locator('.fact', { hasText: 'file at' }).waitFor();
    await press(page, ',');
    await shows(page, 'Generation', '3');
    await page.locator('.life-board').focus();
    await press(page, ' ');
    await page.getByRole('button', { name: 'Pause (Space)' }).waitFor();
    await page.waitForFunction(() => Number(document.querySelector('.fact dd')?.textContent) > 8);
    await press(page, ' ');
    await page.getByRole('button', { name: 'Play (Space)' }).waitFor();
    await press(page, '0');
    await shows(page, 'Generation', '0');
    assert.deepEqual(host.done, []);
    assert.deepEqual(host.alive, GLIDER_CELLS);
  });

  it('drags the board while Space is held, and then does not play', async () => {
    const host = new LifeHost(GLIDER);
    const page = await open(host);
    const before = (await kept()).view;
    await page.locator('.life-board').focus();
    await page.keyboard.down(' ');
    await drag([0, 0], [2, 3]);
    await page.keyboard.up(' ');
    const after = (await kept()).view;
    assert.deepEqual([Math.round(before.x - after.x), Math.round(before.y - after.y)], [3, 2]);
    await page.getByRole('button', { name: 'Play (Space)' }).waitFor();
    assert.deepEqual(host.done, []);
  });

  it('asks before the first edit of a later generation, and does as it is told', async () => {
    const host = new LifeHost(GLIDER);
    const page = await open(host);
    const ask = page.getByRole('alertdialog');
    await press(page, '.', '.');
    await drag([9, 9], [9, 10]);
    await ask.waitFor();
    await shot(page, 'ask');
    await assertAccessible(page, 'Life editor, asking');
    await press(page, 'Escape');
    await ask.waitFor({ state: 'detached' });
    assert.deepEqual(host.done, []);
    await press(page, 'r');
    await ask.getByRole('button', { name: 'Go back to 0' }).click();
    await shows(page, 'Generation', '0');
    assert.deepEqual(host.done, []);
    await press(page, '.', '.', 'Delete');
    await ask.getByRole('button', { name: 'Make 2 the start' }).click();
    assert.equal((await host.edited(1)).kind, 'start');
    assert.equal(host.board.settings.generation, 2);
    assert.deepEqual(host.alive, ['1,2', '2,0', '2,2', '3,1', '3,2']);
    await drag([9, 9], [9, 10]);
    await host.edited(2);
    await host.undo();
    await host.undo();
    assert.equal(host.board.settings.generation, 0);
    assert.deepEqual(host.alive, GLIDER_CELLS);
  });

  it('copies, cuts and pastes RLE text; what is no pattern is refused in a sentence', async () => {
    const host = new LifeHost(GLIDER);
    const page = await open(host);
    await page.locator('.life-board').focus();
    await press(page, 'Control+a', 'Control+c');
    await says(page, 'Copied 3 by 3 cells, 5 alive.');
    await press(page, 'Control+x');
    assert.equal((await host.edited(1)).kind, 'cut');
    assert.deepEqual(host.alive, []);
    await press(page, 'Escape', 'Home', 'Control+v');
    await says(page, /The pattern, 3 by 3: arrows move it/);
    await press(page, 'ArrowDown', 'r', 'Enter');
    assert.equal((await host.edited(2)).kind, 'paste');
    assert.deepEqual(host.alive, ['0,-1', '1,-1', '1,1', '2,-1', '2,0']);
    await page.evaluate(() => {
      const clipboardData = new DataTransfer();
      clipboardData.setData('text/plain', 'Dear diary, today I saw a glider.');
      document.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
    });
    await page.getByRole('alert').filter({ hasText: 'What is on the clipboard is no pattern.' }).waitFor();
    assert.equal(host.done.length, 2);
  });

  it('puts the selection on the clipboard as a pattern that other programs read', async () => {
    const host = new LifeHost(GLIDER);
    const page = await open(host);
    await press(page, 'Control+a');
    const text = await page.evaluate(() => {
      const clipboardData = new DataTransfer();
      document.dispatchEvent(new ClipboardEvent('copy', { clipboardData, bubbles: true, cancelable: true }));
      return clipboardData.getData('text/plain');
    });
    const copied = readPattern(text);
    assert.ok(copied.cells.equals(readPattern(GLIDER).cells));
    assert.match(text, /^x = 3, y = 3, rule = B3\/S23/m);
  });

  it('places a pattern of the gallery by pointer, dragging and keys', async () => {
    const host = new LifeHost(EMPTY);
    const page = await open(host);
    const block = page.getByRole('button', { name: /^Block/ });
    await block.click();
    await page.mouse.move(...(await at(4, 4)));
    await shot(page, 'ghost');
    await page.mouse.down();
    await page.mouse.up();
    assert.equal((await host.edited(1)).kind, 'place');
    assert.deepEqual(host.alive, ['3,3', '3,4', '4,3', '4,4']);
    await block.hover();
    await page.mouse.down();
    await page.mouse.move(...(await at(-3, -3)), { steps: 5 });
    await page.mouse.up();
    await host.edited(2);
    assert.equal(host.board.cells.population, 8);
    await press(page, 'Escape');
    await page.getByRole('button', { name: /^Blinker/ }).focus();
    await press(page, 'Enter', 'Home', 'ArrowDown', 'Enter');
    await host.edited(3);
    assert.ok(
      ['1,-1', '1,0', '1,1'].every((cell) => host.alive.includes(cell)),
      host.alive.join(' '),
    );
  });

  it('fills the selection at a density', async () => {
    const host = new LifeHost(GLIDER);
    const page = await open(host);
    await press(page, 's');
    await drag([0, 0], [19, 19]);
    await press(page, 'f');
    await page.getByRole('slider', { name: 'Density' }).press('End');
    await page.getByRole('button', { name: 'Fill', exact: true }).click();
    await host.edited(1);
    assert.equal(host.board.cells.population, 400);
  });

  it('comes onto a torus, and says what became of cells outside it', async () => {
    const host = new LifeHost(GUN);
    const page = await open(host);
    await page.getByRole('radio', { name: 'Torus' }).click();
    await host.edited(1);
    assert.deepEqual(host.board.settings.grid, { kind: 'torus', width: 40, height: 16 });
    await shot(page, 'torus');
    const width = page.getByRole('textbox', { name: 'Width of the torus' });
    await width.fill('20');
    await width.press('Enter');
    await page.getByText(/live cells lay outside the 20 × 16 cells and were removed. Undo brings them back./).waitFor();
    assert.ok((await host.edited(2)).flips.population > 0);
    await host.undo();
    assert.equal(host.board.cells.population, 36);
    const refusal = page.getByRole('alert').filter({ hasText: 'A torus has from 1 to 8,192 cells a side.' });
    // What is typed before the page has heard of the undo is overwritten by it: typed again then.
    for (let attempt = 0; attempt < 5 && !(await refusal.isVisible()); attempt++) {
      await width.fill('0');
      await width.press('Enter');
      await refusal.waitFor({ timeout: 3000 }).catch(() => undefined);
    }
    await refusal.waitFor();
    assert.equal(await width.inputValue(), '40');
  });

  it('takes any rule in B/S notation, and refuses what is none in a sentence', async () => {
    const host = new LifeHost(BLINKER);
    const page = await open(host);
    const rule = page.getByRole('combobox', { name: 'Rule' });
    await rule.fill('b36s23');
    await rule.press('Enter');
    await host.edited(1);
    assert.equal(host.board.settings.rule, 'B36/S23');
    await rule.fill('B3/S23/5');
    await rule.press('Enter');
    await page.getByRole('alert').filter({ hasText: 'states' }).waitFor();
    assert.equal(await rule.inputValue(), 'B36/S23');
    assert.equal(host.done.length, 1);
  });

  it('zooms at the pointer and fits everything again', async () => {
    const page = await open(new LifeHost(GUN));
    const fitted = (await kept()).view;
    const point = await at(5, 20);
    await page.mouse.move(...point);
    await page.mouse.wheel(0, 540);
    await page.waitForFunction(() => document.querySelector('.zoom-label')?.textContent?.startsWith('3'));
    const [x, y] = await at(5, 20);
    assert.ok(Math.abs(x - point[0]) < 13 && Math.abs(y - point[1]) < 13);
    await shot(page, 'far');
    for (let time = 0; time < 4; time++) await press(page, '-');
    await page.getByText('1/4 px').waitFor();
    await shot(page, 'density');
    await press(page, '1');
    assert.deepEqual((await kept()).view, fitted);
  });

  it('comes back as it was when the page is loaded again', async () => {
    const host = new LifeHost(GUN);
    let page = await open(host);
    await press(page, 's', '.', '.', '.', '.', '.', '-');
    await drag([0, 20], [8, 30]);
    const state = await kept();
    await view!.close();
    page = await open(host, { state });
    await shows(page, 'Generation', '5');
    assert.equal(await page.getByRole('radio', { name: 'Select' }).getAttribute('aria-checked'), 'true');
    await page.getByText('11 × 9').waitFor();
    assert.deepEqual(await kept(), state);
  });

  it('goes through a long play again, says how far it is, and stops where it is told to', async () => {
    const host = new LifeHost(GLIDER);
    await open(host);
    const state = { ...(await kept()), generation: 100_000_000 };
    await view!.close();
    const page = await open(host, { state });
    const way = page.getByRole('progressbar', { name: 'Going to generation 100,000,000' });
    await way.waitFor();
    await page.waitForFunction(() => (document.querySelector('progress')?.value ?? 0) > 0);
    await page.getByRole('button', { name: 'Stop (Space)' }).click();
    await way.waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Play (Space)' }).waitFor();
    const at = await fact(page, 'Generation').first().innerText();
    // A glider is five cells wherever it is.
    await shows(page, 'Population', '5');
    assert.ok(Number(at.replaceAll(',', '')) > 0 && at !== '100,000,000', at);
  });

  it('goes to a generation that is typed, on and back, and by steps of a power of two', async () => {
    const page = await open(new LifeHost(GLIDER));
    await press(page, 'g');
    await page.keyboard.type('1,000');
    await page.keyboard.press('Enter');
    await shows(page, 'Generation', '1,000');
    const field = page.getByRole('textbox', { name: 'Go to generation' });
    await field.fill('+24');
    await field.press('Enter');
    await shows(page, 'Generation', '1,024');
    await field.fill('3');
    await field.press('Enter');
    await shows(page, 'Generation', '3');
    await press(page, ']', ']', ']', '.');
    await shows(page, 'Generation', '11');
    await press(page, '[', '.');
    await shows(page, 'Generation', '15');
    assert.equal(await page.getByRole('combobox', { name: 'Generations of a step' }).inputValue(), '4');
    await field.fill('soon');
    await field.press('Enter');
    await page.getByText('"soon" is no generation.').waitFor();
    await shows(page, 'Generation', '15');
  });

  it('plays as fast as it goes, says how fast that is, and pauses at once', async () => {
    const page = await open(new LifeHost(GLIDER));
    await page.getByRole('slider', { name: 'Speed' }).press('End');
    await page.getByText('max', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Play (Space)' }).click();
    // More in a frame than the fastest speed that is asked for by number.
    await page.getByText(/^\d{1,3}(,\d{3})+ \/ s$|^[1-9]\d{2} \/ s$/).waitFor();
    await page.getByRole('button', { name: 'Pause (Space)' }).click();
    await page.getByRole('button', { name: 'Play (Space)' }).waitFor();
    const at = await fact(page, 'Generation').first().innerText();
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
    assert.equal(await fact(page, 'Generation').first().innerText(), at);
  });

  it('keeps the board in the picture when its room changes', async () => {
    const page = await open(new LifeHost(GUN));
    const seen = async () => {
      const { x, y, zoom } = (await kept()).view;
      const { width, height } = (await page.locator('.life-board').boundingBox())!;
      return { left: x, top: y, right: x + (width - 30) / zoom, bottom: y + (height - 20) / zoom };
    };
    // Gosper's gun is 36 by 9 cells from row 0, column 0.
    const isWhole = async (): Promise<boolean> => {
      const { left, top, right, bottom } = await seen();
      return left <= 0 && top <= 0 && right >= 36 && bottom >= 9;
    };
    assert.ok(await isWhole());
    for (const size of [
      { width: 700, height: 500 },
      { width: 1280, height: 860 },
    ]) {
      await page.setViewportSize(size);
      await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
      assert.ok(await isWhole(), JSON.stringify(await seen()));
    }
  });

  it('leaves the board where it was when its room grows and shrinks by single pixels', async () => {
    const page = await open(new LifeHost(GUN));
    const { view: before } = await kept();
    const sizes = [1, 2, 3, 4, 5, 4, 3, 2, 1, 0].map((more) => ({ width: 1280 + more, height: 860 + more }));
    for (const size of sizes) {
      await page.setViewportSize(size);
      await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
    }
    assert.deepEqual((await kept()).view, before);
  });

  for (const width of [1440, 1280, 1082, 780, 641, 500, 320]) {
    it(`keeps its board where it is while its numbers come, grow and go, at ${width} px`, async () => {
      const host = new LifeHost(GUN);
      view = await WebviewUnderTest.open(browser, {
        bundle: 'life',
        onMessage: host.onMessage,
        viewport: { width, height: 860 },
      });
      const { page } = view;
      // Every place that the board is laid out at, from the first on.
      await page.evaluate(`{
        globalThis.tops = new Set();
        const look = () => {
          const board = document.querySelector('.life-board');
          if (board) { const { top, height } = board.getBoundingClientRect(); tops.add(top + '+' + height); }
          requestAnimationFrame(look);
        };
        look();
      }`);
      const tops = (): Promise<string[]> => page.evaluate('[...globalThis.tops]');
      await page.locator('.life-board canvas').waitFor();
      await fact(page, 'next step').filter({ hasText: '+' }).waitFor({ state: 'attached' });
      await press(page, 'g');
      await page.keyboard.type('100,000,000');
      await page.keyboard.press('Enter');
      await page.getByRole('progressbar', { name: 'Going to generation 100,000,000' }).waitFor();
      await page.waitForFunction(() => document.querySelector('.facts .large')!.textContent.length >= '1,000'.length);
      await page.getByRole('button', { name: 'Stop (Space)' }).click();
      await page.getByRole('button', { name: 'Play (Space)' }).click();
      await page.getByRole('button', { name: 'Pause (Space)' }).click();
      await fact(page, 'next step').filter({ hasText: '+' }).waitFor({ state: 'attached' });
      await press(page, '1');
      assert.equal((await tops()).length, 1, (await tops()).join(', '));
      if (width >= 1280) assert.equal((await page.locator('.playback').boundingBox())!.height, 37);
    });
  }

  it('shows why a file is no pattern, and offers it as text', async () => {
    const host = new LifeHost(EMPTY, 'broken.rle');
    const problem = {
      code: 'pattern-invalid',
      message: 'Line 3: "z" is no cell.',
      action: 'Open it as text.',
    } as const;
    host.problem = new Problem(problem);
    const page = await open(host);
    await page.getByText('broken.rle cannot be shown as a pattern').waitFor();
    await page.getByText(problem.message).waitFor();
    await shot(page, 'unreadable');
    await assertAccessible(page, 'Life editor, unreadable');
    await press(page, 'Delete', 'r', '.', 'Control+a');
    await page.getByRole('button', { name: 'Open as text' }).click();
    await host.until(() => host.requests.some(({ method }) => method === 'openAsText'));
    assert.deepEqual(host.done, []);
  });

  it('asks for the whole where an edit crosses a change made elsewhere', async () => {
    const host = new LifeHost(GLIDER);
    const page = await open(host);
    // A change whose message never came.
    host.version++;
    await drag([9, 9], [9, 10]);
    await page.getByRole('alert').filter({ hasText: 'The pattern was changed elsewhere at the same moment' }).waitFor();
    await shows(page, 'Population', '5');
    await drag([9, 9], [9, 10]);
    await host.edited(1);
    await shows(page, 'Population', '7');
  });

  it('shows what another view of the file changes', async () => {
    const host = new LifeHost(GLIDER);
    const page = await open(host);
    const edit: EditMessage = { kind: 'draw', flips: Int32Array.of(7, 7, 9), settings: null };
    await host.notify('changed', { version: 1, edit, by: 'edit' });
    await shows(page, 'Population', '7');
  });

  it('steps a rule that brings the background to life, and says that it is', async () => {
    const page = await open(new LifeHost('x = 1, y = 1, rule = B0/S1\no!\n'));
    await press(page, '.');
    await shows(page, 'Generation', '1');
    assert.match(await page.locator('#board-text').innerText(), /The background is alive/);
    await press(page, '.');
    await shows(page, 'Generation', '2');
    assert.doesNotMatch(await page.locator('#board-text').innerText(), /The background is alive/);
  });

  it('tells the live cells row by row', async () => {
    const page = await open(new LifeHost(GLIDER));
    await page.getByRole('button', { name: 'Rows as text' }).click();
    const rows = page.getByRole('dialog', { name: 'Rows as text' }).getByRole('listitem');
    assert.deepEqual(await rows.allInnerTexts(), ['row 0: column 1', 'row 1: column 2', 'row 2: columns 0 to 2']);
    assert.match(
      await page.locator('#board-text').innerText(),
      /Generation 0: 5 cells alive, in 3 by 3 cells from row 0, column 0\. Rule B3\/S23, plane\./,
    );
  });

  it('changes its colours with the theme', async () => {
    const page = await open(new LifeHost(GLIDER));
    const ground = (): Promise<number> =>
      page.locator('.life-board canvas').evaluate((canvas: HTMLCanvasElement) => {
        return canvas.getContext('2d')!.getImageData(2, 2, 1, 1).data[0]!;
      });
    assert.equal(await ground(), 0x1f);
    await view!.setTheme('light');
    await page.waitForFunction(() => {
      const canvas = document.querySelector<HTMLCanvasElement>('.life-board canvas')!;
      return canvas.getContext('2d')!.getImageData(2, 2, 1, 1).data[0] === 0xff;
    });
  });

  for (const theme of ['dark', 'high-contrast-light'] as const) {
    it(`fits a side bar of 320 pixels, in ${theme}`, async () => {
      const page = await open(new LifeHost(GUN), { theme, viewport: { width: 320, height: 860 } });
      const overflow = await page.locator('.life').evaluate((life) => life.scrollWidth - life.clientWidth);
      assert.equal(overflow, 0);
      await shot(page, `320-${theme}`);
      await assertAccessible(page, `Life editor at 320 px, ${theme}`);
      await press(page, 'f');
      await shot(page, `320-fill-${theme}`);
    });
  }
});
