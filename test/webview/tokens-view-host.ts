import { topK } from '../../src/core/numeric/ranking';
import { contextOf, tokenAt, wholeText } from '../../src/core/text/continuation';
import { tokensRequests } from '../../src/extension/cursor/validation';
import type { EngineClient } from '../../src/client/index';
import type { Handlers } from '../../src/protocol/call';
import type { ModelSummary, TokenInfo } from '../../src/protocol/models';
import { Problem } from '../../src/protocol/errors';
import { isRpcMessage, RpcServer } from '../../src/protocol/rpc';
import type { CursorNotifications, CursorSnapshot } from '../../src/protocol/cursorView';
import type { NextReady, TokensApi } from '../../src/protocol/tokensView';
import type { WebviewUnderTest } from '../harness/webview';

/** The extension's side of a Tokens view without VS Code: one text with a cursor, before the real engine and a real model. */
export class TokensHost {
  snapshot: CursorSnapshot<NextReady> = {
    shown: { state: 'waiting' },
    busy: false,
    models: [],
    model: null,
    missing: null,
  };
  /** Requests that the page made, in order. */
  readonly requests: { readonly method: string; readonly params: unknown }[] = [];
  private before = '';
  private after = '';
  private place = 0;
  private view: WebviewUnderTest | undefined;
  private readonly server: RpcServer<TokensApi>;

  constructor(
    private readonly engine: EngineClient,
    private readonly model: ModelSummary,
  ) {
    this.server = new RpcServer<TokensApi>(
      { post: (message) => void this.send(message) },
      tokensRequests(this.handlers()),
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

  get text(): string {
    return this.before + this.after;
  }

  asked(method: keyof TokensApi): unknown[] {
    return this.requests.filter((request) => request.method === method).map(({ params }) => params);
  }

  /** Puts the cursor between two texts. */
  async write(before: string, after = ''): Promise<void> {
    Object.assign(this, { before, after });
    const model = { folder: this.model.folder, file: this.model.file };
    const tokenize = async (text: string): Promise<readonly TokenInfo[]> =>
      (await this.engine.call('tokenize', { model, text })).tokens;
    const { tokens } = contextOf(before, await tokenize(before), 256);
    const { logits } = await this.engine.call('nextLogits', { model, ids: tokens.map(({ id }) => id) });
    const follows = after === '' ? null : tokenAt(this.text, await tokenize(this.text), before.length);
    const ids = new Set([...topK(logits, 40), ...(follows === null ? [] : [follows])]);
    const described = await this.engine.call('describeTokens', { model, ids: [...ids] });
    const next = {
      place: ++this.place,
      model: this.model.name,
      file: 'stories/dog-story.txt',
      line: 3,
      column: 32,
      logits,
      tokens: described.tokens,
      last: tokens.at(-1)!,
      used: tokens.length,
      whole: true,
      follows,
    };
    await this.set({ shown: { state: 'ready', next }, model: this.model.name, busy: false });
  }

  async set(change: Partial<CursorSnapshot<NextReady>>): Promise<void> {
    this.snapshot = { ...this.snapshot, ...change };
    await this.notify('changed', this.snapshot);
  }

  async notify<N extends keyof CursorNotifications<NextReady>>(
    name: N,
    data: CursorNotifications<NextReady>[N],
  ): Promise<void> {
    await this.send({ rpc: 'notify', name, data });
  }

  private handlers(): Handlers<TokensApi> {
    const describe = async (ids: readonly number[]): Promise<readonly TokenInfo[]> =>
      (await this.engine.call('describeTokens', { model: { folder: this.model.folder }, ids })).tokens;
    return {
      snapshot: () => this.snapshot,
      insert: async ({ place, id }) => {
        const [token] = await describe([id]);
        const text = wholeText(token!.bytes);
        if (place !== this.place) throw new Problem({ code: 'stale-edit', message: 'The cursor has moved on.' });
        if (text === null) throw new Problem({ code: 'not-available', message: 'No text.' });
        await this.write(this.before + text, this.after);
        return { text };
      },
      describe: async ({ ids }) => ({ tokens: await describe(ids) }),
      chooseModel: () => null,
      act: () => null,
    };
  }

  /** A page that is gone gets nothing, as in the editor. */
  private async send(message: unknown): Promise<void> {
    const { view } = this;
    try {
      await view?.post(message);
    } catch (error) {
      if (!view?.page.isClosed()) throw error;
    }
  }
}
