import assert from 'node:assert/strict';
import path from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';
import { errorOf, readPrediction } from '../../src/core/life/prediction';
import { locateLife } from '../../src/core/life/sequence';
import type { Trace } from '../../src/core/trace/record';
import { artifacts } from '../harness/artifacts';
import { assertAccessible } from '../harness/axe';
import { themeIds } from '../harness/themes';
import { LifePage, WARM } from './life-page';

describe('the Life tab', () => {
  let life: LifePage;

  before(async () => {
    life = await LifePage.start();
  });
  afterEach(() => life.close());
  after(() => life.stop());

  const shot = (name: string): Promise<unknown> =>
    life.page.screenshot({ path: path.join(artifacts, `life-${name}.png`), animations: 'disabled' });
  const readOf = (trace: Trace) => {
    const sequence = locateLife(trace.tokens, trace.header.promptLength, life.grid)!;
    return { sequence, prediction: readPrediction(trace.tokens, sequence) };
  };
  const fact = (name: string): Promise<string> =>
    life.page
      .locator('.life-side dl > div', { has: life.page.getByText(name, { exact: true }) })
      .locator('dd')
      .innerText();
  const figure = async (at: number): Promise<string> =>
    (await life.page.locator('.cell-figures dd').nth(at).innerText()).trim();

  it('shows input, prediction and truth with the numbers of the trace', async () => {
    const trace = await life.ran(life.host(life.random(0.4, 11), { sampling: WARM }), 'life');
    const { prediction, sequence } = readOf(trace);
    await life.board(/model’s next board: \d+ alive, \d+ wrong/).waitFor();
    const wrong = prediction.falseBirths + prediction.falseDeaths;
    assert.ok(wrong > 0, 'draws as warm as these err');
    assert.equal(await fact('Cells wrong'), `${wrong} of 256`);
    assert.equal(await fact('False births'), String(prediction.falseBirths));
    assert.equal(await fact('False deaths'), String(prediction.falseDeaths));
    assert.equal(await fact('Population, input'), String(sequence.before.reduce((sum, cell) => sum + cell, 0)));
    await shot('state');
    await life.page.getByRole('radio', { name: 'p alive' }).click();
    await shot('alive');
    await life.page.getByRole('radio', { name: 'Entropy' }).click();
    await shot('entropy');
    await life.page.getByRole('radio', { name: 'Centred on errors' }).click();
    await shot('centred');
  });

  it('chooses cells by press and by arrows, around the torus, and says what the model thought of them', async () => {
    const host = life.host(life.glider());
    const trace = await life.ran(host, 'life');
    const { prediction, sequence } = readOf(trace);
    const model = life.board(/model’s next board/);
    await life.press(model, 37, 20, 0, 20);
    await life.page.locator('.cell-place', { hasText: 'row 2, column 5' }).waitFor();
    await model.focus();
    for (let i = 0; i < 3; i++) await life.page.keyboard.press('ArrowUp');
    await life.page.locator('.cell-place', { hasText: 'row 15, column 5' }).waitFor();
    const alive = prediction.exact.findIndex((cell) => cell === 1);
    const [row, column] = [Math.floor(alive / 16), alive % 16];
    for (let i = 0; i <= row; i++) await life.page.keyboard.press('ArrowDown');
    for (let i = 5; i < column; i++) await life.page.keyboard.press('ArrowRight');
    await life.page.locator('.cell-place', { hasText: `row ${row}, column ${column}` }).waitFor();
    assert.equal(await figure(2), 'alive');
    const p = trace.tokens[sequence.firstAnswer + alive]!.judgement!.top.find(({ text }) => text === '1')!.probability;
    assert.equal(await figure(0), p >= 0.9995 ? '>0.999' : p.toFixed(3));
    const { view } = (await life.view!.state()) as { view: { selected: number } };
    await life.page.waitForFunction(
      (index) => window.vivariumPage.state()?.includes(`"selected":${index}`),
      sequence.firstAnswer + alive,
    );
    assert.ok(view);
    assert.match(await life.page.locator('[aria-live=polite]').last().innerText(), new RegExp(`row ${row}, column`));
  });

  it('goes to the next error with E, also in the table', async () => {
    const trace = await life.ran(life.host(life.random(0.4, 11), { sampling: WARM }), 'life');
    const { prediction } = readOf(trace);
    const wrong = Array.from(prediction.cells).flatMap((cell, at) =>
      errorOf(cell, prediction.exact[at]!) ? [at] : [],
    );
    await life.board(/model’s next board/).focus();
    await life.page.keyboard.press('e');
    const first = wrong.find((at) => at > 0)!;
    await life.page
      .locator('.cell-place', { hasText: `row ${Math.floor(first / 16)}, column ${first % 16}` })
      .waitFor();
    await life.page.getByRole('button', { name: 'Show as a table' }).click();
    const error = prediction.exact[first] === 0 ? 'alive, own false birth' : 'dead, own false death';
    assert.equal(await life.page.locator('.life-table td.chosen').innerText(), error);
    assert.equal(await life.page.locator('.life-table td.wrong').count(), wrong.length);
  });

  it('says why an answer is no whole board, and counts what is missing', async () => {
    const trace = await life.ran(life.host(life.glider(), { maxNewTokens: 100 }), 'life');
    assert.equal(readOf(trace).prediction.read, 100);
    await life.page.getByText('It does not end with "]$".').waitFor();
    assert.equal(await fact('Cells missing'), '156');
  });

  it('is offered for Life models alone, and says so where the prompt is no board', async () => {
    const host = life.host(life.glider(), { prompt: '@PredictNextState<01', maxNewTokens: 1 });
    await life.ran(host, 'life');
    await life.page.getByText('is no board of lifegpt-16').waitFor();
  });

  it('can be read and used in every theme, wide and narrow', async () => {
    const host = life.host(life.random(0.4, 11), { sampling: WARM });
    await host.record({});
    for (const theme of themeIds) {
      for (const width of [1280, 320]) {
        await life.open(host, { tab: 'life', selected: null, tabs: {} }, { theme, viewport: { width, height: 860 } });
        await life.board(/model’s next board/).waitFor();
        assert.ok(await life.page.evaluate(() => document.body.scrollWidth <= innerWidth));
        assert.deepEqual(await life.view!.violations(), ['style-src-elem inline']);
        await shot(`${theme}-${width}`);
        await assertAccessible(life.page, `Life, ${theme}, ${width} px`);
        await life.close();
      }
    }
  });
});
