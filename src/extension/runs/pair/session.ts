import { compareRuns, type RunPair } from '../../../core/compare/runPair';
import type { Trace } from '../../../core/trace/record';
import type { Handlers } from '../../../protocol/call';
import { Problem } from '../../../protocol/errors';
import { served } from '../../../protocol/request';
import { RUN_PAIR, type PairPlace, type RunPairApi, type RunPairShown } from '../../../protocol/runPair';
import { measureExactly, type LogitsOf } from './measure';

const PLACES = ['a', 'b'] as const;

/** What a page asks of the world around it. */
export interface RunPairServices {
  /** The trace of a run and its name in the history; undefined where it is not kept any more. */
  readonly find: (id: string) => Promise<{ readonly trace: Trace; readonly name: string } | undefined>;
  /** Asks the user for a run; undefined where they changed their mind. */
  readonly choose: (instead: string) => Promise<string | undefined>;
  readonly logits: LogitsOf;
  readonly explore: (id: string) => Promise<void>;
  readonly save: (pair: RunPair, form: 'csv' | 'json') => Promise<string | null>;
  /** Called with what is on show, whenever that has changed. */
  readonly onShown: (shown: RunPairShown) => void;
}

/** Two runs of the history against each other, for one page: whose page it is and what it is like does not matter here. */
export class RunPairSession {
  readonly handlers: Handlers<RunPairApi>;
  private traces: Readonly<Record<PairPlace, Trace>> | null = null;
  private shown: RunPairShown = { state: 'missing', places: PLACES };

  constructor(
    private ids: Readonly<Record<PairPlace, string>>,
    private readonly services: RunPairServices,
  ) {
    this.handlers = served(RUN_PAIR, {
      open: () => this.show(),
      swap: () => this.change({ a: this.ids.b, b: this.ids.a }),
      choose: async ({ place }) => {
        const chosen = await services.choose(this.ids[place]);
        return this.change(chosen === undefined ? this.ids : { ...this.ids, [place]: chosen });
      },
      explore: async ({ place }) => {
        await services.explore(this.ids[place]);
        return null;
      },
      alternatives: ({ index }) => {
        const top = (place: PairPlace) => this.traces?.[place].tokens[index]?.judgement?.top ?? null;
        return { a: top('a'), b: top('b') };
      },
      measure: async (_, { signal, emit }) => {
        const { traces } = this;
        const { pair, names } = this.known();
        if (!traces) return this.shown;
        const onProgress = (done: number, total: number): void => emit({ done, total });
        const exact = await measureExactly(pair, traces, services.logits, { signal, onProgress });
        // Another pair may be on show by now.
        if (this.traces !== traces) return this.shown;
        this.shown = { state: 'ready', pair: compareRuns(traces.a, traces.b, exact), names };
        return this.shown;
      },
      save: async ({ form }) => ({ path: await services.save(this.known().pair, form) }),
    });
  }

  private change(ids: Readonly<Record<PairPlace, string>>): Promise<RunPairShown> {
    this.ids = ids;
    return this.show();
  }

  private async show(): Promise<RunPairShown> {
    const { ids } = this;
    const [a, b] = await Promise.all([this.services.find(ids.a), this.services.find(ids.b)]);
    const found = { a, b };
    // Another pair was asked for meanwhile: the answer is of what is on show.
    if (ids !== this.ids) return this.show();
    this.traces = a && b ? { a: a.trace, b: b.trace } : null;
    this.shown =
      a && b
        ? { state: 'ready', pair: compareRuns(a.trace, b.trace), names: { a: a.name, b: b.name } }
        : { state: 'missing', places: PLACES.filter((place) => !found[place]) };
    this.services.onShown(this.shown);
    return this.shown;
  }

  private known(): Extract<RunPairShown, { state: 'ready' }> {
    if (this.shown.state === 'ready') return this.shown;
    throw new Problem({
      code: 'run-unknown',
      message: 'One of these runs is not kept any more.',
      action: 'Choose another one.',
    });
  }
}
