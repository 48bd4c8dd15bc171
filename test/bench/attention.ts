import { decodeWeights, encodeWeight } from '../../src/core/numeric/codes';
import { packedIndex, packedLength, packedRow, thumbnail } from '../../src/core/lens/packed';
import { shareWithout } from '../../src/core/lens/without';
import type { Trace, TraceToken } from '../../src/core/trace/record';
import { launchBrowser } from '../harness/chromium';
import { fixture } from '../harness/fixtures';
import { WebviewUnderTest } from '../harness/webview';
import { ExplorerHost, listModels, startEngine } from '../webview/explorer-host';
import { median } from './worker';

const TOKENS = 2071;
const LAYERS = 12;
const HEADS = 8;
const MOVES = 150;

export interface MoveTimes {
  /** Milliseconds of the page's own thread from the event to the painted frame. */
  readonly median: number;
  readonly ninetyFifth: number;
  readonly slowest: number;
}

export interface AttentionTimes {
  /** What scroll bars take of the width: 0 where the browser hides them. */
  readonly scrollBar: number;
  readonly hover: MoveTimes;
  readonly pan: MoveTimes;
  readonly query: MoveTimes;
}

/** The Attention tab over 2,071 tokens in real Chromium: the pointer over the map, the window dragged, the query moved. */
export async function measureAttention(): Promise<AttentionTimes> {
  const engine = startEngine();
  const browser = await launchBrowser();
  const folder = fixture('exports', 'stories260K', 'optimum');
  const host = new ExplorerHost(engine, await listModels(engine, [{ path: folder, origin: 'added' }]));
  const sampling = { temperature: 0, topK: 0, topP: 1, minP: 0, seed: 1 };
  const trace = await host.record({ prompt: 'Once upon a time', sampling, maxNewTokens: 100 });
  host.told.trace = lengthened(trace);
  Object.assign(host.overrides, answers(host.snapshot.runId ?? ''));
  host.told.view = { tab: 'attention', selected: TOKENS - 1, tabs: {} };
  const view = await WebviewUnderTest.open(browser, {
    bundle: 'explorer',
    viewport: { width: 1280, height: 860 },
    onMessage: host.onMessage,
  });
  try {
    const { page } = view;
    await page.locator('.heat-map canvas[aria-busy=false]').waitFor();
    await page.locator('.readout-weight').getByText('exact').waitFor();
    await page.evaluate(PREPARE);
    const text = page.locator('.weight-text');
    const scrollBar = await text.evaluate((element) => (element as HTMLElement).offsetWidth - element.clientWidth);
    const moves = (kind: string): Promise<number[]> =>
      page.evaluate<number[]>(`window.benchMoves('${kind}', ${MOVES})`);
    const measured = async (kind: string): Promise<MoveTimes> => {
      await moves(kind);
      return timesOf(await moves(kind));
    };
    return { scrollBar, hover: await measured('hover'), pan: await measured('pan'), query: await measured('query') };
  } finally {
    await view.close();
    await browser.close();
    engine.dispose();
  }
}

function timesOf(times: readonly number[]): MoveTimes {
  const sorted = times.toSorted((a, b) => a - b);
  return {
    median: median(sorted),
    ninetyFifth: sorted[Math.floor(sorted.length * 0.95)] ?? NaN,
    slowest: sorted.at(-1) ?? NaN,
  };
}

/** The run's tokens again and again, up to so many. */
function lengthened(trace: Trace): Trace {
  const tokens = Array.from({ length: TOKENS }, (_, index): TraceToken => ({
    ...(trace.tokens[index % trace.tokens.length] as TraceToken),
    index,
  }));
  return { ...trace, tokens };
}

/** A head that looks at the first token, near itself, and at where the text was the same. */
function map(): Uint8Array {
  const codes = new Uint8Array(packedLength(TOKENS));
  for (let query = 0; query < TOKENS; query++) {
    for (let key = 0; key <= query; key++) {
      const near = Math.exp((key - query) / 12) / 12;
      const copy = (query - key) % 97 === 96 ? 0.1 : 0;
      codes[packedIndex(query, key)] = encodeWeight(Math.min(1, 0.3 * Number(key === 0) + near + copy));
    }
  }
  return codes;
}

function answers(runId: string): Partial<ExplorerHost['overrides']> {
  const codes = map();
  return {
    attentionOverview: ({ size }) => {
      const picture = thumbnail(codes, TOKENS, size);
      const thumbnails = new Uint8Array(LAYERS * HEADS * picture.length);
      const statistics = Array.from({ length: LAYERS * HEADS }, (_, at) => {
        thumbnails.set(picture, at * picture.length);
        const numbers = { structure: 1 + (at % 7) / 9, entropy: 3 + (at % 5), distance: 40 + at, firstToken: 0.3 };
        return { layer: Math.floor(at / HEADS), head: at % HEADS, ...numbers };
      });
      const layers = Array.from({ length: LAYERS }, (_, layer) => layer);
      const side = Math.sqrt(picture.length);
      return {
        runId,
        layers,
        heads: HEADS,
        tokens: TOKENS,
        size: side,
        thumbnails,
        statistics,
        kept: 'codes',
        without: [],
      };
    },
    attentionHead: ({ layer, head }) => ({ layer, head, tokens: TOKENS, codes: codes.slice() }),
    attentionRow: ({ layer, head, query }) => {
      const weights = decodeWeights(codes, packedRow(query), query + 1);
      shareWithout(weights.slice(), 0, query, [], weights, 0);
      return { layer, head, query, weights, exact: true };
    },
    attentionPair: ({ query, key }) => ({
      query,
      key,
      weights: Float32Array.from({ length: LAYERS * HEADS }, (_, at) => (at % 10) / 10),
      exact: true,
    }),
  };
}

/**
 * As a text: what is written as functions here is rewritten for this side of the page. Each move begins with a frame and
 * is over when the frame is painted: a message posted then arrives after style, layout and paint.
 */
const PREPARE = `
Element.prototype.setPointerCapture = () => undefined;
window.benchMoves = async (kind, count) => {
  const channel = new MessageChannel();
  const map = document.querySelector('.heat-map canvas');
  const overview = document.querySelector('.overview-plot canvas');
  const target = kind === 'pan' ? overview : map;
  const box = target.getBoundingClientRect();
  const pointer = (type, x, y) =>
    target.dispatchEvent(new PointerEvent(type, { bubbles: true, clientX: box.left + x, clientY: box.top + y, button: 0 }));
  if (kind === 'pan') pointer('pointerdown', box.width * 0.97, box.height * 0.97);
  if (kind === 'query') map.focus();
  const times = [];
  for (let at = 0; at < count; at++) {
    const part = (at % 50) / 50;
    await new Promise((frame) => requestAnimationFrame(frame));
    const began = performance.now();
    if (kind === 'hover') pointer('pointermove', box.width * part * 0.5, box.height * (0.5 + 0.45 * part));
    else if (kind === 'pan') pointer('pointermove', box.width * (0.97 - 0.5 * part), box.height * (0.97 - 0.5 * part));
    else map.dispatchEvent(new KeyboardEvent('keydown', { bubbles: true, key: at < count / 2 ? (at % 2 ? 'ArrowUp' : 'PageUp') : at % 2 ? 'ArrowDown' : 'PageDown' }));
    await new Promise((painted) => {
      channel.port1.onmessage = painted;
      channel.port2.postMessage(0);
    });
    times.push(performance.now() - began);
  }
  if (kind === 'pan') pointer('pointerup', 0, 0);
  if (kind === 'hover') pointer('pointerleave', 0, 0);
  return times;
};`;
