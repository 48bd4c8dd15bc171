import type { EngineClient } from '../../src/client/index';
import type { Call } from '../../src/protocol/call';
import type { CursorNotifications, CursorSnapshot } from '../../src/protocol/cursorView';
import type { ModelSummary } from '../../src/protocol/models';
import { PageHost } from './page-host';

/** The extension's side of a view beside a text without VS Code: what it shows, before the real engine and a real model. */
export abstract class CursorHost<
  Api extends Record<keyof Api, Call<unknown, unknown, unknown>>,
  Ready extends object,
  Notifications extends CursorNotifications<Ready> = CursorNotifications<Ready>,
> extends PageHost<Api, Notifications> {
  snapshot: CursorSnapshot<Ready> = {
    shown: { state: 'waiting' },
    busy: false,
    models: [],
    model: null,
    missing: null,
  };
  /** Counts what was shown: a request about another place is stale. */
  protected place = 0;

  constructor(
    protected readonly engine: EngineClient,
    protected readonly model: ModelSummary,
  ) {
    super();
  }

  async set(change: Partial<CursorSnapshot<Ready>>): Promise<void> {
    this.snapshot = { ...this.snapshot, ...change };
    await this.notify('changed', this.snapshot);
  }
}
