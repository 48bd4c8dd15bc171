import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { countOrigins } from '../../src/core/lens/passes';
import { tokenLabel } from '../../src/core/text/tokens';
import type { Trace } from '../../src/core/trace/record';
import { probability } from '../../src/webview/components/format';
import type { ExplorerHost } from './explorer-host';
import { SpeculationPage, TEXT, draftedRows } from './speculation-page';

describe('the numbers of the Speculation tab', () => {
  let tab: SpeculationPage;
  let host: ExplorerHost;
  let trace: Trace;

  before(async () => {
    tab = await SpeculationPage.start();
    host = tab.host('text');
    trace = await host.record(TEXT);
  });
  afterEach(() => tab.close());
  after(() => tab.stop());

  it('marks every token by how it came, and counts each way', async () => {
    const page = await tab.open(host);
    const counts = countOrigins(trace.tokens);
    const legend = (await page.locator('.spec-legend').innerText()).replaceAll(/\s+/g, ' ');
    for (const origin of ['prompt', 'sampled', 'accepted', 'replacement', 'bonus'] as const) {
      assert.ok(counts[origin] > 0);
      assert.ok(legend.includes(`${origin} ${counts[origin]}`), `${origin} in ${legend}`);
    }
    const chips = await page
      .locator('.spec-output .chip')
      .evaluateAll((list) => list.map((chip) => [Number(chip.dataset['index']), chip.textContent] as const));
    assert.ok(chips.length > 20);
    for (const [index, text] of chips) {
      const { origin } = trace.tokens[index]!;
      const said = /, (sampled|accepted|replacement|bonus)$/.exec(text)?.[1] ?? 'prompt';
      assert.equal(said, origin, text);
    }
    const shown = new Set(chips.map(([index]) => index));
    for (const origin of ['accepted', 'replacement', 'bonus'] as const) {
      const expected = trace.tokens.filter((token) => token.origin === origin && shown.has(token.index)).length;
      assert.equal(await page.locator(`.spec-output .token-mark-${origin}`).count(), expected, origin);
    }
  });

  it('shows of every drafted token the numbers of the trace', async () => {
    const page = await tab.open(host);
    const rows = draftedRows(trace);
    assert.ok(rows.some(({ row }) => row.rejected) && rows.some(({ row }) => !row.rejected));
    await tab.stairs.focus();
    for (const { row, speculation } of rows) {
      await tab.chosen(row.number);
      const expected = speculation.drafted.map(({ text, q, p, ratio, r, verdict }, place) => [
        `${place + 1}`,
        tokenLabel(text).trim(),
        verdict === 'unread' ? 'not evaluated' : '',
        probability(q),
        probability(p),
        '',
        probability(ratio === null ? null : Math.min(1, ratio)),
        probability(r),
        verdict === 'unread' ? 'unused' : verdict,
      ]);
      assert.deepEqual(await tab.drafts(), expected, `pass ${row.number}`);
      assert.equal(await page.locator('.drafts s').count(), row.rejected ? 1 : 0);
      await page.keyboard.press('ArrowDown');
    }
  });

  it('draws the bars and the track of a drafted token to the scale of its numbers', async () => {
    const { row, speculation } = draftedRows(trace).find(({ row: { rejected } }) => rejected)!;
    const page = await tab.open(host, { selected: row.start });
    await tab.chosen(row.number);
    const measured = await page.locator('.drafts tbody tr').evaluateAll((list) =>
      list.map((line) => {
        const [q, p, bars, zone, tick, track] = [
          '.draft-q',
          '.draft-p',
          '.draft-bars',
          '.draft-zone',
          '.draft-tick',
          '.draft-track',
        ].map((selector) => line.querySelector(selector)?.getBoundingClientRect());
        if (!q || !p || !bars || !zone || !tick || !track) return null;
        return {
          q: q.width / bars.width,
          p: p.width / bars.width,
          zone: zone.width / track.width,
          tick: (tick.left + tick.width / 2 - track.left) / track.width,
        };
      }),
    );
    speculation.drafted.forEach(({ q, p, ratio, r, verdict }, place) => {
      const line = measured[place];
      if (verdict === 'unread') return assert.equal(line, null, 'what was not tested has no bars');
      for (const [name, value] of [
        ['q', q],
        ['p', p!],
        ['zone', Math.min(1, ratio!)],
        ['tick', r!],
      ] as const) {
        const drawn = line?.[name] ?? NaN;
        assert.ok(Math.abs(drawn - value) < 0.03, `${name} of token ${place + 1}: ${drawn} for ${value}`);
      }
    });
  });

  it('shows the residual with the token that was drawn, or that the bonus token came from p', async () => {
    const rows = draftedRows(trace);
    const rejected = rows.find(({ row }) => row.rejected)!;
    const page = await tab.open(host, { selected: rejected.row.start });
    await page.getByRole('heading', { name: 'Residual' }).waitFor();
    const { residual, next } = rejected.speculation;
    const shown = await tab.residual();
    assert.deepEqual(
      shown.slice(0, residual!.top.length).map(({ token, value }) => [token, value]),
      residual!.top.map(({ text, probability: value }) => [tokenLabel(text), probability(value)]),
    );
    const drawn = shown.filter((entry) => entry.drawn);
    assert.deepEqual(
      drawn.map(({ token }) => token),
      [tokenLabel(next!.text)],
    );
    assert.match(await page.locator('.residual-mass').innerText(), new RegExp(`mass ${probability(residual!.mass)}`));

    const whole = rows.find(({ speculation }) => speculation.next?.origin === 'bonus')!;
    await tab.close();
    await tab.open(host, { selected: whole.row.start });
    await tab.page.getByText('Bonus token, drawn from p').waitFor();
    assert.equal(await tab.page.locator('.bonus-token').innerText(), tokenLabel(whole.speculation.next!.text));
  });

  it('gives the figures of the run as the trace’s summary has them, each with its definition', async () => {
    const page = await tab.open(host);
    const summary = trace.summary!.speculation!;
    const passes = trace.passes.length - 1;
    assert.match(await tab.figure('passes'), new RegExp(`^${passes}`));
    assert.equal(
      await tab.figure('acceptance rate'),
      `${probability(summary.acceptanceRate)} ${summary.accepted}/${summary.drafted}`,
    );
    assert.match(await tab.figure('mean length'), new RegExp(`^${summary.meanAcceptanceLength!.toFixed(2)} of 6$`));
    const brought = trace.summary!.generatedTokens - 1;
    assert.equal(await tab.figure('tokens per pass'), `${(brought / passes).toFixed(2)} ${brought}/${passes}`);
    assert.match(await tab.figure('α'), new RegExp(`^${probability(summary.alpha).replace('.', '\\.')} \\d+ tested$`));
    await page.locator('.definition', { hasText: /^acceptance rate$/ }).hover();
    await page.locator('.definition-tip', { hasText: 'so it is not α' }).waitFor();
  });

  it('counts acceptance by draft position over the tests of it, and tokens per pass', async () => {
    const page = await tab.open(host);
    const { acceptedByPosition } = trace.summary!.speculation!;
    const rows = draftedRows(trace);
    const tested = acceptedByPosition.map(
      (_, place) =>
        rows.filter(({ speculation }) => (speculation.drafted[place]?.verdict ?? 'unread') !== 'unread').length,
    );
    const counts = await page.locator('.spec-chart').first().locator('.chart-count').allTextContents();
    assert.deepEqual(
      counts,
      acceptedByPosition.map((accepted, place) => `${accepted}/${tested[place]}`).slice(0, counts.length),
    );
    const table = page.getByRole('table', { name: 'Tokens per pass' }).locator('tbody tr');
    const byTokens = await table.evaluateAll((list) =>
      list.map((line) => [...line.children].map((cell) => Number(cell.textContent))),
    );
    for (const [tokens, passes] of byTokens) {
      const expected = trace.passes.slice(1).filter(({ speculation }) => {
        return (speculation ? speculation.accepted + (speculation.next ? 1 : 0) : 1) === tokens;
      });
      assert.equal(passes, expected.length, `${tokens} tokens`);
    }
  });

  it('gives every pass as a table, too', async () => {
    const page = await tab.open(host, { kept: { table: true } });
    const cells = await page
      .locator('.passes-table tbody tr')
      .evaluateAll((list) => list.map((line) => [...line.children].map((cell) => cell.textContent)));
    const passes = trace.passes.slice(1);
    assert.equal(cells.length, passes.length);
    passes.forEach(({ cached, fed, milliseconds, speculation }, place) => {
      const [number, context, tokensFed, drafted, accepted, , , tokens, , verify] = cells[place]!;
      assert.equal(Number(number), place + 1);
      assert.equal(Number(context), cached);
      assert.equal(Number(tokensFed), fed);
      assert.equal(Number(drafted), speculation?.drafted.length ?? 0);
      assert.equal(Number(accepted), speculation?.accepted ?? 0);
      assert.equal(Number(tokens), speculation ? speculation.accepted + (speculation.next ? 1 : 0) : 1);
      assert.equal(verify, milliseconds.toFixed(2));
    });
    await page.locator('.passes-table').focus();
    await page.keyboard.press('End');
    await page.locator('.passes-table-chosen').getByText(`${passes.length}`, { exact: true }).first().waitFor();
    await page.getByRole('button', { name: 'Show as staircase' }).click();
    await tab.chosen(passes.length);
  });
});
