import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import type { EngineClient } from '../../src/client/index';
import { fittingChips, type OfferedChip } from '../../src/webview/explorer/setting-chips';
import { launchBrowser } from '../harness/chromium';
import { Screens, WIDTHS } from '../screens/views';
import { bundledModels, startEngine } from './explorer-host';

/** What holds more columns than a page is wide, and scrolls by itself. */
const MAY_SCROLL_SIDEWAYS =
  '.layers-scroll, .layers-table, .staircase, .pair-table, .token-table, .compared-scroll, .thumbnails, .map-room, .pair-scroll, .lengths-scroll, .sweep-scroll';
/** Lines above a part of a view: what they name is read whole. */
const HEADS =
  '.section-head, .section-header, .section-legend, .section-keys, .toolbar, .legend, .strip-head, .pair-head';

/** What is wrong with a page as it is laid out, in words; nothing where all is well. */
async function faults(page: Page): Promise<string[]> {
  // What the loader of the tests wraps functions in.
  await page.evaluate('globalThis.__name = (named) => named');
  return page.evaluate(
    ([wide, heads]) => {
      const found: string[] = [];
      const nameOf = (element: Element): string => `${element.tagName.toLowerCase()}.${element.classList.value}`;
      const shown = (element: Element): boolean => element.checkVisibility({ visibilityProperty: true });
      const roots: (Document | ShadowRoot)[] = [
        document,
        ...[...document.querySelectorAll('#outputs > *')].flatMap(({ shadowRoot }) => shadowRoot ?? []),
      ];
      const all = (selector: string): Element[] => roots.flatMap((root) => [...root.querySelectorAll(selector)]);
      for (const element of all('*')) {
        const sideways = element.scrollWidth - element.clientWidth;
        const { overflowX } = getComputedStyle(element);
        if (sideways <= 1 || !shown(element) || (overflowX !== 'auto' && overflowX !== 'scroll')) continue;
        if (!element.matches(wide)) found.push(`${nameOf(element)} scrolls sideways by ${sideways} px`);
      }
      if (document.documentElement.scrollWidth > innerWidth) found.push('the page scrolls sideways');
      for (const head of all(heads)) {
        const { right } = head.getBoundingClientRect();
        for (const child of head.children) {
          if (!shown(child) || child.matches('.popover, .unseen')) continue;
          const over = child.getBoundingClientRect().right - right;
          if (over > 1) found.push(`${nameOf(child)} goes ${Math.round(over)} px beyond ${nameOf(head)}`);
          if (child.matches('.key, .number, button') && child.scrollWidth > child.clientWidth + 1) {
            found.push(`${nameOf(child)} in ${nameOf(head)} is cut`);
          }
        }
      }
      return found;
    },
    [MAY_SCROLL_SIDEWAYS, HEADS] as const,
  );
}

describe('every view with the scroll bars that it has', () => {
  let browser: Browser;
  let engine: EngineClient;
  let screens: Screens;

  before(async () => {
    browser = await launchBrowser();
    engine = startEngine();
    screens = new Screens(browser, engine, await bundledModels(engine));
  });
  after(async () => {
    engine.dispose();
    await engine.ended();
    await browser.close();
  });

  const HEIGHT = 860;
  const at = async (name: string, width: number, look: (page: Page) => Promise<void>): Promise<void> => {
    const screen = screens.screen(name);
    const shown = await screen.open({ width, height: screen.height ?? HEIGHT });
    try {
      await look(shown.page);
    } finally {
      await shown.close();
    }
  };

  it(`has nothing that is cut, and nothing to scroll sideways, from ${WIDTHS[0]} to ${WIDTHS.at(-1)} px`, async () => {
    const found: string[] = [];
    for (const { name } of screens.all) {
      for (const width of WIDTHS) {
        await at(name, width, async (page) => {
          for (const fault of await faults(page)) found.push(`${name} at ${width} px: ${fault}`);
        });
      }
    }
    assert.deepEqual(found, []);
  });

  it('has bars that are thin and take room', async () => {
    await at('tokens', 780, async (page) => {
      const room = await page
        .locator('.tokens')
        .evaluate((pane) => (pane as HTMLElement).offsetWidth - pane.clientWidth);
      assert.ok(room > 0 && room <= 12, `${room} px`);
    });
  });

  it('has the settings of a run in one row', async () => {
    for (const name of ['tokens', 'speculation', 'life']) {
      for (const width of [1440, 1280, 1082, 780]) {
        await at(name, width, async (page) => {
          const { height } = (await page.locator('.toolbar').boundingBox())!;
          assert.ok(height <= 46, `${name} at ${width} px: ${height} px`);
        });
      }
    }
  });

  it('has a head of four lines at 500 px, with every control', async () => {
    await at('tokens', 500, async (page) => {
      const { y } = (await page.locator('.panel').boundingBox())!;
      assert.ok(y <= 140, `${y} px`);
      for (const name of ['Run', 'Stop']) await page.getByRole('button', { name, exact: true }).waitFor();
    });
  });

  it('shows the words above the verdicts of a pass whole', async () => {
    for (const width of [780, 900, 1082, 1280]) {
      await at('speculation', width, async (page) => {
        const cut = await page
          .locator('.drafts thead th')
          .evaluateAll((heads) =>
            heads.filter((head) => head.scrollWidth > head.clientWidth).map(({ textContent }) => textContent),
          );
        assert.deepEqual(cut, [], `${width} px`);
      });
    }
  });

  it('does not begin a line with the break that ends the one before', async () => {
    for (const width of WIDTHS) {
      await at('attention', width, async (page) => {
        const alone = await page.locator('.weight-token').evaluateAll(
          (tokens) =>
            tokens.filter((token, at) => {
              const before = tokens[at - 1];
              if (token.textContent !== '↵' || !before || before.textContent.endsWith('↵')) return false;
              return before.getBoundingClientRect().bottom <= token.getBoundingClientRect().top;
            }).length,
        );
        assert.equal(alone, 0, `attention at ${width} px`);
      });
      await at('notebook', width, async (page) => {
        const lines = await page
          .locator('.token-line')
          .evaluateAll((all) =>
            all.map((line) => [...line.querySelectorAll('.chip')].map(({ textContent }) => textContent)),
          );
        const alone = lines.filter(([first], at) => first === '↵' && lines[at - 1]?.at(-1)?.endsWith('↵') === false);
        assert.equal(alone.length, 0, `notebook at ${width} px`);
      });
    }
  });

  it('keeps the numbers below the scale of weights apart', async () => {
    for (const width of WIDTHS) {
      await at('attention', width, async (page) => {
        for (const scale of ['Linear', 'Square root', 'Log']) {
          await page.getByRole('radio', { name: scale }).click();
          const boxes = await page.locator('.ramp-tick').evaluateAll((ticks) =>
            ticks
              .filter((tick) => tick.checkVisibility())
              .map((tick) => tick.getBoundingClientRect())
              .map(({ left, right }) => ({ left, right })),
          );
          assert.ok(boxes.length >= 3);
          boxes.slice(1).forEach(({ left }, before) => {
            assert.ok(left - boxes[before]!.right >= 3, `${scale} at ${width} px: ${JSON.stringify(boxes)}`);
          });
        }
      });
    }
  });

  it('shows the verdicts of a pass, and the table of compared decoders, whole beside what stands there', async () => {
    for (const [name, table, widths] of [
      ['speculation', '.draft-scroll', [1082, 1100, 1150, 1200, 1260, 1280]],
      ['compare', '.compared-scroll', [1082, 1150, 1200, 1280]],
    ] as const) {
      for (const width of widths) {
        await at(name, width, async (page) => {
          const hidden = await page.locator(table).evaluate((pane) => pane.scrollWidth - pane.clientWidth);
          assert.ok(hidden <= 1, `${name} at ${width} px hides ${hidden} px`);
        });
      }
    }
  });

  it('shows a prompt and a text of some sixty tokens whole', async () => {
    for (const [name, boxes] of [
      ['tokens', ['.prompt-text', '.token-text']],
      ['speculation', ['.prompt-text', '.token-text']],
      ['attention-view', ['.weight-text']],
    ] as const) {
      for (const width of WIDTHS) {
        await at(name, width, async (page) => {
          for (const box of boxes) {
            const hidden = await page.locator(box).evaluate((pane) => pane.scrollHeight - pane.clientHeight);
            assert.ok(hidden <= 1, `${name}, ${box} at ${width} px hides ${hidden} px`);
          }
        });
      }
    }
  });
});

describe('the row of settings', () => {
  const chip = (key: string, value: string, idle = false): OfferedChip => ({ key, name: key, value, idle });
  const chips = [
    chip('temperature', '0.8'),
    chip('topK', 'off'),
    chip('topP', '0.9'),
    chip('minP', 'off'),
    chip('seed', '3'),
    chip('maxNewTokens', '44'),
  ];
  const left = (room: number): string[] =>
    [...fittingChips(chips, [100, 60, 60, 60, 60, 100], room)].sort().map((place) => chips[place]!.key);

  it('leaves out what says least: filters that are off, then the seed, then filters', () => {
    assert.equal(left(480).length, 6);
    assert.deepEqual(left(479), ['temperature', 'topK', 'topP', 'seed', 'maxNewTokens']);
    assert.deepEqual(left(411), ['temperature', 'topP', 'seed', 'maxNewTokens']);
    assert.deepEqual(left(343), ['temperature', 'topP', 'maxNewTokens']);
    assert.deepEqual(left(275), ['temperature', 'maxNewTokens']);
    assert.deepEqual(left(120), ['temperature']);
    assert.deepEqual(left(20), []);
  });
});
