import type { FilterSettings } from '../../core/decode/filters';
import { isRpcMessage, RpcClient } from '../../protocol/rpc';
import type { TokensApi, TokensNotifications, TokensSnapshot } from '../../protocol/tokensView';
import { type FILTER_KEYS } from '../components/sampling-scale';
import type { WebviewHost } from '../host';
import { isRecord } from '../is-record';

/** Settings that change nothing. */
export const PLAIN: FilterSettings = { temperature: 1, topK: 0, topP: 1, minP: 0 };

/** The page's end of the line to the extension: what was said last, and what the page keeps while it is hidden. */
export class TokensLink {
  readonly api: RpcClient<TokensApi>;
  snapshot: TokensSnapshot | null = null;
  settings: FilterSettings;
  private readonly listeners = new Set<() => void>();

  constructor(private readonly host: WebviewHost) {
    this.api = new RpcClient<TokensApi>({ post: (message) => host.postMessage(message) });
    this.settings = readSettings(host.getState()) ?? PLAIN;
  }

  /** Feed it every message of the window; it ignores those that are not for it. */
  receive(data: unknown): void {
    if (!isRpcMessage(data)) return;
    if (data.rpc !== 'notify') return this.api.receive(data);
    if (data.name === 'changed') this.snapshot = data.data as TokensNotifications['changed'];
    else if (data.name === 'busy' && this.snapshot) {
      this.snapshot = { ...this.snapshot, ...(data.data as TokensNotifications['busy']) };
    }
    this.tell();
  }

  async open(): Promise<void> {
    const snapshot = await this.api.call('snapshot', {});
    // What came meanwhile is newer.
    this.snapshot ??= snapshot;
    this.tell();
  }

  change(settings: FilterSettings): void {
    this.settings = settings;
    this.host.setState({ version: 1, settings });
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

/** What was kept, where it is of this version; else null. */
function readSettings(kept: unknown): FilterSettings | null {
  if (!isRecord(kept) || kept['version'] !== 1 || !isRecord(kept['settings'])) return null;
  const settings = kept['settings'];
  const value = (key: (typeof FILTER_KEYS)[number]): number => {
    const given = settings[key];
    return typeof given === 'number' && given >= 0 && Number.isFinite(given) ? given : PLAIN[key];
  };
  return {
    temperature: value('temperature'),
    topK: Math.round(value('topK')),
    topP: Math.min(1, value('topP')),
    minP: Math.min(1, value('minP')),
  };
}
