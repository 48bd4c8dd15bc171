import type { EngineClient } from '../../src/client/index';
import type { Call } from '../../src/protocol/call';
import type { CursorNotifications, CursorSnapshot } from '../../src/protocol/cursorView';
import type { ModelSummary } from '../../src/protocol/models';
import { isRpcMessage, type RpcServer } from '../../src/protocol/rpc';
import type { WebviewUnderTest } from '../harness/webview';

/** The extension's side of a view beside a text without VS Code: what it shows, before the real engine and a real model. */
export abstract class CursorHost<
  Api extends Record<keyof Api, Call<unknown, unknown, unknown>>,
  Ready extends object,
  Notifications extends CursorNotifications<Ready> = CursorNotifications<Ready>,
> {
  snapshot: CursorSnapshot<Ready> = {
    shown: { state: 'waiting' },
    busy: false,
    models: [],
    model: null,
    missing: null,
  };
  /** Requests that the page made, in order. */
  readonly requests: { readonly method: string; readonly params: unknown }[] = [];
  /** Counts what was shown: a request about another place is stale. */
  protected place = 0;
  private view: WebviewUnderTest | undefined;
  protected abstract readonly server: RpcServer<Api>;

  constructor(
    protected readonly engine: EngineClient,
    protected readonly model: ModelSummary,
  ) {}

  /** Goes into `WebviewUnderTest.open` as `onMessage`. */
  readonly onMessage = (message: unknown, view: WebviewUnderTest): void => {
    if (!isRpcMessage(message)) return;
    if (message.rpc === 'request' && message.method === 'snapshot') this.view = view;
    if (this.view !== view) return;
    if (message.rpc === 'request') this.requests.push({ method: message.method, params: message.params });
    this.server.receive(message);
  };

  asked(method: keyof Api): unknown[] {
    return this.requests.filter((request) => request.method === method).map(({ params }) => params);
  }

  async set(change: Partial<CursorSnapshot<Ready>>): Promise<void> {
    this.snapshot = { ...this.snapshot, ...change };
    await this.send({ rpc: 'notify', name: 'changed', data: this.snapshot });
  }

  async notify<N extends keyof Notifications>(name: N, data: Notifications[N]): Promise<void> {
    await this.send({ rpc: 'notify', name, data });
  }

  /** A page that is gone gets nothing, as in the editor. */
  protected async send(message: unknown): Promise<void> {
    const { view } = this;
    try {
      await view?.post(message);
    } catch (error) {
      if (!view?.page.isClosed()) throw error;
    }
  }
}
