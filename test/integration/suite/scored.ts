import * as vscode from 'vscode';
import { EngineClient } from '../../../src/client/index';
import type { TraceToken } from '../../../src/core/trace/record';
import type { Caller } from '../../../src/protocol/call';
import type { EngineApi } from '../../../src/protocol/engine';
import { bundledModel, extension } from './workbench';

/** An engine beside the extension's own: what the editor shows is held against it. */
export function startEngine(): EngineClient {
  return new EngineClient({
    enginePath: vscode.Uri.joinPath(extension().extensionUri, 'dist', 'engine.mjs').fsPath,
    idleMilliseconds: Infinity,
    log: () => undefined,
    onStatus: () => undefined,
  });
}

/** The engine, and what is asked of it. */
export class CountedEngine implements Caller<EngineApi> {
  readonly asked: string[] = [];
  /** Of each request for logits. */
  readonly withAttention: boolean[] = [];
  most = 0;
  stopped = 0;
  onLogits: () => void = () => undefined;
  private under = 0;

  constructor(private readonly client: EngineClient) {}

  call: Caller<EngineApi>['call'] = async (method, params, options) => {
    this.asked.push(method);
    if (method === 'nextLogits') this.withAttention.push('attention' in params && params.attention === true);
    this.most = Math.max(this.most, ++this.under);
    options?.signal?.addEventListener('abort', () => this.stopped++, { once: true });
    try {
      const answer = this.client.call(method, params, options);
      if (method === 'nextLogits') this.onLogits();
      return await answer;
    } finally {
      this.under--;
    }
  };
}

export const RUN = 'expected';

/** The tokens of a text as a run scores them that an Explorer would start; its logits are kept under {@link RUN}. */
export async function scoreText(client: EngineClient, text: string): Promise<TraceToken[]> {
  const tokens: TraceToken[] = [];
  await client.call(
    'run',
    {
      runId: RUN,
      model: { folder: bundledModel('almanac') },
      prompt: { text },
      decoder: 'autoregressive',
      sampling: { temperature: 0.7, topK: 0, topP: 1, minP: 0, seed: 1 },
      maxNewTokens: 0,
      capture: { attention: [], hidden: [], logits: true },
    },
    {
      onEvent: (event) => {
        if (event.type !== 'trace') return;
        for (const each of event.events) if (each.type === 'token') tokens.push(each);
      },
    },
  );
  return tokens;
}
