import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { Browser, Locator } from 'playwright-core';
import type { EngineClient } from '../../src/client/index';
import type { Handlers } from '../../src/protocol/call';
import type { ExplorerApi } from '../../src/protocol/explorer';
import { launchBrowser } from '../harness/chromium';
import { fixture } from '../harness/fixtures';
import { readSafetensors } from '../harness/safetensors';
import { type WebviewOptions, WebviewUnderTest } from '../harness/webview';
import { ExplorerHost, listModels, startEngine } from './explorer-host';

/** PyTorch's attention of the second reference run: [5 layers, 8 heads, 47, 47]. */
export const LAYERS = 5;
export const HEADS = 8;
export const TOKENS = 47;

interface Reference {
  readonly prompt: string;
  readonly promptLength: number;
  readonly ids: readonly number[];
  readonly weight: (layer: number, head: number, query: number, key: number) => number;
}

function readReference(): Reference {
  const tensors = readSafetensors(fixture('exports', 'stories260K', 'golden.safetensors'));
  const { runs } = JSON.parse(readFileSync(fixture('stories260K', 'golden_runc.json'), 'utf8')) as {
    runs: { prompt: string; prompt_tokens: number[] }[];
  };
  const attentions = tensors.get('1.attentions')!.data as Float32Array;
  return {
    prompt: runs[1]!.prompt,
    promptLength: runs[1]!.prompt_tokens.length,
    ids: Array.from(tensors.get('1.input_ids')!.data as BigInt64Array, Number),
    weight: (layer, head, query, key) => attentions[((layer * HEADS + head) * TOKENS + query) * TOKENS + key]!,
  };
}

/** State of the tab with a head chosen; `null` is the mean over the layer's heads. */
export function head(layer: number, at: number | null): object {
  return { head: { layer, head: at } };
}

/** The Attention tab over a real run of a real model, which is PyTorch's reference run token by token. */
export class AttentionPage {
  view: WebviewUnderTest | undefined;

  private constructor(
    readonly browser: Browser,
    readonly engine: EngineClient,
    public host: ExplorerHost,
    readonly reference: Reference,
  ) {}

  static async start(): Promise<AttentionPage> {
    const reference = readReference();
    const browser = await launchBrowser();
    const engine = startEngine();
    const folder = fixture('exports', 'stories260K', 'optimum');
    const host = new ExplorerHost(engine, await listModels(engine, [{ path: folder, origin: 'added' }]));
    const { ids } = reference;
    const trace = await host.record({
      prompt: reference.prompt,
      sampling: { temperature: 0, topK: 0, topP: 1, minP: 0, seed: 1 },
      maxNewTokens: TOKENS - reference.promptLength,
    });
    assert.deepEqual(
      trace.tokens.map(({ id }) => id),
      ids,
    );
    return new AttentionPage(browser, engine, host, reference);
  }

  async stop(): Promise<void> {
    this.engine.dispose();
    await this.engine.ended();
    await this.browser.close();
  }

  /** After a test: no page, and no answers but the engine's. */
  async close(): Promise<void> {
    await this.view?.close();
    this.view = undefined;
    this.answer({});
  }

  get page(): WebviewUnderTest['page'] {
    return this.view!.page;
  }

  /** Answers in place of the engine's, and no others. */
  answer(overrides: Partial<Handlers<ExplorerApi>>): void {
    for (const method of Object.keys(this.host.overrides)) Reflect.deleteProperty(this.host.overrides, method);
    Object.assign(this.host.overrides, overrides);
  }

  /** Opens the tab with a query selected and what the tab had kept. */
  async open(state: object = {}, options: Partial<WebviewOptions> & { readonly query?: number } = {}): Promise<void> {
    const { query = 40, ...rest } = options;
    this.host.told.view = { tab: 'attention', selected: query, tabs: { attention: state } };
    this.view = await WebviewUnderTest.open(this.browser, {
      bundle: 'explorer',
      onMessage: this.host.onMessage,
      ...rest,
    });
  }

  /** The same, and waits for the map and the exact weight. */
  async shown(...given: Parameters<AttentionPage['open']>): Promise<void> {
    await this.open(...given);
    await this.complete();
  }

  async complete(): Promise<void> {
    await this.page.locator('.heat-map canvas[aria-busy=false]').waitFor();
    await this.page.locator('.readout-weight').getByText('exact').waitFor();
  }

  map(): Locator {
    return this.page.locator('.heat-map canvas');
  }

  /** Waits for a head to be the chosen one. */
  chosen(title: string): Promise<void> {
    return this.page.getByRole('heading', { name: title }).first().waitFor();
  }

  /** Query, its position, key, its position, weight. */
  async readout(): Promise<string[]> {
    const texts = await this.page.locator('.readout dd, .readout output').allTextContents();
    return texts.map((text) => text.trim());
  }

  async position(): Promise<readonly [query: number, key: number]> {
    const [, query, , key] = await this.readout();
    return [Number(query!.split(' ')[1]), Number(key!.split(' ')[1])];
  }

  /** The weight of the readout with all the decimals that it gives. */
  async exactWeight(): Promise<number> {
    const title = await this.page.locator('.readout-weight').getAttribute('title');
    return Number(/^[\d.e-]+/.exec(title!)![0]);
  }

  /** The colours of cells of the map, each at its upper left and at its lower right pixel. */
  colours(
    cells: readonly (readonly [query: number, key: number])[],
  ): Promise<{ readonly cell: number; readonly corners: readonly (readonly [number, number])[] }> {
    return this.map().evaluate(
      (element, { cells, tokens }) => {
        const canvas = element as HTMLCanvasElement;
        const cell = canvas.width / tokens;
        const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.width);
        const pixels = new Uint32Array(data.buffer);
        const corners = cells.map(([query, key]) => {
          const first = query * cell * canvas.width + key * cell;
          return [pixels[first]!, pixels[first + (cell - 1) * (canvas.width + 1)]!] as const;
        });
        return { cell, corners };
      },
      { cells, tokens: TOKENS },
    );
  }
}
