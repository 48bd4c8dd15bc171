import { integer, object, readOrNull } from '../../core/check/check';
import type { Progress } from '../../protocol/call';
import type { ProblemData } from '../../protocol/errors';
import { Problem } from '../../protocol/errors';
import { isRpcMessage, RpcClient } from '../../protocol/rpc';
import type { PairAlternatives, PairPlace, RunPairApi, RunPairShown, RunPairState } from '../../protocol/runPair';
import type { WebviewHost } from '../host';

const keptCheck = object({ selected: integer() });

/** The page's end of the line to the extension: what is on show, what was chosen in it, and what is kept for a reload. */
export class PairLink {
  private readonly api: RpcClient<RunPairApi>;
  shown: RunPairShown | null = null;
  selected: number | null = null;
  problem: ProblemData | null = null;
  /** What was done last, for those who hear it. */
  said = '';
  /** Of the selected place, once they have come. */
  alternatives: (PairAlternatives & { readonly index: number }) | null = null;
  /** How far computing the whole distributions has come; null while nothing is computed. */
  measuring: Progress | null = null;
  private stopper = new AbortController();
  private readonly listeners = new Set<() => void>();

  constructor(private readonly host: WebviewHost) {
    this.api = new RpcClient<RunPairApi>({ post: (message) => host.postMessage(message) });
    this.selected = readOrNull(keptCheck, host.getState())?.selected ?? null;
  }

  /** Feed it every message of the window; it ignores those that are not for it. */
  receive(data: unknown): void {
    if (isRpcMessage(data)) this.api.receive(data);
  }

  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  open(): Promise<void> {
    return this.attempt(async () => this.show(await this.api.call('open', {})));
  }

  swap(): Promise<void> {
    return this.attempt(async () => {
      this.show(await this.api.call('swap', {}));
      this.said = 'A and B have changed places.';
    });
  }

  choose(place: PairPlace): Promise<void> {
    return this.attempt(async () => this.show(await this.api.call('choose', { place })));
  }

  explore(place: PairPlace): Promise<void> {
    return this.attempt(() => this.api.call('explore', { place }));
  }

  /** Computes the divergences from whole distributions. */
  async measure(): Promise<void> {
    this.stopper = new AbortController();
    this.measuring = { done: 0, total: 0 };
    this.tell();
    await this.attempt(async () => {
      try {
        const shown = await this.api.call(
          'measure',
          {},
          {
            signal: this.stopper.signal,
            onEvent: (progress) => {
              this.measuring = progress;
              this.tell();
            },
          },
        );
        this.show(shown);
        this.said = 'Computed from the whole distributions.';
      } finally {
        this.measuring = null;
      }
    });
  }

  stop(): void {
    this.stopper.abort();
  }

  save(form: 'csv' | 'json'): Promise<void> {
    return this.attempt(async () => {
      const { path } = await this.api.call('save', { form });
      if (path !== null) this.said = `Saved ${path}`;
    });
  }

  select(index: number): void {
    if (index === this.selected) return;
    this.selected = index;
    this.keep();
    this.tell();
    void this.look();
  }

  private show(shown: RunPairShown): void {
    this.shown = shown;
    this.alternatives = null;
    if (shown.state !== 'ready') return;
    const { rows, difference } = shown.pair;
    const wanted = this.selected ?? difference?.index ?? shown.pair.shared.largest?.index ?? 0;
    this.selected = rows.length === 0 ? null : Math.max(0, Math.min(rows.length - 1, wanted));
    this.keep();
    void this.look();
  }

  /** Fetches the alternatives of the place that is selected, unless another is by the time they come. */
  private look(): Promise<void> {
    const index = this.selected;
    if (index === null) return Promise.resolve();
    return this.attempt(async () => {
      const found = await this.api.call('alternatives', { index });
      if (this.selected === index) this.alternatives = { ...found, index };
    });
  }

  private keep(): void {
    if (this.shown?.state !== 'ready') return;
    const { a, b } = this.shown.pair;
    const state: RunPairState = { version: 1, a: a.id, b: b.id, selected: this.selected };
    this.host.setState(state);
  }

  private async attempt(action: () => Promise<unknown>): Promise<void> {
    this.problem = null;
    try {
      await action();
    } catch (error) {
      const problem = Problem.from(error).toData();
      if (problem.code !== 'cancelled') this.problem = problem;
    }
    this.tell();
  }

  private tell(): void {
    for (const listener of this.listeners) listener();
  }
}
