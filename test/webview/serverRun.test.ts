import assert from 'node:assert/strict';
import path from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import type { EngineClient } from '../../src/client/index';
import { reportedSteps } from '../../src/core/lens/reported-steps';
import type { Trace } from '../../src/core/trace/record';
import { probability } from '../../src/webview/components/format';
import { artifacts } from '../harness/artifacts';
import { assertAccessible } from '../harness/axe';
import { launchBrowser } from '../harness/chromium';
import { skipWithoutFixtures } from '../harness/fixtures';
import { recordedRequest, serveRecording } from '../harness/recordedServer';
import { runOnServer } from '../harness/serverRun';
import type { ThemeId } from '../harness/themes';
import { WebviewUnderTest } from '../harness/webview';
import { ExplorerHost, startEngine } from './explorer-host';

/** The most probable tokens that the recording has of each place of the prompt. */
const TOLD = 5;

describe('a run of the recorded server', { skip: skipWithoutFixtures }, () => {
  let browser: Browser;
  let engine: EngineClient;
  let trace: Trace;
  let view: WebviewUnderTest | undefined;
  const ends: (() => void)[] = [];

  before(async () => {
    browser = await launchBrowser();
    engine = startEngine();
    const { address } = await serveRecording({ after: (end) => void ends.push(end as () => void) });
    const { prompt } = recordedRequest('stream.sse');
    ({ trace } = await runOnServer(address, { prompt: { text: prompt }, alternatives: TOLD }));
  });
  afterEach(async () => {
    await view?.close();
    view = undefined;
  });
  after(async () => {
    engine.dispose();
    await engine.ended();
    await browser.close();
    for (const end of ends) end();
  });

  async function open(
    tab: string,
    {
      selected = null,
      theme = 'dark',
      width = 1280,
    }: { selected?: number | null; theme?: ThemeId; width?: number } = {},
  ): Promise<{ page: Page; host: ExplorerHost }> {
    const host = new ExplorerHost(engine, [], {}, { saved: { trace, notes: [] } });
    host.told.view = { tab, selected, tabs: {} };
    const viewport = { width, height: 860 };
    view = await WebviewUnderTest.open(browser, { bundle: 'explorer', theme, viewport, onMessage: host.onMessage });
    await view.page.getByRole('tab', { name: 'Tokens' }).waitFor();
    return { page: view.page, host };
  }

  it('shows what was told of a token: the most probable, the chosen one below a gap, the mass of all others', async () => {
    const { page, host } = await open('tokens', { selected: 1 });
    const { judgement } = trace.tokens[1]!;
    assert.equal(judgement?.rank, 13_021);
    const rows = page.locator('.bars tbody tr');
    await rows.nth(TOLD + 1).waitFor();
    assert.equal(await rows.count(), TOLD + 2);
    assert.match(await rows.nth(TOLD).innerText(), /13,021/);
    const rest = page.locator('.bars-rest');
    assert.match(await rest.innerText(), /not told/);
    assert.ok((await rest.innerText()).includes(probability(judgement.partial!.outside)));
    const image = await rest.locator('.hatched').evaluate((bar) => getComputedStyle(bar).backgroundImage);
    assert.match(image, /gradient/);
    assert.equal(host.asked('positionLogits').length, 0, 'a server has no logits to ask for');
  });

  it('says within what was told what other settings would do, and where that cannot be told', async () => {
    const { page } = await open('tokens', { selected: 10 });
    const note = page.locator('.what-if-note');
    const set = async (name: string, value: string): Promise<void> => {
      const field = page.getByRole('textbox', { name: `${name}, typed` });
      await field.fill(value);
      await field.press('Enter');
    };
    await set('Temperature', '1');
    await set('Top-k', '3');
    await note.getByText('Within these the answer is exact.').waitFor();
    assert.equal(await page.locator('.bars-rest td').last().innerText(), 'top-k');
    await set('Top-k', '0');
    await set('Temperature', '1.5');
    await note.getByText('The other tokens are known by their mass alone').waitFor();
  });

  it('has every draft in the staircase and in the table, with nothing in it that was not told', async () => {
    const { page } = await open('speculation');
    const { rows, totals } = reportedSteps(trace)!;
    const stairs = page.getByRole('listbox', { name: 'Passes of the run' }).getByRole('option');
    await stairs.first().waitFor();
    assert.equal(await stairs.count(), rows.length);
    assert.match(
      await page.locator('.spec-figures').innerText(),
      new RegExp(probability(totals.speculation.acceptanceRate)),
    );
    assert.match(await page.locator('.reported').innerText(), /not reported/);
    await page.getByRole('button', { name: 'Show as table' }).click();
    const cells = await page
      .locator('.passes-table tbody tr')
      .evaluateAll((list) => list.map((row) => [...row.children].map((cell) => cell.textContent.trim())));
    assert.deepEqual(
      cells.map((row) => row.slice(0, 8)),
      rows.map(({ number, draft, rejected, start, end }) => [
        `${number}`,
        '–',
        '–',
        `${draft!.drafted}`,
        `${draft!.accepted}`,
        rejected ? 'not reported' : '–',
        draft!.next ?? '–',
        `${end - start}`,
      ]),
    );
  });

  for (const [theme, width] of [
    ['light', 1280],
    ['high-contrast', 1280],
    ['dark', 320],
  ] as const) {
    it(`reads in the ${theme} theme at ${width} pixels`, async () => {
      for (const tab of ['tokens', 'speculation', 'layers']) {
        const { page } = await open(tab, { selected: tab === 'tokens' ? 1 : null, theme, width });
        await page.locator('.tokens, .spec-reported, .empty').first().waitFor();
        await page.locator('.opening').waitFor({ state: 'detached' });
        await page.screenshot({
          path: path.join(artifacts, `server-${tab}-${theme}-${width}.png`),
          animations: 'disabled',
        });
        await assertAccessible(page, `${tab} of a server, ${theme}, ${width}`);
        const wide = await page.evaluate(() => document.documentElement.scrollWidth);
        assert.ok(wide <= width, `${tab}: ${wide} pixels wide`);
        await view?.close();
        view = undefined;
      }
    });
  }
});
