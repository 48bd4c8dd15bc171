import type { Call } from '../../protocol/call';
import type { CursorApi, CursorNotifications, CursorSnapshot } from '../../protocol/cursorView';
import { isRpcMessage, RpcClient } from '../../protocol/rpc';
import type { WebviewHost } from '../host';

/** The page's end of the line to the extension: what was said last, and what the page keeps while it is hidden. */
export class CursorLink<
  Ready,
  Api extends CursorApi<Ready> & Record<keyof Api, Call<unknown, unknown, unknown>>,
  Kept,
> {
  readonly api: RpcClient<Api>;
  /** The calls that all such pages share, typed by themselves. */
  readonly shared: RpcClient<CursorApi<Ready>>;
  snapshot: CursorSnapshot<Ready> | null = null;
  kept: Kept;
  private readonly listeners = new Set<() => void>();

  /**
   * @param read makes sense of what an earlier life of the page kept, whatever that is.
   * @param also what a notification of this page alone makes of what is known.
   */
  constructor(
    private readonly host: WebviewHost,
    read: (state: unknown) => Kept,
    private readonly also: (name: string, data: unknown, known: CursorSnapshot<Ready>) => CursorSnapshot<Ready> = (
      _name,
      _data,
      known,
    ) => known,
  ) {
    this.api = new RpcClient<Api>({ post: (message) => host.postMessage(message) });
    this.shared = this.api;
    this.kept = read(host.getState());
  }

  /** Feed it every message of the window; it ignores those that are not for it. */
  receive(data: unknown): void {
    if (!isRpcMessage(data)) return;
    if (data.rpc !== 'notify') return this.api.receive(data);
    if (data.name === 'changed') this.snapshot = data.data as CursorNotifications<Ready>['changed'];
    else if (data.name === 'busy' && this.snapshot) {
      this.snapshot = { ...this.snapshot, ...(data.data as CursorNotifications<Ready>['busy']) };
    } else if (this.snapshot) this.snapshot = this.also(data.name, data.data, this.snapshot);
    this.tell();
  }

  async open(): Promise<void> {
    window.addEventListener('message', (event: MessageEvent<unknown>) => this.receive(event.data));
    const snapshot = await this.shared.call('snapshot', {});
    // What came meanwhile is newer.
    this.snapshot ??= snapshot;
    this.tell();
  }

  keep(kept: Kept): void {
    this.kept = kept;
    this.host.setState({ version: 1, ...kept });
    this.tell();
  }

  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  private tell(): void {
    for (const listener of this.listeners) listener();
  }
}
