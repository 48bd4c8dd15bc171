import type { Browser, Page } from 'playwright-core';
import type { EngineClient } from '../../src/client/index';
import { centred, randomBoard } from '../../src/core/life/board';
import { findPattern } from '../../src/core/life/patterns';
import { patternText } from '../../src/core/life/formats';
import { lifePrompt } from '../../src/core/life/prompt';
import { locateLife } from '../../src/core/life/sequence';
import { lifeResult, LIFE_RESULT_MIME } from '../../src/core/notebook/life-result';
import { RESULT_MIME, runResult } from '../../src/core/notebook/result';
import { Random } from '../../src/core/numeric/random';
import type { Trace } from '../../src/core/trace/record';
import type { ExplorerSettings, ExplorerView } from '../../src/protocol/explorerState';
import type { ModelSummary } from '../../src/protocol/models';
import { RendererUnderTest } from '../harness/renderer';
import type { ThemeId } from '../harness/themes';
import { WebviewUnderTest } from '../harness/webview';
import { AttentionHost } from '../webview/attention-view-host';
import { ExplorerHost } from '../webview/explorer-host';
import { LifeHost } from '../webview/life-editor-host';
import { makeRun, RunPairHost } from '../webview/run-pair-host';
import { StripHost } from '../webview/strip-view-host';
import { TokensHost } from '../webview/tokens-view-host';

interface Shown {
  readonly page: Page;
  setTheme(theme: ThemeId): Promise<void>;
  close(): Promise<void>;
}

interface Viewport {
  readonly width: number;
  readonly height: number;
}

/** A view with what it is about, as a picture is taken of it. */
export interface Screen {
  readonly name: string;
  /** Of the view where it is not the height of an editor, in pixels. */
  readonly height?: number;
  readonly open: (viewport: Viewport) => Promise<Shown>;
}

/** A window, a window with the side bar open, the editor that is left of it, and half a window. */
export const WIDTHS = [1440, 1082, 780, 500];

const GREEDY = { temperature: 0, topK: 0, topP: 1, minP: 0, seed: 1 };
const PROMPT = 'In the beginning God created the heaven and the earth.';
const SCRIPTURE =
  'And God said, Let there be light: and there was light. And God saw the light, that it was good: and God divided the light from the darkness.';

/** Every view over real runs of the bundled models. */
export class Screens {
  private readonly hosts = new Map<string, Promise<ExplorerHost>>();

  readonly all: readonly Screen[];

  /** @param models the bundled ones. */
  constructor(
    private readonly browser: Browser,
    private readonly engine: EngineClient,
    private readonly models: readonly ModelSummary[],
  ) {
    this.all = [...this.texts(), ...this.boards(), ...this.others()];
  }

  screen(name: string): Screen {
    const screen = this.all.find((each) => each.name === name);
    if (!screen)
      throw new Error(`There is no view ${name}. There are ${this.all.map((each) => each.name).join(', ')}.`);
    return screen;
  }

  private texts(): readonly Screen[] {
    const drawn = { sampling: { ...GREEDY, temperature: 0.8, topK: 40, topP: 0.9, minP: 0.02, seed: 3 } };
    const text = (name: string, settings: Partial<ExplorerSettings> = {}): Promise<ExplorerHost> =>
      this.host(name, 'almanac', { prompt: PROMPT, ...drawn, maxNewTokens: 44, ...settings }, true);
    const gamma = { speculative: { gamma: 5 } };
    const drafted = (): Promise<ExplorerHost> =>
      text('drafted', {
        decoder: 'speculative',
        decoderOptions: gamma,
        sampling: { ...GREEDY, temperature: 0.8, seed: 3 },
      });
    return [
      {
        name: 'explorer-first',
        open: async (viewport) =>
          this.explorer(await this.host('first', 'almanac', {}), { tab: 'tokens' }, viewport, '.empty'),
      },
      {
        name: 'tokens',
        open: async (viewport) =>
          this.explorer(await text('text'), { tab: 'tokens', selected: 20 }, viewport, '.bars tbody tr'),
      },
      {
        name: 'tokens-table',
        open: async (viewport) => {
          const tabs = { tokens: { table: true } };
          return this.explorer(await text('text'), { tab: 'tokens', selected: 20, tabs }, viewport, '.bars tbody tr');
        },
      },
      {
        name: 'attention',
        open: async (viewport) =>
          this.explorer(await text('text'), { tab: 'attention', selected: 40 }, viewport, '.readout-weight'),
      },
      {
        name: 'layers',
        open: async (viewport) =>
          this.explorer(await text('text'), { tab: 'layers', selected: 20 }, viewport, '.layers-scroll tbody td'),
      },
      {
        name: 'speculation',
        open: async (viewport) =>
          this.explorer(await drafted(), { tab: 'speculation', selected: 24 }, viewport, '.drafts tbody tr'),
      },
      {
        name: 'viewer',
        open: async (viewport) => {
          const trace = (await drafted()).snapshot.trace!;
          const host = new ExplorerHost(this.engine, [], {}, { saved: { trace, notes: [] } });
          return this.explorer(host, { tab: 'speculation', selected: 24 }, viewport, '.drafts tbody tr');
        },
      },
      {
        name: 'compare',
        open: async (viewport) => {
          const host = await this.host('compare', 'almanac', { prompt: PROMPT, maxNewTokens: 24 });
          const view = { tab: 'compare' };
          if (!host.snapshot.comparison) {
            const first = await this.explorer(host, view, { width: 1280, height: 860 }, '.compare');
            await first.page.getByRole('button', { name: 'Compare', exact: true }).click();
            await first.page.getByText(/^Comparison complete/).waitFor({ state: 'attached', timeout: 120_000 });
            await first.close();
          }
          return this.explorer(host, view, viewport, '.compared tbody tr');
        },
      },
    ];
  }

  private boards(): readonly Screen[] {
    const model = this.named('lifegpt-16');
    const grid = model.life!;
    const prompt = lifePrompt(centred(findPattern('glider')!.pattern, grid), grid);
    // So warm that the model errs.
    const warm = { ...GREEDY, temperature: 4.5, topK: 2, seed: 2 };
    const soup = lifePrompt(randomBoard(Random.fromSeed(11), grid, 0.6), grid);
    const life = (name: string, settings: Partial<ExplorerSettings> = {}): Promise<ExplorerHost> =>
      this.host(name, model.name, { prompt, sampling: GREEDY, maxNewTokens: 258, ...settings }, true);
    return [
      {
        name: 'board-prompt',
        open: async (viewport) =>
          this.explorer(await this.host('drawn', model.name, {}), { tab: 'life' }, viewport, '.board-summary'),
      },
      {
        name: 'life',
        open: async (viewport) =>
          this.explorer(
            await life('warm', { prompt: soup, sampling: warm }),
            { tab: 'life' },
            viewport,
            '.life canvas',
          ),
      },
      {
        name: 'life-decoding',
        open: async (viewport) => {
          const host = await life('decoded', {
            prompt: soup,
            sampling: { ...warm, temperature: 2 },
            decoder: 'exact-rule',
          });
          const tabs = { life: { part: 'decoding' } };
          return this.explorer(host, { tab: 'life', tabs }, viewport, '.decoding-says');
        },
      },
      {
        name: 'life-rollout',
        open: async (viewport) => {
          const tabs = { life: { part: 'rollout' } };
          const shown = await this.explorer(await life('greedy'), { tab: 'life', tabs }, viewport, '.shell');
          const field = shown.page.getByRole('textbox', { name: 'Steps, 1 to 1000' });
          await field.fill('6');
          await field.press('Enter');
          await shown.page.getByRole('button', { name: 'Roll', exact: true }).click();
          await shown.page.locator('.roll-sentence', { hasText: /all 6 steps|first wrong|wrong/ }).waitFor();
          return shown;
        },
      },
      {
        name: 'life-attention',
        open: async (viewport) => {
          const host = await life('greedy');
          const { firstAnswer } = locateLife(
            host.snapshot.trace!.tokens,
            host.snapshot.trace!.header.promptLength,
            grid,
          )!;
          const view = { tab: 'attention', selected: firstAnswer + 7 * grid.width + 8 };
          const shown = await this.explorer(host, view, viewport, '.shell');
          await shown.page
            .getByRole('region', { name: 'Moore score', exact: true })
            .getByText(/\d\.\d\d/)
            .first()
            .waitFor();
          return shown;
        },
      },
      {
        name: 'sweep',
        open: async (viewport) => {
          const host = await this.host('sweep', model.name, {});
          const view = { tab: 'sweep' };
          if (!host.snapshot.sweep) {
            const first = await this.explorer(host, view, { width: 1280, height: 860 }, '.sweep');
            const { page } = first;
            for (const [label, value] of [
              [/^Boards at each density/, '2'],
              ['Step between densities', '0.2'],
            ] as const) {
              await page.getByRole('textbox', { name: label }).fill(value);
              await page.keyboard.press('Enter');
            }
            await page.getByRole('button', { name: 'Sweep', exact: true }).click();
            await page.getByText(/^Sweep complete: /).waitFor({ state: 'attached', timeout: 120_000 });
            await first.close();
          }
          return this.explorer(host, view, viewport, '.sweep-table tbody tr');
        },
      },
      {
        name: 'life-editor',
        open: async (viewport) => {
          const host = new LifeHost(patternText(findPattern('gosper glider gun')!.pattern), 'gun.rle', {
            client: this.engine,
            models: this.models.filter(({ life: has, role }) => has && role === 'target'),
          });
          return this.view('life', host, viewport, '.life-board canvas');
        },
      },
    ];
  }

  private others(): readonly Screen[] {
    const almanac = this.named('almanac');
    return [
      {
        name: 'runs-pair',
        open: async (viewport) => {
          const draft = this.named('almanac-draft');
          const a = await makeRun(this.engine, { model: almanac, prompt: PROMPT });
          const b = await makeRun(this.engine, { model: draft, prompt: PROMPT });
          const runs = new Map<string, Trace>([a, b].map((trace) => [trace.header.id, trace]));
          const host = new RunPairHost(runs, { a: a.header.id, b: b.header.id });
          return this.view('runs', host, viewport, '.pair-alternatives tbody tr');
        },
      },
      {
        name: 'tokens-view',
        open: async (viewport) => {
          const host = new TokensHost(this.engine, almanac);
          await host.write('In the beginning God created the heaven and the', ' earth. And the earth was');
          await host.set({ models: ['almanac', 'another'] });
          return this.view('tokens', host, viewport, '[role=option]');
        },
      },
      {
        name: 'attention-view',
        open: async (viewport) => {
          const host = new AttentionHost(this.engine, almanac);
          await host.write(SCRIPTURE);
          await host.set({ models: ['almanac', 'another'] });
          return this.view('attention', host, viewport, '.most-rows button');
        },
      },
      {
        name: 'strip',
        height: 300,
        open: async (viewport) => {
          const host = new StripHost(this.engine, almanac);
          await host.write(SCRIPTURE);
          return this.view('strip', host, viewport, 'main canvas');
        },
      },
      {
        name: 'strip-outlier',
        height: 300,
        open: async (viewport) => {
          const host = new StripHost(this.engine, almanac);
          const { strip } = await host.write(SCRIPTURE);
          const tokens = strip.tokens.map((token) =>
            token.index === 12 && token.judgement
              ? { ...token, judgement: { ...token.judgement, probability: 2 ** -58, surprisal: 58 } }
              : token,
          );
          await host.set({ shown: { state: 'ready', strip: { ...strip, tokens } } });
          return this.view('strip', host, viewport, 'main canvas');
        },
      },
      {
        name: 'notebook',
        open: async ({ width }) => {
          const shown = await RendererUnderTest.open(this.browser, 'dark', width);
          const runs = await this.notebookRuns();
          for (const [mime, result] of runs) await shown.show(mime, result);
          await shown.page
            .locator('section.result')
            .nth(runs.length - 1)
            .waitFor();
          return shown;
        },
      },
    ];
  }

  private async notebookRuns(): Promise<(readonly [string, unknown])[]> {
    const almanac = this.named('almanac');
    const draft = this.named('almanac-draft');
    const run = await makeRun(this.engine, {
      ...{ model: almanac, draft, decoder: 'speculative', prompt: PROMPT },
      ...{ sampling: { temperature: 0.8, seed: 3 }, maxNewTokens: 44 },
    });
    const grid = this.named('lifegpt-16').life!;
    const board = centred(findPattern('glider')!.pattern, grid);
    return [
      [RESULT_MIME, runResult(run, ['tokens', 'speculation'], [])],
      [LIFE_RESULT_MIME, lifeResult('lifegpt-16', grid, [board, board], [])],
    ];
  }

  private named(name: string): ModelSummary {
    const model = this.models.find((each) => each.name === name);
    if (!model) throw new Error(`There is no bundled model ${name}.`);
    return model;
  }

  /** A host by its name, made once, and with a run where it is to have one. */
  private host(name: string, of: string, settings: Partial<ExplorerSettings>, run = false): Promise<ExplorerHost> {
    const made = this.hosts.get(name);
    if (made) return made;
    const { folder, file } = this.named(of);
    const host = new ExplorerHost(this.engine, this.models, { model: { folder, file }, ...settings });
    const ready = run ? host.record({}).then(() => host) : Promise.resolve(host);
    this.hosts.set(name, ready);
    return ready;
  }

  private explorer(host: ExplorerHost, view: Partial<ExplorerView>, viewport: Viewport, ready: string): Promise<Shown> {
    host.told.view = { tab: 'tokens', selected: null, tabs: {}, ...view };
    return this.view('explorer', host, viewport, ready);
  }

  private async view(
    bundle: string,
    { onMessage }: Pick<ExplorerHost, 'onMessage'>,
    viewport: Viewport,
    ready: string,
  ): Promise<Shown> {
    const shown = await WebviewUnderTest.open(this.browser, { bundle, viewport, onMessage });
    await shown.page.locator(ready).first().waitFor();
    // The tokens of a prompt are counted a moment after it is there.
    await shown.page.waitForFunction(() => {
      const prompt = document.querySelector<HTMLTextAreaElement>('.prompt-text');
      return !prompt?.value || document.querySelector('.prompt-count')?.textContent !== '';
    });
    return shown;
  }
}
