import type { Browser, Locator, Page } from 'playwright-core';
import type { EngineClient } from '../../src/client/index';
import { type PassRow, RunPasses } from '../../src/core/lens/passes';
import type { Trace, TraceSpeculation } from '../../src/core/trace/record';
import type { ModelSummary } from '../../src/protocol/models';
import type { ExplorerSettings } from '../../src/protocol/explorerState';
import { launchBrowser } from '../harness/chromium';
import { type WebviewOptions, WebviewUnderTest } from '../harness/webview';
import { ExplorerHost, bundledModels, startEngine } from './explorer-host';

export const TEXT: Partial<ExplorerSettings> = {
  prompt: 'In the beginning God created the heaven and the earth.',
  decoder: 'speculative',
  decoderOptions: { speculative: { gamma: 5 } },
  sampling: { temperature: 0.8, topK: 0, topP: 1, minP: 0, seed: 3 },
  maxNewTokens: 48,
};

/** A board with a few live cells, as the prompt of the bundled Life model. */
export const LIFE: Partial<ExplorerSettings> = {
  prompt: `@PredictNextState<${Array.from({ length: 256 }, (_, at) => ([17, 34, 48, 49, 50, 120, 121, 122].includes(at) ? 1 : 0)).join('')}> [`,
  decoder: 'copy-previous',
  sampling: { temperature: 0, topK: 0, topP: 1, minP: 0, seed: 1 },
  maxNewTokens: 258,
};

/** The Speculation tab over real runs of the bundled models, each with its own draft model. */
export class SpeculationPage {
  view: WebviewUnderTest | undefined;

  private constructor(
    readonly browser: Browser,
    readonly engine: EngineClient,
    private readonly models: readonly ModelSummary[],
  ) {}

  static async start(): Promise<SpeculationPage> {
    const browser = await launchBrowser();
    const engine = startEngine();
    const models = await bundledModels(engine);
    return new SpeculationPage(browser, engine, models);
  }

  /** The extension's side, with the models of a kind, the larger one chosen. */
  host(kind: ModelSummary['kind'], settings: Partial<ExplorerSettings> = {}): ExplorerHost {
    const fitting = this.models.filter((model) => model.kind === kind);
    return new ExplorerHost(
      this.engine,
      fitting.toSorted((a, b) => b.bytes - a.bytes),
      settings,
    );
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
    return this.view!.page;
  }

  async open(
    host: ExplorerHost,
    options: Partial<WebviewOptions> & { readonly selected?: number | null; readonly kept?: object } = {},
  ): Promise<Page> {
    const { selected = null, kept = {}, ...rest } = options;
    host.told.view = { tab: 'speculation', selected, tabs: { speculation: kept } };
    this.view = await WebviewUnderTest.open(this.browser, { bundle: 'explorer', onMessage: host.onMessage, ...rest });
    await this.page.locator('.spec, .spec-empty, .empty').first().waitFor();
    return this.page;
  }

  /** The list of passes: the staircase, or the table. */
  get stairs(): Locator {
    return this.page.getByRole('listbox', { name: 'Passes of the run' });
  }

  /** Waits until a pass is the chosen one in the staircase, and in view there. */
  async chosenRow(number: number): Promise<void> {
    await this.page.locator(`#pass-${number}[aria-selected="true"]`).waitFor();
  }

  /** Waits until a pass is the chosen one, and its numbers are on show. */
  async chosen(number: number): Promise<void> {
    await this.chosenRow(number);
    await this.page.getByRole('heading', { name: `Pass ${number}`, exact: true }).waitFor();
  }

  /** A number of the run or of break-even, by the name above it: what stands there, the note beside it included. */
  async figure(name: string): Promise<string> {
    const term = this.page.locator('.spec-figure').filter({
      has: this.page.locator('.definition', { hasText: new RegExp(`^${name.replace(/[().]/g, '\\$&')}$`) }),
    });
    return (await term.locator('dd').innerText()).replaceAll(/\s+/g, ' ').trim();
  }

  /** Cells of the drafted tokens of the pass on show. */
  drafts(): Promise<string[][]> {
    return this.page
      .locator('.drafts tbody tr')
      .evaluateAll((rows) => rows.map((row) => [...row.children].map((cell) => cell.textContent.trim())));
  }

  /** Cells of the residual on show: the mark, the token, its probability. */
  residual(): Promise<{ readonly drawn: boolean; readonly token: string; readonly value: string }[]> {
    return this.page.locator('.residual tbody tr').evaluateAll((rows) =>
      rows.map((row) => ({
        drawn: row.classList.contains('residual-drawn'),
        token: row.querySelector('.residual-text')!.textContent.replace(', drawn', ''),
        value: row.querySelector('.number')!.textContent,
      })),
    );
  }
}

/** The passes of a trace that have a draft, with their rows. */
export function draftedRows(
  trace: Trace,
): readonly { readonly row: PassRow; readonly speculation: TraceSpeculation }[] {
  const run = new RunPasses(trace.header.promptLength);
  run.add(trace.passes);
  return run.rows.flatMap((row) => (row.pass.speculation ? [{ row, speculation: row.pass.speculation }] : []));
}
