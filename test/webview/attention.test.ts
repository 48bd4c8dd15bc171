import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { HeadStatisticsAccumulator, HeadStructure } from '../../src/core/lens/attention';
import { codeErrorBound, encodeWeight } from '../../src/core/numeric/codes';
import { hex } from '../../src/core/colour/colour';
import { pixelsOfCodes, weightStops } from '../../src/webview/components/ramp';
import { skipWithoutFixtures } from '../harness/fixtures';
import { AttentionPage, HEADS, LAYERS, TOKENS, head } from './attention-page';

describe('the numbers of the Attention tab', { skip: skipWithoutFixtures }, () => {
  let tab: AttentionPage;

  before(async () => {
    tab = await AttentionPage.start();
  });
  afterEach(() => tab.close());
  after(() => tab.stop());

  it('paints every weight with the colour of the ramp', async () => {
    await tab.shown(head(2, 6));
    const ramp = pixelsOfCodes(weightStops(hex('#1f1f1f'), true), 'sqrt');
    const cells = Array.from({ length: TOKENS }, (_, query) =>
      Array.from({ length: query + 1 }, (_, key) => [query, key] as const),
    ).flat();
    const { cell, corners } = await tab.colours(cells);
    assert.ok(Number.isInteger(cell), 'cells of whole device pixels');
    cells.forEach(([query, key], index) => {
      const [first, last] = corners[index]!;
      const code = encodeWeight(tab.reference.weight(2, 6, query, key));
      assert.equal(first, last, 'a cell has one colour');
      // The engine and PyTorch agree within 1e-5, which may be the next code.
      assert.ok(
        [code, code - 1, code + 1].some((each) => ramp[each] === first),
        `query ${query}, key ${key}`,
      );
    });
  });

  it('hatches what a query cannot see, which is no weight of 0', async () => {
    await tab.shown(head(2, 6));
    const later = Array.from({ length: 400 }, (_, index) => [index % 20, 25 + Math.floor(index / 20)] as const);
    const { corners } = await tab.colours(later);
    const found = new Set(corners.flat());
    assert.ok(found.size > 1, 'lines and what is between them');
    assert.ok(!found.has(pixelsOfCodes(weightStops(hex('#1f1f1f'), true), 'sqrt')[0]!));
  });

  it('reads out the exact weight of PyTorch', async () => {
    for (const [layer, at, query, key] of [
      [2, 6, 40, 3],
      [0, 0, 46, 45],
      [4, 7, 17, 17],
    ] as const) {
      await tab.shown({ ...head(layer, at), key }, { query });
      const weight = tab.reference.weight(layer, at, query, key);
      assert.deepEqual(await tab.position(), [query, key]);
      const [, , , , text] = await tab.readout();
      assert.equal(text, weight > 0 && weight < 0.005 ? '<0.01' : weight.toFixed(2));
      assert.ok(Math.abs((await tab.exactWeight()) - weight) < 1e-5);
      await tab.view!.close();
    }
  });

  it('reads out the mean over the heads of a layer', async () => {
    await tab.shown({ ...head(1, null), key: 4 }, { query: 30 });
    const mean =
      Array.from({ length: HEADS }, (_, at) => tab.reference.weight(1, at, 30, 4)).reduce((a, b) => a + b) / HEADS;
    assert.ok(Math.abs((await tab.exactWeight()) - mean) < 1e-5);
    assert.equal(await tab.page.locator('.attention-map h2').textContent(), 'Layer 1, mean of heads');
  });

  it('reads out the cell under the pointer, first from its code and then exactly, and selects it on a click', async () => {
    await tab.shown({ ...head(2, 6), key: 3 });
    const box = (await tab.map().boundingBox())!;
    const cell = box.width / TOKENS;
    const at = { x: 10.5 * cell, y: 33.5 * cell };
    await tab.map().hover({ position: at });
    await tab.page.locator('.readout-weight').getByText('exact').waitFor();
    assert.deepEqual(await tab.position(), [33, 10]);
    assert.ok(Math.abs((await tab.exactWeight()) - tab.reference.weight(2, 6, 33, 10)) < 1e-5);
    assert.equal(
      await tab.page.locator('.attention-query .section-header .muted').first().textContent(),
      'position 40',
    );
    await tab.map().click({ position: at });
    await tab.page.getByText('position 33').first().waitFor();
    await tab.page.locator('.attention-query').getByText('position 33').waitFor();
  });

  it('goes everywhere by keyboard and says where it is', async () => {
    await tab.shown({ ...head(2, 6), key: 3 });
    const { page } = tab;
    const live = page.locator('[aria-live=polite]');
    await tab.map().focus();
    const steps: [string, number, number][] = [
      ['ArrowUp', 39, 3],
      ['ArrowDown', 40, 3],
      ['ArrowRight', 40, 4],
      ['ArrowLeft', 40, 3],
      ['End', 40, 40],
      ['ArrowRight', 40, 40],
      ['Home', 40, 0],
      ['ArrowLeft', 40, 0],
      ['PageUp', 30, 0],
    ];
    for (const [key, query, to] of steps) {
      await page.keyboard.press(key);
      await page.locator('.readout-weight').getByText('exact').waitFor();
      assert.deepEqual(await tab.position(), [query, to], key);
    }
    const weight = tab.reference.weight(2, 6, 30, 0).toFixed(2);
    await live
      .getByText(new RegExp(`Layer 2, head 6\\. Query 30 .*, key 0 <s>: ${weight.replace('.', '\\.')}`))
      .waitFor({
        state: 'attached',
      });
    await page.keyboard.press(']');
    await tab.chosen('Layer 2, head 7');
    await page.keyboard.press(']');
    await tab.chosen('Layer 2, mean of heads');
    await page.keyboard.press(']');
    await tab.chosen('Layer 3, head 0');
    await page.keyboard.press('[');
    await tab.chosen('Layer 2, mean of heads');
    await page.getByRole('listbox').focus();
    await page.keyboard.press('ArrowUp');
    await tab.chosen('Layer 2, head 7');
    await page.keyboard.press('ArrowRight');
    await tab.chosen('Layer 3, head 7');
  });

  it('sorts heads by numbers that equal those of PyTorch', async () => {
    await tab.shown();
    const { page } = tab;
    const numbers = Array.from({ length: LAYERS * HEADS }, (_, index) => {
      const [layer, at] = [Math.floor(index / HEADS), index % HEADS];
      const statistics = new HeadStatisticsAccumulator();
      const structure = new HeadStructure(TOKENS);
      const rows = Array.from({ length: TOKENS }, (_, query) =>
        Float32Array.from({ length: query + 1 }, (_, key) => tab.reference.weight(layer, at, query, key)),
      );
      rows.forEach((row, query) => statistics.add(row, 0, query));
      rows.forEach((row, query) => structure.learn(row, 0, query));
      rows.forEach((row, query) => structure.judge(row, 0, query));
      return { name: `L${layer} H${at}`, ...statistics.summary(), structure: structure.score() };
    });
    for (const [sort, by] of [
      ['by structure', 'structure'],
      ['by entropy', 'entropy'],
      ['by distance', 'distance'],
      ['by first-token mass', 'firstToken'],
    ] as const) {
      await page.getByLabel('Sort heads').selectOption({ label: sort });
      await page.locator('.thumbnail-caption').first().waitFor();
      const captions = await page.locator('.thumbnail-caption').allTextContents();
      assert.equal(captions.length, numbers.length);
      const values = captions.map((caption) => numbers.find(({ name }) => name === caption)![by]);
      values.slice(1).forEach((value, index) => assert.ok(values[index]! >= value - 1e-5, `${sort} at ${index}`));
    }
    const chosen = numbers.toSorted((a, b) => b.structure - a.structure)[0]!;
    assert.equal(
      await page.locator('.attention-map h2').textContent(),
      chosen.name.replace(/L(\d) H(\d)/, 'Layer $1, head $2'),
    );
    const standing = await page.locator('.strip-value').allTextContents();
    assert.match(standing[0]!, new RegExp(`^${chosen.structure.toFixed(2)} bits · 1 of 40$`));
    assert.match(standing[1]!, new RegExp(`^${chosen.entropy.toFixed(2)} bits · \\d+ of 40$`));
    assert.match(standing[2]!, new RegExp(`^${chosen.distance.toFixed(1)} tokens · \\d+ of 40$`));
    assert.match(standing[3]!, new RegExp(`^${chosen.firstToken.toFixed(2)} · \\d+ of 40$`));
  });

  it('lists where a query looks most, and what is left for all others', async () => {
    await tab.shown({ ...head(2, 6), key: 3 });
    const row = Array.from({ length: 41 }, (_, key) => ({ key, weight: tab.reference.weight(2, 6, 40, key) }));
    const most = row.toSorted((a, b) => b.weight - a.weight).slice(0, 8);
    const rows = tab.page.locator('button.most-row');
    assert.deepEqual(
      await rows.evaluateAll((all) => all.map((each) => Number(each.querySelector('.most-position')!.textContent))),
      most.map(({ key }) => key),
    );
    const rest = 1 - most.reduce((sum, { weight }) => sum + weight, 0);
    assert.equal(await tab.page.locator('.others').textContent(), `33 others${rest.toFixed(2)}`);
    await rows.nth(1).click();
    await tab.page.locator('.readout').getByText(`position ${most[1]!.key}`, { exact: true }).waitFor();
  });

  it('shows who looks at a key, and that a column does not sum to 1', async () => {
    await tab.shown({ ...head(2, 6), key: 3 });
    const { page } = tab;
    await page.getByRole('radio', { name: 'Looked at by' }).click();
    const column = Array.from({ length: TOKENS - 3 }, (_, at) => tab.reference.weight(2, 6, at + 3, 3));
    const sum = column.reduce((a, b) => a + b);
    const note = await page.getByText('A column does not sum to 1').textContent();
    const said = Number(/sums to ([\d.]+)\.$/.exec(note!)![1]);
    const bound = column.reduce((total, weight) => total + codeErrorBound(weight), 0.005);
    assert.ok(Math.abs(said - sum) <= bound, `${said} for ${sum}`);
    assert.equal(await page.locator('.most h2').textContent(), 'Looked at most by');
  });

  it('shows the same pair in every head, and a click goes there', async () => {
    await tab.shown({ ...head(2, 6), key: 3 });
    const { page } = tab;
    await page
      .locator('.pair td', { hasText: /^[\d.]+$/ })
      .first()
      .waitFor();
    const cells = await page.locator('.pair tbody td').allTextContents();
    cells.forEach((text, index) => {
      const weight = tab.reference.weight(index % LAYERS, Math.floor(index / LAYERS), 40, 3);
      assert.equal(text, weight < 0.005 ? '0' : weight.toFixed(2));
    });
    await page.locator('.pair tbody tr').nth(1).locator('td').nth(4).click();
    await tab.chosen('Layer 4, head 1');
  });

  it('shares rows out anew without the first token and any other: in map, readout, lists, pair and legend', async () => {
    const [layer, at] = [1, 2];
    await tab.shown({ ...head(layer, at), key: 3 });
    const { page } = tab;
    const without = (left: readonly number[], of = at, from = layer, query = 40) => {
      const row = Array.from({ length: query + 1 }, (_, key) => tab.reference.weight(from, of, query, key));
      const sum = row.reduce((total, weight, key) => total + (left.includes(key) ? 0 : weight), 0);
      return row.map((weight, key) => (left.includes(key) ? NaN : weight / sum));
    };
    const cells = Array.from({ length: TOKENS - 1 }, (_, row) => [row + 1, 0] as const);
    const painted = new Set((await tab.colours(cells)).corners.flat());
    await page.getByLabel('Without first token').check();
    await page.locator('.readout-scale', { hasText: 'without <s> (0)' }).waitFor();
    await tab.complete();
    await page.waitForFunction(
      (weight) =>
        Math.abs(parseFloat(document.querySelector('.readout-weight')!.getAttribute('title')!) - weight) < 1e-5,
      without([0])[3]!,
    );
    const most = without([0])
      .map((weight, key) => ({ key, weight }))
      .filter(({ weight }) => !Number.isNaN(weight))
      .sort((one, other) => other.weight - one.weight);
    const rows = page.locator('button.most-row');
    const listed = await rows.evaluateAll((all) => all.map((each) => each.textContent));
    listed.forEach((text, place) => {
      assert.ok(text.startsWith(`${most[place]!.key}`) && text.endsWith(most[place]!.weight.toFixed(2)), text);
    });
    await page.getByText(`${listed.length} of 40 keys`).waitFor();
    const hatched = new Set((await tab.colours(cells)).corners.flat());
    assert.ok([...hatched].every((pixel) => pixel === 0 || !painted.has(pixel)) || hatched.size <= 3, 'hatched');
    await page.waitForFunction(
      ([row, weight]) => document.querySelectorAll('.pair tbody tr')[row]!.children[2]!.textContent === String(weight),
      [at, without([0])[3]! < 0.005 ? '0' : without([0])[3]!.toFixed(2)] as const,
    );
    // Another column, by its key.
    await tab.map().focus();
    await page.keyboard.press('x');
    await page.locator('.readout-scale', { hasText: `without <s> (0), ` }).waitFor();
    await page.locator('.readout-weight').getByText('left out').waitFor();
    await page.keyboard.press('ArrowRight');
    await page.waitForFunction(
      (weight) =>
        Math.abs(parseFloat(document.querySelector('.readout-weight')!.getAttribute('title')!) - weight) < 1e-5,
      without([0, 3])[4]!,
    );
    await page.getByRole('button', { name: 'All keys' }).click();
    await page.locator('.readout-scale', { hasText: 'without' }).waitFor({ state: 'detached' });
  });

  it('says where a log scale begins, and where a scale ends at the largest weight on show', async () => {
    await tab.shown({ ...head(2, 6), key: 3 });
    const { page } = tab;
    await page.getByRole('radio', { name: 'Log' }).click();
    await page.locator('.readout-scale', { hasText: 'log scale from 0.0001, less as 0' }).waitFor();
    const ramp = pixelsOfCodes(weightStops(hex('#1f1f1f'), true), 'log');
    const code = encodeWeight(tab.reference.weight(2, 6, 33, 10));
    const [[first]] = (await tab.colours([[33, 10]])).corners as [[number, number]];
    assert.ok([code - 1, code, code + 1].some((each) => ramp[each] === first));
    await page.getByLabel('To largest').check();
    let largest = 0;
    for (let query = 1; query < TOKENS; query++) {
      for (let key = 0; key <= query; key++) largest = Math.max(largest, tab.reference.weight(2, 6, query, key));
    }
    const text = await page.locator('.readout-scale', { hasText: 'to the largest on show' }).textContent();
    const said = Number(/on show, ([\d.]+)/.exec(text!)![1]);
    assert.ok(Math.abs(said - largest) <= codeErrorBound(largest) + 0.005, `${said} for ${largest}`);
  });

  it('gives the same numbers as tables', async () => {
    await tab.open({ ...head(2, 6), key: 3, view: 'table' });
    await tab.page.getByText('position 40 (exact)').waitFor();
    const rows = tab.page.locator('.tables table').first().locator('tbody tr');
    const weights = await rows.evaluateAll((all) => all.map((row) => row.lastElementChild!.textContent));
    assert.equal(weights.length, 41);
    weights.forEach((text, key) => {
      const weight = tab.reference.weight(2, 6, 40, key);
      assert.equal(text, weight < 0.005 ? '<0.01' : weight.toFixed(2));
    });
    assert.equal(await tab.page.locator('.tables table').nth(1).locator('tbody tr').count(), 40);
  });
});
