import { type ScoredText, TextScorer } from '../../src/extension/editor/scoring';
import { stripRequests } from '../../src/extension/cursor/validation';
import type { EngineClient } from '../../src/client/index';
import type { CursorSnapshot } from '../../src/protocol/cursorView';
import type { ModelSummary } from '../../src/protocol/models';
import { Problem } from '../../src/protocol/errors';
import { isRpcMessage, RpcServer } from '../../src/protocol/rpc';
import type { Strip, StripApi, StripNotifications, StripReady } from '../../src/protocol/stripView';
import type { WebviewUnderTest } from '../harness/webview';

/** The extension's side of a strip without VS Code: a text that the real engine and model have scored. */
export class StripHost {
  snapshot: CursorSnapshot<StripReady> = {
    shown: { state: 'waiting' },
    busy: false,
    models: [],
    model: null,
    missing: null,
  };
  readonly requests: { readonly method: string; readonly params: unknown }[] = [];
  private place = 0;
  private view: WebviewUnderTest | undefined;
  private readonly server: RpcServer<StripApi>;

  constructor(
    private readonly engine: EngineClient,
    private readonly model: ModelSummary,
  ) {
    this.server = new RpcServer<StripApi>(
      { post: (message) => void this.view?.post(message) },
      stripRequests({
        snapshot: () => this.snapshot,
        chooseModel: () => null,
        act: () => null,
        point: ({ place }) => {
          if (place !== this.place) throw new Problem({ code: 'stale-edit', message: 'The text has changed.' });
          return null;
        },
      }),
    );
  }

  /** Goes into `WebviewUnderTest.open` as `onMessage`. */
  readonly onMessage = (message: unknown, view: WebviewUnderTest): void => {
    if (!isRpcMessage(message)) return;
    if (message.rpc === 'request' && message.method === 'snapshot') this.view = view;
    if (this.view !== view) return;
    if (message.rpc === 'request') this.requests.push({ method: message.method, params: message.params });
    this.server.receive(message);
  };

  asked(method: keyof StripApi): unknown[] {
    return this.requests.filter((request) => request.method === method).map(({ params }) => params);
  }

  /** Scores a text, with the cursor behind it; gives what is shown of it. */
  async write(text: string, change: Partial<Strip> = {}): Promise<{ strip: Strip; scored: ScoredText }> {
    const scored = await new TextScorer(this.engine, this.model).score(text, new AbortController().signal, {
      capped: String,
      changed: '',
    });
    const tokens = scored.spans.flatMap((span) => span.tokens).map((token, index) => ({ ...token, index }));
    const strip: Strip = {
      ...{ place: ++this.place, model: this.model.name, file: 'stories/dog-story.txt', of: 'cursor', tokens },
      ...{ from: 0, total: tokens.length, whole: true, cursor: tokens.length, notes: [] },
      ...change,
    };
    await this.set({ shown: { state: 'ready', strip }, model: this.model.name, busy: false });
    return { strip, scored };
  }

  async set(change: Partial<CursorSnapshot<StripReady>>): Promise<void> {
    this.snapshot = { ...this.snapshot, ...change };
    await this.notify('changed', this.snapshot);
  }

  async notify<N extends keyof StripNotifications>(name: N, data: StripNotifications[N]): Promise<void> {
    await this.view?.post({ rpc: 'notify', name, data });
  }
}
