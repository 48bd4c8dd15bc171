import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';
import { boardPasses, cellsOfPass, decidedCells } from '../../src/core/life/board-passes';
import { readPrediction } from '../../src/core/life/prediction';
import { rejectionMap } from '../../src/core/life/rejections';
import { locateLife } from '../../src/core/life/sequence';
import type { Trace } from '../../src/core/trace/record';
import type { ModelSummary } from '../../src/protocol/models';
import { root } from '../../scripts/lib/run.mjs';
import { artifacts } from '../harness/artifacts';
import { assertAccessible } from '../harness/axe';
import { themeIds } from '../harness/themes';
import { ExplorerHost } from './explorer-host';
import { GREEDY, LifePage, WARM } from './life-page';

describe('the decoding of a board', () => {
  let life: LifePage;
  let folder: string;
  let highLife: ModelSummary;

  before(async () => {
    life = await LifePage.start();
    // The model knows Conway's rule: by HighLife's it is wrong wherever a dead cell has six live neighbours.
    folder = mkdtempSync(path.join(tmpdir(), 'vivarium-highlife-'));
    cpSync(path.join(root, 'models', 'lifegpt-16'), folder, { recursive: true });
    const file = path.join(folder, 'config.json');
    writeFileSync(file, readFileSync(file, 'utf8').replace('"B3/S23"', '"B36/S23"'));
    highLife = (await life.engine.call('inspectModel', { model: { folder } })).summary;
  });
  afterEach(() => life.close());
  after(async () => {
    await life.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const shot = (name: string): Promise<unknown> =>
    life.page.screenshot({ path: path.join(artifacts, `life-decoding-${name}.png`), animations: 'disabled' });
  const hostOf = (decoder: string, over: Partial<ExplorerHost['snapshot']['settings']> = {}): ExplorerHost =>
    new ExplorerHost(life.engine, [highLife, ...life.models], {
      ...life.host(life.random(0.6, 11)).snapshot.settings,
      ...{ model: { folder, file: highLife.file }, decoder, sampling: GREEDY, maxNewTokens: 258, ...over },
    });
  const readOf = (trace: Trace) => {
    const grid = trace.header.model.life!;
    const sequence = locateLife(trace.tokens, trace.header.promptLength, grid)!;
    const passes = boardPasses(trace, grid)!;
    const prediction = readPrediction(trace.tokens, sequence);
    return { sequence, passes, prediction, decided: decidedCells(passes, 256), map: rejectionMap(passes, 256) };
  };
  const opened = (host: ExplorerHost, state: object = {}): Promise<Trace> =>
    life.ran(host, 'life', { tabs: { life: { part: 'decoding', ...state } } });
  const says = async (text: string | RegExp): Promise<void> => {
    await life.page.locator('.decoding-says', { hasText: text }).waitFor();
  };
  const selected = async (index: number): Promise<void> => {
    await life.page.waitForFunction((wanted) => window.vivariumPage.state()?.includes(`"selected":${wanted}`), index);
  };
  const text = (cell: number): string => `row ${Math.floor(cell / 16)}, column ${cell % 16}`;

  it('of the exact rule shows that the rejection map is the error map of the model', async () => {
    const trace = await opened(hostOf('exact-rule'));
    const { map, prediction, passes } = readOf(trace);
    const { page } = life;
    const wrong = prediction.falseBirths + prediction.falseDeaths;
    const rejected = map.rejected.reduce((sum, is) => sum + is, 0);
    assert.ok(rejected > 3, `${rejected} rejected`);
    await life.board(new RegExp(`${rejected} rejected, ${wrong} wrong, ${rejected} both`)).waitFor();
    const claim = await page.locator('.decoding-claim').innerText();
    assert.match(
      claim,
      new RegExp(`rejection map is the model’s error map.* the ${rejected} that the model says wrong`),
    );
    await says(`Pass 1 of ${passes.length}: `);
    await shot('exact-rule');
    // R goes from rejected cell to rejected cell; the table below says what the rule said of it.
    await life.board(/Cells by the pass/).focus();
    const cells = Array.from(map.rejected).flatMap((is, cell) => (is ? [cell] : []));
    for (const cell of cells.slice(0, 2)) {
      await page.keyboard.press('r');
      await page.locator('.decoding-cell', { hasText: text(cell) }).waitFor();
      assert.equal(await page.locator('.decoding-cell .draft-rejected').count(), 1);
    }
    await shot('rejected-cell');
  });

  it('goes through the passes by keyboard, and every pass has its cells', async () => {
    const trace = await opened(hostOf('exact-rule'));
    const { passes, sequence } = readOf(trace);
    const { page } = life;
    const last = passes.length;
    const firstOf = (place: number): number =>
      sequence.firstAnswer + cellsOfPass(passes[place]!, 256).find(({ origin }) => origin !== null)!.cell;
    await life.board(/What the pass drafted/).focus();
    await page.keyboard.press('.');
    await says(`Pass 2 of ${last}: `);
    await selected(firstOf(1));
    await page.keyboard.press(',');
    await says(`Pass 1 of ${last}: `);
    await page.keyboard.press('End');
    await says(`Pass ${last} of ${last}: `);
    await page.keyboard.press('Home');
    await says(`Pass 1 of ${last}: `);
    const slider = page.getByRole('slider', { name: 'Pass' });
    await slider.press('ArrowRight');
    await slider.press('ArrowRight');
    await says(`Pass 3 of ${last}: `);
    await selected(firstOf(2));
    assert.match((await slider.getAttribute('aria-valuetext'))!, /^Pass 3 of/);
    // Space plays to the end; there it begins again.
    await page.keyboard.press('Tab');
    await life.board(/What the pass drafted/).focus();
    await page.keyboard.press('End');
    await page.keyboard.press(' ');
    await page.getByRole('button', { name: 'Pause' }).waitFor();
    await says(`Pass 2 of ${last}: `);
    await page.keyboard.press(' ');
    await page.getByRole('button', { name: 'Play the passes' }).waitFor();
  });

  it('has one selection with the Speculation tab, both ways', async () => {
    const trace = await opened(hostOf('copy-previous'));
    const { passes, sequence, decided } = readOf(trace);
    const { page } = life;
    await page.locator('.decoding-claim', { hasText: 'the cells that the model changes, not its errors' }).waitFor();
    const pass = decided.pass[100]!;
    const board = life.board(/Cells by the pass/);
    await life.press(board, 100, 20, 0, 20);
    await says(`Pass ${pass} of ${passes.length}: `);
    await page.locator('.decoding-cell', { hasText: text(100) }).waitFor();
    await selected(sequence.firstAnswer + 100);
    await page.getByRole('button', { name: 'Show its pass in Speculation' }).click();
    await page.getByRole('heading', { name: `Pass ${pass}`, exact: true }).waitFor();
    await page.locator('.spec-passes').getByRole('button', { name: 'Next pass' }).click();
    await page.getByRole('tab', { name: 'Life' }).click();
    await says(`Pass ${pass + 1} of ${passes.length}: `);
  });

  it('says of draws, guesses, other models and plain decoding what their rejections are', async () => {
    const other = life.models[0]!;
    const cases = [
      ['exact-rule', { sampling: WARM }, /At temperature 4\.5 the rejections are the draws against the rule/],
      ['jacobi', {}, /guesses that did not hold, not errors/],
      ['speculative-jacobi', {}, /guesses that did not hold, not errors/],
      ['speculative', { draft: { folder: other.folder }, sampling: WARM }, /a draw went against lifegpt-16/],
      ['autoregressive', {}, /no rejection map: nothing was drafted/],
    ] as const;
    for (const [decoder, over, expected] of cases) {
      const trace = await opened(hostOf(decoder, over));
      const { passes } = readOf(trace);
      await life.page.locator('.decoding-claim', { hasText: expected }).waitFor();
      await life.board(/Cells by the pass/).focus();
      await life.page.keyboard.press('End');
      await says(`Pass ${passes.length} of ${passes.length}: `);
      await shot(decoder);
      await life.close();
    }
  });

  it('shows a saved trace without its model, and each cell in a table', async () => {
    const trace = await hostOf('exact-rule').record({});
    const host = new ExplorerHost(life.engine, [], {}, { saved: { trace, notes: [] } });
    await life.open(host, { tab: 'life', selected: null, tabs: { life: { part: 'decoding', view: 'table' } } });
    const { map, decided } = readOf(trace);
    const cells = life.page.locator('.life-table td');
    await cells.first().waitFor();
    const said = await cells.allInnerTexts();
    assert.deepEqual(
      said,
      Array.from(decided.pass, (pass, cell) => {
        const origin = decided.origin[cell]!;
        const how = map.rejected[cell] === 1 ? `draft rejected, ${origin}` : origin;
        return `${pass === 0 ? 'prompt' : `pass ${pass}`}, ${how}`;
      }),
    );
    await life.page.getByText(/rejection map is the model’s error map/).waitFor();
    assert.deepEqual(host.asked('run'), []);
  });

  it('can be read and used in every theme, wide and narrow', async () => {
    const host = hostOf('exact-rule');
    const trace = await host.record({});
    const { map, sequence } = readOf(trace);
    const view = {
      ...{ tab: 'life', selected: sequence.firstAnswer + map.rejected.indexOf(1) },
      tabs: { life: { part: 'decoding' } },
    };
    for (const theme of themeIds) {
      for (const width of [1280, 320]) {
        await life.open(host, view, { theme, viewport: { width, height: 860 } });
        await life.board(/Cells by the pass/).waitFor();
        assert.ok(await life.page.evaluate(() => document.body.scrollWidth <= innerWidth));
        assert.deepEqual(await life.view!.violations(), ['style-src-elem inline']);
        await shot(`${theme}-${width}`);
        await assertAccessible(life.page, `decoding of a board, ${theme}, ${width} px`);
        await life.close();
      }
    }
  });
});
