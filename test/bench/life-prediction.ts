import type { EngineClient } from '../../src/client/index';
import { lifePrompt } from '../../src/core/life/prompt';
import type { ExplorerHost } from '../webview/explorer-host';
import { LifePage } from '../webview/life-page';
import { median } from './worker';

declare global {
  interface Window {
    /** When something was last drawn on a canvas of the page. */
    lastDrawn: number;
  }
}

export interface PredictionTime {
  readonly label: string;
  /** Milliseconds from the press of Run, medians of the rounds: until the page knew the run's end and asked for its attention, … */
  readonly predicted: number;
  /** … until it had that of the chosen cell, in every head, … */
  readonly ofCell: number;
  /** … that of every cell, … */
  readonly ofBoard: number;
  /** … and until its last drawing. */
  readonly drawn: number;
  readonly worst: number;
}

const ALL = { attention: 'all', hidden: [], logits: true } as const;
const ONE_LAYER = { attention: [0], hidden: [], logits: false } as const;

const DECODERS = [
  ['autoregressive, a pass a cell', 'autoregressive', {}, ALL],
  ['… one layer kept', 'autoregressive', {}, ONE_LAYER],
  ['the exact rule drafts the whole board', 'exact-rule', { gamma: 400 }, ALL],
  ['… one layer kept', 'exact-rule', { gamma: 400 }, ONE_LAYER],
] as const;

/** Runs in the page: keeps when something was last drawn. */
const TELL_DRAWING = `
  window.lastDrawn = 0;
  const pen = CanvasRenderingContext2D.prototype;
  const { fillRect } = pen;
  pen.fillRect = function (...box) {
    window.lastDrawn = performance.now();
    fillRect.apply(this, box);
  };
`;

/** Frames without drawing after which a page counts as drawn. */
const QUIET = 4;

/**
 * One prediction of the 16 x 16 model, from the press of Run to attention in pixels: the Explorer's own page in Chromium, on its
 * Attention tab, over the real protocol and an engine in its own process, with the model loaded.
 */
export async function measurePrediction(rounds: number): Promise<readonly PredictionTime[]> {
  const life = await LifePage.start();
  try {
    const results: PredictionTime[] = [];
    for (const [label, decoder, options, capture] of DECODERS) {
      const host = life.host(life.random(0.4, 100), { decoder, decoderOptions: { [decoder]: options } });
      host.changeRun = (request) => ({ ...request, capture });
      const answered = watch(host, life.engine);
      await life.ran(host, 'attention');
      await life.page
        .getByRole('region', { name: 'Moore score' })
        .getByText(/\d\.\d\d/)
        .first()
        .waitFor();
      await life.page.getByRole('radio', { name: 'Text' }).click();
      await life.page.evaluate(TELL_DRAWING);
      const times: RoundTimes[] = [];
      for (let round = 0; round <= rounds; round++) {
        await life.page.getByRole('textbox', { name: 'Prompt' }).fill(lifePrompt(life.random(0.4, round), life.grid));
        const handed = answered.next();
        const pressed = performance.now();
        const started = await life.page.getByRole('button', { name: 'Run', exact: true }).evaluate((button) => {
          const now = performance.now();
          (button as HTMLElement).click();
          return now;
        });
        const { asked, ofCell, ofBoard } = await handed;
        const ended = await life.page.evaluate(async (quiet) => {
          for (let still = 0; still < quiet;) {
            const before = window.lastDrawn;
            await new Promise(requestAnimationFrame);
            still = window.lastDrawn === before ? still + 1 : 0;
          }
          return window.lastDrawn;
        }, QUIET);
        // The first round warms the page up.
        const after = (time: number): number => time - pressed;
        const drawn = ended - started;
        if (round > 0) times.push({ predicted: after(asked), ofCell: after(ofCell), ofBoard: after(ofBoard), drawn });
      }
      const middle = (of: (round: RoundTimes) => number): number => median(times.map(of));
      results.push({
        ...{ label, predicted: middle((round) => round.predicted), ofCell: middle((round) => round.ofCell) },
        ...{ ofBoard: middle((round) => round.ofBoard), drawn: middle((round) => round.drawn) },
        worst: Math.max(...times.map((round) => round.drawn)),
      });
      await life.close();
    }
    return results;
  } finally {
    await life.stop();
  }
}

type RoundTimes = Pick<PredictionTime, 'predicted' | 'ofCell' | 'ofBoard' | 'drawn'>;

/** When the page asked for the attention of a run, and when it was handed over; by this process's clock. */
interface Handed {
  readonly asked: number;
  readonly ofCell: number;
  readonly ofBoard: number;
}

/** Settles when all that the page asked for of a run that begins from now on has been handed to it: of every cell, and of the chosen one. */
function watch(host: ExplorerHost, engine: EngineClient): { next: () => Promise<Handed> } {
  let pending = 0;
  let times: { asked?: number; ofCell?: number; ofBoard?: number } = {};
  let done = (_: Handed): void => undefined;
  const tracked = async <T>(runId: string, request: () => Promise<T>, of: 'ofCell' | 'ofBoard' | null): Promise<T> => {
    pending++;
    times.asked ??= performance.now();
    const value = await request();
    // After the reply has gone to the page.
    setTimeout(() => {
      pending--;
      if (runId !== host.snapshot.runId) return;
      if (of) times[of] = performance.now();
      const { asked, ofCell, ofBoard } = times;
      if (pending === 0 && asked !== undefined && ofCell !== undefined && ofBoard !== undefined)
        done({ asked, ofCell, ofBoard });
    }, 0);
    return value;
  };
  host.overrides.attentionKeys = (params, { signal }) =>
    tracked(params.runId, () => engine.call('attentionKeys', params, { signal }), 'ofCell');
  host.overrides.gridAttention = (params, { signal, emit }) => {
    const isWhole = params.cells === params.width * params.height;
    const request = () => engine.call('gridAttention', params, { signal, onEvent: emit });
    return tracked(params.runId, request, isWhole ? 'ofBoard' : null);
  };
  return {
    next: () => {
      [pending, times] = [0, {}];
      return new Promise<Handed>((resolve) => (done = resolve));
    },
  };
}
