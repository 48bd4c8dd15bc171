import assert from 'node:assert/strict';
import path from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';
import { parseTrace, serializeTrace } from '../../src/core/trace/vivtrace';
import type { Trace } from '../../src/core/trace/record';
import { probability } from '../../src/webview/components/format';
import { artifacts } from '../harness/artifacts';
import { assertAccessible } from '../harness/axe';
import { themeIds } from '../harness/themes';
import { ExplorerHost } from './explorer-host';
import { LIFE, SpeculationPage, TEXT, draftedRows } from './speculation-page';

describe('the Speculation tab in use', () => {
  let tab: SpeculationPage;
  let text: ExplorerHost;
  let life: ExplorerHost;
  let trace: Trace;
  let board: Trace;

  before(async () => {
    tab = await SpeculationPage.start();
    text = tab.host('text');
    trace = await text.record(TEXT);
    life = tab.host('life');
    board = await life.record(LIFE);
  });
  afterEach(() => tab.close());
  after(() => tab.stop());

  const passCount = (run: Trace): number => run.passes.length - 1;

  it('goes from pass to pass by keyboard, and says what each brought', async () => {
    const page = await tab.open(text);
    const last = passCount(trace);
    const live = page.locator('[aria-live=polite]');
    await tab.stairs.focus();
    for (const [key, number] of [
      ['ArrowDown', 2],
      ['ArrowUp', 1],
      ['ArrowUp', 1],
      ['End', last],
      ['ArrowDown', last],
      ['Home', 1],
      ['PageDown', Math.min(11, last)],
    ] as const) {
      await page.keyboard.press(key);
      await tab.chosen(number);
      assert.equal(await tab.stairs.getAttribute('aria-activedescendant'), `pass-${number}`);
    }
    await live.getByText(`Pass ${Math.min(11, last)} of ${last}, context`).waitFor({ state: 'attached' });
    const slider = page.getByRole('slider', { name: 'Pass' });
    await slider.focus();
    await page.keyboard.press('Home');
    await tab.chosen(1);
    await page.getByRole('button', { name: 'Next pass' }).click();
    await tab.chosen(2);
    assert.match((await slider.getAttribute('aria-valuetext'))!, /^Pass 2 of /);
    assert.equal(
      await page.locator('.pass-steps-slider .slider-tick').count(),
      draftedRows(trace).filter(({ row }) => row.rejected).length,
    );
  });

  it('has one selection with the other tabs: a token leads to its pass, a pass to its first token', async () => {
    const { row } = draftedRows(trace)[3]!;
    const page = await tab.open(text, { selected: row.end - 1 });
    await tab.chosen(row.number);
    await page.locator('.spec-frame-chosen').waitFor();
    await page.locator(`#pass-${row.number + 1}`).click();
    await tab.chosen(row.number + 1);
    await page.getByRole('tab', { name: 'Tokens' }).click();
    await page.getByText(`position ${row.end} ·`).waitFor();
    await page.locator(`#token-${row.start}`).click();
    await page.getByRole('tab', { name: 'Speculation' }).click();
    await tab.chosen(row.number);
    await page.locator('.spec-output .token-text').focus();
    await page.keyboard.press('ArrowLeft');
    await tab.chosen(row.number - 1);
  });

  it('previews the pass under the pointer, and keeps the chosen one', async () => {
    const page = await tab.open(text);
    await page.locator('#pass-4').hover();
    await page.getByText('under the pointer').waitFor();
    await page.getByRole('heading', { name: 'Pass 4', exact: true }).waitFor();
    assert.equal(await page.locator('.stair-row-chosen').getAttribute('id'), 'pass-1');
    await page.getByRole('heading', { name: 'Run' }).hover();
    await tab.chosen(1);
  });

  it('works for Life: certain drafts have q = 1, and at temperature 0 no r is drawn', async () => {
    const page = await tab.open(life);
    const rejected = draftedRows(board).find(({ row }) => row.rejected)!;
    await page.locator('.spec-formula', { hasText: 'accept the most probable token; no r is drawn' }).waitFor();
    await page.getByText('Drafted from the previous grid').waitFor();
    await tab.close();
    await tab.open(life, { selected: rejected.row.start });
    await tab.chosen(rejected.row.number);
    const drafts = await tab.drafts();
    rejected.speculation.drafted.forEach(({ q, p, verdict }, place) => {
      const cells = drafts[place]!;
      assert.equal(cells[3], probability(q));
      assert.equal(cells[4], probability(p));
      assert.equal(cells[7], '–', 'no r');
      assert.equal(cells[8], verdict === 'unread' ? 'unused' : verdict);
    });
    await tab.page.screenshot({ path: path.join(artifacts, 'speculation-life.png'), animations: 'disabled' });
  });

  it('shows the threshold of typical acceptance, with p on the track, and what it cost in total variation', async () => {
    const host = tab.host('text');
    const run = await host.record({ ...TEXT, decoder: 'typical' });
    const rows = draftedRows(run);
    const { row, speculation } = rows.find(({ row: { rejected } }) => rejected)!;
    const page = await tab.open(host, { selected: row.start });
    await tab.chosen(row.number);
    await page.locator('.spec-formula', { hasText: 'p > min(ε, δ · exp(−H)), ε = 0.09, δ = 0.3' }).waitFor();
    await page.locator('.spec-formula', { hasText: 'p itself' }).waitFor();
    const drafts = await tab.drafts();
    speculation.drafted.forEach(({ p, threshold, verdict }, place) => {
      const cells = drafts[place]!;
      assert.equal(cells[4], probability(p));
      assert.equal(cells[6], probability(threshold));
      assert.equal(cells[7], '–', 'no r');
      if (verdict !== 'unread') assert.equal(verdict === 'accepted', p! > threshold!);
    });
    const { mean, max, tokens } = run.summary!.speculation!.outputTv!;
    assert.equal(await tab.figure('output TV'), `${probability(mean)} mean; max ${probability(max)}; ${tokens} tokens`);
  });

  it('shows what a token borrowed under LANTERN, and accepts with it', async () => {
    const host = tab.host('text');
    const options = { gamma: 5, neighbours: 20, delta: 0.3 };
    const run = await host.record({ ...TEXT, decoder: 'lantern', decoderOptions: { lantern: options } });
    const found = draftedRows(run).find(({ speculation }) =>
      speculation.drafted.some(({ borrowed }) => borrowed! > 0),
    )!;
    const page = await tab.open(host, { selected: found.row.start });
    await tab.chosen(found.row.number);
    await page.locator('.spec-formula', { hasText: 'at most 0.3 of the 20 nearest tokens is borrowed' }).waitFor();
    const drafts = await tab.drafts();
    found.speculation.drafted.forEach(({ q, p, borrowed, r }, place) => {
      const cells = drafts[place]!;
      assert.equal(cells[5], probability(borrowed));
      assert.equal(cells[7], probability(p === null ? null : Math.min(1, (p + borrowed!) / q)));
      assert.equal(cells[8], probability(r));
    });
    assert.ok((await page.locator('.draft-borrowed').count()) > 0);
    await page.screenshot({ path: path.join(artifacts, 'speculation-lantern.png'), animations: 'disabled' });
  });

  it('follows the chosen pass through a staircase wider than the page, down to 320 px', async () => {
    for (const width of [1280, 320]) {
      const page = await tab.open(life, { viewport: { width, height: 700 } });
      await tab.stairs.focus();
      await page.keyboard.press('End');
      await tab.chosen(passCount(board));
      await page.keyboard.press('ArrowUp');
      const number = passCount(board) - 1;
      await tab.chosen(number);
      const [marks, pane] = [
        (await page.locator(`#pass-${number} .stair-marks`).boundingBox())!,
        (await tab.stairs.boundingBox())!,
      ];
      assert.ok(marks.x >= pane.x && marks.x < pane.x + pane.width - 60, `${width}: marks at ${marks.x}`);
      const rows = await page.locator('.stair-row').count();
      assert.ok(rows < 25, `${rows} of ${passCount(board)} rows are in the page`);
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      assert.ok(overflow <= 0, `the page is ${overflow} px too wide`);
      await page.screenshot({ path: path.join(artifacts, `speculation-stairs-${width}.png`) });
      await tab.close();
    }
  });

  it('shows one block a drafted token where there is one column, with every number named', async () => {
    const page = await tab.open(text, { viewport: { width: 320, height: 2400 } });
    const first = page.locator('.drafts tbody tr').first();
    const [verdict, bars] = [
      (await first.locator('.drafts-verdict').boundingBox())!,
      (await first.locator('.draft-bars').boundingBox())!,
    ];
    assert.ok(verdict.y < bars.y && bars.width > 250);
    const names = await first
      .locator('td[data-name]')
      .evaluateAll((cells) => cells.map((cell) => getComputedStyle(cell, '::before').content));
    assert.deepEqual(names, ['"q"', '"p"', '"accept"', '"r"']);
    await page.screenshot({ path: path.join(artifacts, 'speculation-320.png'), animations: 'disabled' });
  });

  it('keeps thousands of passes out of the page, and a strip leads to each', async () => {
    const host = tab.host('text');
    // The same passes again and again, each where the last ended.
    const step = trace.tokens.length - trace.header.promptLength - 1;
    const [tokens, passes] = [[...trace.tokens], [...trace.passes]];
    for (let round = 1; round < 200; round++) {
      const by = round * step;
      for (const token of trace.tokens.slice(trace.header.promptLength + 1))
        tokens.push({ ...token, index: token.index + by });
      for (const pass of trace.passes.slice(1)) {
        const { speculation } = pass;
        passes.push({
          ...pass,
          step: passes.length,
          cached: pass.cached + by,
          ...(speculation ? { speculation: { ...speculation, start: speculation.start + by } } : {}),
        });
      }
    }
    Object.assign(host.told, text.snapshot, { trace: { header: trace.header, tokens, passes }, runId: 'long' });
    const page = await tab.open(host);
    const total = passes.length - 1;
    assert.ok(total > 1500);
    assert.ok((await page.locator('.stair-row').count()) < 30);
    const strip = page.locator('.scrub-strip');
    const box = (await strip.boundingBox())!;
    await strip.click({ position: { x: box.width - 2, y: 10 } });
    // A pixel of the strip stands for some passes.
    const at = page.locator('.pass-steps-at', {
      hasText: new RegExp(`^pass [\\d,]+ of ${total.toLocaleString('en')}$`),
    });
    await at.filter({ hasNotText: /^pass 1 of/ }).waitFor();
    const reached = Number((await at.innerText()).replaceAll(',', '').split(' ')[1]);
    assert.ok(reached > total - 2 * Math.ceil((2 * total) / box.width) && reached <= total, `pass ${reached}`);
    await tab.chosenRow(reached);
    await tab.stairs.focus();
    await page.keyboard.press('Home');
    await tab.chosen(1);
    await page.screenshot({ path: path.join(artifacts, 'speculation-long.png'), animations: 'disabled' });
  });

  it('grows with the run, and when it is stopped keeps what there is', async () => {
    const host = tab.host('text', { ...TEXT, maxNewTokens: 400 });
    const page = await tab.open(host);
    // Pressed in the page itself: a run may end while the test is told of its third pass.
    const stop = await page.getByRole('button', { name: 'Stop', exact: true }).elementHandle();
    const pressed = page.waitForFunction((button) => {
      if (!document.querySelector('#pass-3')) return false;
      (button as HTMLElement).click();
      return true;
    }, stop);
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    await pressed;
    await page.getByText(/^Run stopped/).waitFor({ state: 'attached' });
    const stopped = host.snapshot.trace!;
    assert.equal(stopped.summary?.finish, 'cancelled');
    assert.equal(await tab.stairs.getByRole('option').first().getAttribute('aria-setsize'), `${passCount(stopped)}`);
    const { accepted, drafted } = stopped.summary.speculation!;
    assert.equal(await tab.figure('acceptance rate'), `${probability(accepted / drafted)} ${accepted}/${drafted}`);
    await page.getByRole('heading', { name: 'Pass 1', exact: true }).waitFor();
  });

  it('shows a saved trace the same without its model', async () => {
    const live = await tab.open(text);
    const shown = (page: typeof live): Promise<string> => page.locator('.spec-below').innerText();
    const before = await shown(live);
    await tab.close();
    const viewer = new ExplorerHost(tab.engine, [], {}, { saved: parseTrace(serializeTrace(trace)) });
    viewer.overrides.run = () => assert.fail('a viewer runs nothing');
    const page = await tab.open(viewer);
    assert.equal(await shown(page), before);
    assert.equal(await page.getByRole('button', { name: /Measure/ }).count(), 0);
    assert.deepEqual(
      viewer.requests.map(({ method }) => method),
      ['snapshot'],
    );
  });

  it('says of a run without drafts what to do, measures t(1) from it, and holds the next run against that', async () => {
    const host = tab.host('text', { ...TEXT, decoder: 'autoregressive' });
    const page = await tab.open(host);
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    await page.getByRole('heading', { name: 'This run drafted nothing' }).waitFor();
    await page.getByText(/^Run complete/).waitFor({ state: 'attached' });
    const times = host.snapshot
      .trace!.passes.slice(1)
      .map(({ milliseconds }) => milliseconds)
      .toSorted((a, b) => a - b);
    await page.getByText(`the median of ${times.length} passes`).waitFor();
    await page.getByRole('button', { name: /^Speculative/ }).click();
    await page.getByText(/^Run complete/).waitFor({ state: 'attached' });
    await page.locator('#pass-1').waitFor();
    assert.equal(host.snapshot.settings.decoder, 'speculative');
    assert.match(await tab.figure('t(1)'), new RegExp(`${times.length} passes of an earlier run$`));
    const sentence = await page.locator('.break-even-sentence').innerText();
    const median = (times[(times.length - 1) >> 1]! + times[times.length >> 1]!) / 2;
    const run = host.snapshot.trace!;
    const rows = draftedRows(run);
    const spent = rows.reduce((sum, { row: { pass } }) => sum + pass.milliseconds + pass.draftMilliseconds!, 0);
    const brought = rows.reduce((sum, { row: { start, end } }) => sum + end - start, 0);
    const measured = median / (spent / brought);
    assert.match(await tab.figure('speed-up measured'), new RegExp(`^${measured.toFixed(2).replace('.', '\\.')}×`));
    const word = Math.abs(measured - 1) <= 0.02 ? 'makes no difference' : measured > 1 ? 'wins' : 'loses';
    assert.ok(sentence.startsWith(`Speculation ${word} on this machine`), sentence);
  });

  it('looks right and is accessible in every kind of theme', async () => {
    for (const theme of themeIds) {
      const { row } = draftedRows(trace).find(({ row: { rejected } }) => rejected)!;
      const page = await tab.open(text, { theme, selected: row.start });
      await page.screenshot({ path: path.join(artifacts, `speculation-${theme}.png`), animations: 'disabled' });
      await assertAccessible(page, `Speculation, ${theme}`);
      await page.locator('.spec').evaluate((pane) => pane.scrollTo(0, pane.scrollHeight));
      await page.screenshot({ path: path.join(artifacts, `speculation-${theme}-end.png`), animations: 'disabled' });
      await page.getByRole('button', { name: 'Show as table' }).click();
      await assertAccessible(page, `Speculation as a table, ${theme}`);
      await tab.close();
    }
  });
});
