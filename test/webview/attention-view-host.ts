import { contextOf } from '../../src/core/text/continuation';
import { attentionRequests } from '../../src/extension/cursor/validation';
import type { EngineClient } from '../../src/client/index';
import type { AttentionApi, AttentionReady } from '../../src/protocol/attentionView';
import type { CursorNotifications, CursorSnapshot } from '../../src/protocol/cursorView';
import type { ModelSummary } from '../../src/protocol/models';
import { Problem } from '../../src/protocol/errors';
import { isRpcMessage, RpcServer } from '../../src/protocol/rpc';
import type { WebviewUnderTest } from '../harness/webview';

/** The extension's side of an Attention view without VS Code: a text up to its cursor, before the real engine and model. */
export class AttentionHost {
  snapshot: CursorSnapshot<AttentionReady> = {
    shown: { state: 'waiting' },
    busy: false,
    models: [],
    model: null,
    missing: null,
  };
  readonly requests: { readonly method: string; readonly params: unknown }[] = [];
  private place = 0;
  private view: WebviewUnderTest | undefined;
  private readonly server: RpcServer<AttentionApi>;

  constructor(
    private readonly engine: EngineClient,
    private readonly model: ModelSummary,
  ) {
    this.server = new RpcServer<AttentionApi>(
      { post: (message) => void this.view?.post(message) },
      attentionRequests({
        snapshot: () => this.snapshot,
        chooseModel: () => null,
        act: () => null,
        reveal: ({ place, index }) => {
          if (place !== this.place) throw new Problem({ code: 'stale-edit', message: 'The cursor has moved on.' });
          return { found: index > 0 };
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

  asked(method: keyof AttentionApi): unknown[] {
    return this.requests.filter((request) => request.method === method).map(({ params }) => params);
  }

  /** Puts the cursor behind a text; gives what is shown of it. */
  async write(text: string): Promise<AttentionReady['looks']> {
    const model = { folder: this.model.folder, file: this.model.file };
    const { tokens } = contextOf(text, (await this.engine.call('tokenize', { model, text })).tokens, 256);
    const ids = tokens.map(({ id }) => id);
    const { attention } = await this.engine.call('nextLogits', { model, ids, attention: true });
    const looks = {
      ...{ place: ++this.place, model: this.model.name, file: 'stories/dog-story.txt', line: 3, column: 32 },
      ...{ used: tokens.length, whole: true, tokens, attention: attention! },
    };
    await this.set({ shown: { state: 'ready', looks }, model: this.model.name, busy: false });
    return looks;
  }

  async set(change: Partial<CursorSnapshot<AttentionReady>>): Promise<void> {
    this.snapshot = { ...this.snapshot, ...change };
    const data: CursorNotifications<AttentionReady>['changed'] = this.snapshot;
    await this.view?.post({ rpc: 'notify', name: 'changed', data });
  }
}
