import * as fs from 'node:fs';
import * as path from 'node:path';
import { promptIds } from './decode';
import { startEngine, timedRun } from './engine';

export interface LargeResult {
  readonly file: string;
  readonly fileBytes: number;
  /** Seconds from a cold engine to the thumbnails of all heads on a prompt of 32 tokens. */
  readonly firstPictureSeconds: number;
  /** Tokens per second of greedy decoding with trace, attention of every layer and logits kept. */
  readonly tokensPerSecond: number;
  readonly longTokens: number;
  /** Seconds to score the long prompt with everything kept, and then to its overview. */
  readonly longScoreSeconds: number;
  readonly longOverviewSeconds: number;
  /** Median and worst milliseconds to fetch one head of any layer at that length. */
  readonly headMilliseconds: { readonly median: number; readonly worst: number };
  readonly kept: 'float32' | 'codes';
  readonly memory: { readonly loaded: number; readonly afterLong: number };
}

/** First picture, memory and speed of a model of the size people use. */
export async function measureLarge(folder: string, file: string, longTokens: number): Promise<LargeResult> {
  const config = JSON.parse(fs.readFileSync(path.join(folder, 'config.json'), 'utf8')) as Record<string, number>;
  const vocabulary = config['vocab_size'] ?? 512;
  const ref = { folder, file };
  const capture = { attention: 'all', hidden: [], logits: true } as const;
  const engine = startEngine();
  try {
    const started = performance.now();
    const first = await timedRun(engine, ref, promptIds(vocabulary, 32), 0, capture, { keep: true });
    await engine.call('attentionOverview', { runId: first.runId, size: 104 });
    const firstPictureSeconds = (performance.now() - started) / 1000;
    const loaded = (await engine.call('info', {})).memory;
    const decoded = await timedRun(engine, ref, promptIds(vocabulary, 32), 64, capture);

    const scoring = performance.now();
    const long = await timedRun(engine, ref, promptIds(vocabulary, longTokens), 0, capture, { keep: true });
    const longScoreSeconds = (performance.now() - scoring) / 1000;
    const viewing = performance.now();
    const overview = await engine.call('attentionOverview', { runId: long.runId, size: 104 });
    const longOverviewSeconds = (performance.now() - viewing) / 1000;
    const milliseconds: number[] = [];
    for (const layer of overview.layers) {
      const asked = performance.now();
      await engine.call('attentionHead', { runId: long.runId, layer, head: layer % overview.heads });
      milliseconds.push(performance.now() - asked);
    }
    milliseconds.sort((a, b) => a - b);
    const afterLong = (await engine.call('info', {})).memory;
    return {
      file,
      fileBytes: fs.statSync(path.join(folder, file)).size,
      firstPictureSeconds,
      tokensPerSecond: decoded.result.summary.tokensPerSecond ?? NaN,
      longTokens,
      longScoreSeconds,
      longOverviewSeconds,
      headMilliseconds: {
        median: milliseconds[milliseconds.length >> 1] ?? NaN,
        worst: milliseconds.at(-1) ?? NaN,
      },
      kept: overview.kept,
      memory: { loaded, afterLong },
    };
  } finally {
    engine.dispose();
  }
}
