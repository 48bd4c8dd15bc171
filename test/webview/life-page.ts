import type { Browser, Locator, Page } from 'playwright-core';
import type { EngineClient } from '../../src/client/index';
import { centred, randomBoard } from '../../src/core/life/board';
import { findPattern } from '../../src/core/life/patterns';
import { lifePrompt } from '../../src/core/life/prompt';
import { Random } from '../../src/core/numeric/random';
import type { LifeGrid, Trace } from '../../src/core/trace/record';
import type { ModelSummary } from '../../src/protocol/models';
import type { ExplorerSettings, ExplorerView } from '../../src/protocol/explorerState';
import { launchBrowser } from '../harness/chromium';
import { type WebviewOptions, WebviewUnderTest } from '../harness/webview';
import { ExplorerHost, bundledModels, startEngine } from './explorer-host';

export const GREEDY = { temperature: 0, topK: 0, topP: 1, minP: 0, seed: 1 } as const;
/** Draws so warm that the model errs, but mostly says cells. */
export const WARM = { temperature: 4.5, topK: 2, topP: 1, minP: 0, seed: 2 } as const;

/** The Explorer over real runs of the bundled Life models. */
export class LifePage {
  view: WebviewUnderTest | undefined;

  private constructor(
    readonly browser: Browser,
    readonly engine: EngineClient,
    readonly models: readonly ModelSummary[],
    readonly grid: LifeGrid,
  ) {}

  static async start(): Promise<LifePage> {
    const browser = await launchBrowser();
    const engine = startEngine();
    const listed = await bundledModels(engine);
    const models = listed.filter(({ kind, role }) => kind === 'life' && role === 'target');
    const grid = models[0]?.life;
    if (!grid) throw new Error('There is no bundled Life model.');
    return new LifePage(browser, engine, models, grid);
  }

  async stop(): Promise<void> {
    this.engine.dispose();
    await this.engine.ended();
    await this.browser.close();
  }

  async close(): Promise<void> {
    await this.view?.close();
    this.view = undefined;
  }

  get page(): Page {
    if (!this.view) throw new Error('No page is open.');
    return this.view.page;
  }

  glider(): Uint8Array {
    return centred(findPattern('glider')!.pattern, this.grid);
  }

  random(order: number, seed: number): Uint8Array {
    return randomBoard(Random.fromSeed(seed), this.grid, order);
  }

  host(board: Uint8Array, settings: Partial<ExplorerSettings> = {}): ExplorerHost {
    return new ExplorerHost(this.engine, this.models, {
      prompt: lifePrompt(board, this.grid),
      sampling: GREEDY,
      maxNewTokens: 258,
      ...settings,
    });
  }

  /** A run to its end, and the page on it with a tab on show. */
  async ran(host: ExplorerHost, tab: string, view: Partial<ExplorerView> = {}): Promise<Trace> {
    const trace = await host.record({});
    await this.open(host, { tab, selected: null, tabs: {}, ...view });
    return trace;
  }

  async open(host: ExplorerHost, view: ExplorerView, options: Partial<WebviewOptions> = {}): Promise<void> {
    host.told.view = view;
    this.view = await WebviewUnderTest.open(this.browser, {
      bundle: 'explorer',
      onMessage: host.onMessage,
      ...options,
    });
    await this.page.locator('.shell').waitFor();
  }

  board(name: RegExp): Locator {
    return this.page.getByRole('application', { name });
  }

  /** Presses on a cell of a board, of which the grid begins `left`, `top` pixels from its corner. */
  async press(board: Locator, cell: number, left: number, top: number, pitch: number): Promise<void> {
    const [row, column] = [Math.floor(cell / this.grid.width), cell % this.grid.width];
    await board.click({ position: { x: left + (column + 0.5) * pitch, y: top + (row + 0.5) * pitch } });
  }
}
