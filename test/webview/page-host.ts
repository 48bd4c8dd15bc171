import type { Call, Handlers } from '../../src/protocol/call';
import { isRpcMessage, RpcServer, type RpcMessage } from '../../src/protocol/rpc';
import type { WebviewUnderTest } from '../harness/webview';

/** The extension's side of a page without VS Code: takes down what the page asks, and answers it where a test does not. */
export abstract class PageHost<Api extends Record<keyof Api, Call<unknown, unknown, unknown>>, Notifications> {
  /** Requests that the page made, in order. */
  readonly requests: { readonly method: string; readonly params: unknown }[] = [];
  /** Answers of a test in place of the extension's. */
  readonly overrides: { -readonly [M in keyof Api]?: Handlers<Api>[M] } = {};
  private waiting: { readonly done: () => boolean; readonly settle: () => void }[] = [];
  private view: WebviewUnderTest | undefined;
  private server: RpcServer<Api> | undefined;

  /** @param first the request that each page begins with. */
  constructor(private readonly first: string = 'snapshot') {}

  /** Goes into `WebviewUnderTest.open` as `onMessage`. */
  readonly onMessage = (message: unknown, view: WebviewUnderTest): void => {
    if (!isRpcMessage(message)) return;
    // What an earlier page still says does not make it the page again.
    if (message.rpc === 'request' && message.method === this.first) this.view = view;
    if (this.view !== view) return;
    if (message.rpc === 'request') this.requests.push({ method: message.method, params: message.params });
    this.server ??= this.answering();
    this.server.receive(message);
    this.waiting = this.waiting.filter(({ done, settle }) => {
      if (!done()) return true;
      settle();
      return false;
    });
  };

  /** Parameters of the requests of a method so far. */
  asked(method: keyof Api & string): unknown[] {
    return this.requests.filter((request) => request.method === method).map(({ params }) => params);
  }

  /** Settles when the page has made a request so many times; returns the parameters of all. */
  async requested(method: keyof Api & string, times = 1): Promise<unknown[]> {
    await this.until(() => this.asked(method).length >= times);
    return this.asked(method);
  }

  /** Settles when this is so after a message of the page. */
  async until(done: () => boolean): Promise<void> {
    if (!done()) await new Promise<void>((settle) => this.waiting.push({ done, settle }));
  }

  /** @returns whether there is a page. */
  notify<N extends keyof Notifications & string>(name: N, data: Notifications[N]): Promise<boolean> {
    return this.send({ rpc: 'notify', name, data });
  }

  /** Answers what the page asks. */
  protected abstract handlers(): Handlers<Api>;

  private answering(): RpcServer<Api> {
    type Handler = (params: never, context: never) => unknown;
    const handlers: Readonly<Record<string, Handler>> = this.handlers();
    const overrides: Readonly<Record<string, Handler | undefined>> = this.overrides;
    const answers = Object.entries(handlers).map(([method, handler]): [string, Handler] => [
      method,
      (params, context) => (overrides[method] ?? handler)(params, context),
    ]);
    return new RpcServer<Api>(
      { post: (message) => void this.send(message) },
      Object.fromEntries(answers) as Handlers<Api>,
    );
  }

  /** A page that is gone gets nothing, as in the editor. */
  private async send(message: RpcMessage): Promise<boolean> {
    const { view } = this;
    try {
      await view?.post(message);
      return view !== undefined;
    } catch (error) {
      if (!view?.page.isClosed()) throw error;
      return false;
    }
  }
}
