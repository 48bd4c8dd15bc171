import { ServerTrace } from '../../src/core/server/trace';
import { judgementOf } from '../../src/core/server/judgement';
import type { ServerToken } from '../../src/core/server/completion';
import type { TraceEvent } from '../../src/core/trace/record';
import { launchBrowser } from '../harness/chromium';
import { WebviewUnderTest } from '../harness/webview';
import { ExplorerHost, startEngine } from '../webview/explorer-host';
import { median } from './worker';

const TOKENS = 10_000;
const PROMPT = 50;
/** As a server's run comes: twenty messages a second. */
const PER_MESSAGE = 50;
const EVERY_MS = 50;
const REST_FRAMES = 120;
const ALTERNATIVES = 20;

export interface StreamingTimes {
  /** Frames a second of the page at rest, and while the tokens come in. */
  readonly idle: number;
  readonly streaming: number;
  /** The same over the last tenth of the tokens. */
  readonly atTheEnd: number;
  /** Milliseconds from one frame to the next while they come in. */
  readonly medianFrame: number;
}

/** The Explorer's own page in real Chromium while a run of a server with 10,000 tokens streams into a tab. */
export async function measureStreaming(tab: 'tokens' | 'speculation'): Promise<StreamingTimes> {
  const engine = startEngine();
  const browser = await launchBrowser();
  const host = new ExplorerHost(engine, []);
  host.told.view = { tab, selected: null, tabs: {} };
  const view = await WebviewUnderTest.open(browser, {
    bundle: 'explorer',
    viewport: { width: 1280, height: 860 },
    onMessage: host.onMessage,
  });
  try {
    const trace = new ServerTrace({
      id: 'bench',
      createdAt: '2026-01-01T00:00:00Z',
      software: { vivarium: '0', onnxruntime: '0', node: '0', platform: 'bench' },
      server: { kind: 'vllm', address: 'http://127.0.0.1:8000', version: null },
      model: 'bench',
      contextLength: null,
      vocabularySize: null,
      alternatives: ALTERNATIVES,
      sampling: { temperature: 1, topK: 0, topP: 1, minP: 0, seed: 1 },
      maxNewTokens: TOKENS,
      prompt: Array.from({ length: PROMPT }, (_, at) => tokenAt(at)),
    });
    let sent = 0;
    const send = (events: readonly TraceEvent[]): Promise<boolean> => {
      const from = sent;
      sent += events.length;
      return host.notify('trace', { runId: 'bench', from, events });
    };
    await host.notify('runStarted', { runId: 'bench' });
    const status = { state: 'running', tokens: 0, total: TOKENS, tokensPerSecond: null } as const;
    await host.notify('status', { status });
    await send([trace.header(), ...trace.promptTokens(), ...trace.piece([tokenAt(0)])]);
    await view.page.locator(tab === 'tokens' ? '.tokens-text' : '.spec-waiting').waitFor();

    const idle = await frames(view, REST_FRAMES);
    const stop = startFrames(view);
    const ends: number[] = [];
    const began = performance.now();
    for (let at = 1; at < TOKENS; at += PER_MESSAGE) {
      const piece = Array.from({ length: Math.min(PER_MESSAGE, TOKENS - at) }, (_, i) => tokenAt(at + i));
      await send(trace.piece(piece));
      ends.push(performance.now() - began);
      await until(began + ends.length * EVERY_MS);
    }
    const streaming = await (await stop)();
    const last = streaming.slice(-Math.round(streaming.length / 10));
    return {
      idle: perSecond(idle),
      streaming: perSecond(streaming),
      atTheEnd: perSecond(last),
      medianFrame: median(streaming),
    };
  } finally {
    await view.close();
    await browser.close();
    engine.dispose();
  }
}

const WORDS = [' the', ' whale', ' and', ' sea', ' of', ' a', ' ship', ',', '.', '\n'];

/** A token like those of a vLLM server: 20 alternatives with their ids. */
function tokenAt(at: number): ServerToken {
  const id = at % WORDS.length;
  const logs = Array.from({ length: ALTERNATIVES }, (_, rank) => -0.3 - ((at * 7 + 3) % 11) / 5 - rank / 2);
  const alternatives = logs.map((logProbability, rank) => ({
    id: (id + rank) % 1000,
    text: WORDS[(id + rank) % WORDS.length] ?? '',
    logProbability,
  }));
  const told = { id, text: WORDS[id] ?? '', logProbability: logs[0] ?? 0, rank: 1, alternatives, asked: ALTERNATIVES };
  return { id, text: told.text, judgement: judgementOf(told) };
}

function until(time: number): Promise<void> {
  return new Promise((done) => setTimeout(done, Math.max(0, time - performance.now())));
}

/** Milliseconds between so many frames. */
async function frames(view: WebviewUnderTest, count: number): Promise<number[]> {
  const stop = await startFrames(view);
  await until(performance.now() + (count * 1000) / 60);
  return stop();
}

/** As texts: what is written as functions here is rewritten for this side of the page. */
const START = `{
  const counted = { times: [], stopped: false };
  window.countedFrames = counted;
  requestAnimationFrame(function frame(time) {
    counted.times.push(time);
    if (!counted.stopped) requestAnimationFrame(frame);
  });
}`;
const STOP = `(() => {
  const { times } = window.countedFrames;
  window.countedFrames.stopped = true;
  return times.slice(1).map((time, i) => time - times[i]);
})()`;

/** Counts frames until what it gives is called. */
async function startFrames(view: WebviewUnderTest): Promise<() => Promise<number[]>> {
  await view.page.evaluate(START);
  return () => view.page.evaluate<number[]>(STOP);
}

function perSecond(intervals: readonly number[]): number {
  return (1000 * intervals.length) / intervals.reduce((sum, interval) => sum + interval, 0);
}
