import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Trace, TraceEvent, TraceHeader, TracePass, TraceToken } from '../../src/core/trace/record';
import type { ExplorerNotifications, ExplorerSnapshot } from '../../src/protocol/explorer';
import type { ExplorerSettings, ExplorerState } from '../../src/protocol/explorerState';
import { Problem } from '../../src/protocol/errors';
import type { RpcMessage } from '../../src/protocol/rpc';
import { noticesOf } from '../../src/webview/explorer/notices';
import { growTrace } from '../../src/webview/explorer/run-trace';
import { DEFAULT_SETTINGS, EMPTY_VIEW, readSavedState } from '../../src/webview/explorer/saved-state';
import { ExplorerSession, effectiveSelection } from '../../src/webview/explorer/session';

const header = (id: string, promptLength = 2): TraceHeader =>
  ({
    type: 'header',
    id,
    promptLength,
    model: { folder: '/model' },
    sequence: { form: 'causal' },
  }) as unknown as TraceHeader;
const token = (index: number): TraceToken => ({ type: 'token', index }) as unknown as TraceToken;
const pass = (step: number): TracePass => ({ type: 'pass', step, cached: 0, fed: 1, writes: 1, milliseconds: 1 });

const SNAPSHOT: ExplorerSnapshot = {
  mode: 'explorer',
  models: [],
  decoders: [],
  settings: { ...DEFAULT_SETTINGS, prompt: 'from the host' },
  view: null,
  trace: null,
  runId: null,
  begun: null,
  status: { state: 'idle' },
  comparison: null,
  comparisonProgress: null,
  sweep: null,
  engine: { state: 'ready' },
  notes: [],
  trusted: true,
};

/** The editor's side, by hand: what the page posted, and answers when the test wants them. */
class FakeHost {
  readonly posted: RpcMessage[] = [];
  saved: unknown;

  constructor(state?: unknown) {
    this.saved = state;
  }

  postMessage(message: unknown): void {
    this.posted.push(message as RpcMessage);
  }
  getState(): unknown {
    return this.saved;
  }
  setState(state: unknown): void {
    this.saved = state;
  }

  /** Requests of a method, oldest first. */
  requests(method: string): Extract<RpcMessage, { rpc: 'request' }>[] {
    return this.posted.filter((message) => message.rpc === 'request').filter((request) => request.method === method);
  }

  /** Answers the last request of a method and lets the page take it in. */
  async answer(session: ExplorerSession, method: string, result: unknown): Promise<void> {
    const { id } = this.requests(method).at(-1)!;
    session.receive({ rpc: 'reply', id, ok: true, result });
    await new Promise((resolve) => setImmediate(resolve));
  }

  notify<N extends keyof ExplorerNotifications>(
    session: ExplorerSession,
    name: N,
    data: ExplorerNotifications[N],
  ): void {
    session.receive({ rpc: 'notify', name, data });
  }
}

async function opened(snapshot: Partial<ExplorerSnapshot> = {}, state?: unknown): Promise<[ExplorerSession, FakeHost]> {
  const host = new FakeHost(state);
  const session = new ExplorerSession(host);
  void session.open();
  await host.answer(session, 'snapshot', { ...SNAPSHOT, ...snapshot });
  return [session, host];
}

describe('A trace that streams in', () => {
  test('grows in place, and is another object for every batch', () => {
    const begun = growTrace(null, 0, [header('a'), token(0)]);
    const grown = growTrace(begun.trace, 2, [pass(0), token(1)]);
    assert.notEqual(grown.trace, begun.trace);
    assert.equal(grown.trace!.tokens, begun.trace!.tokens);
    assert.equal(grown.trace!.tokens.length, 2);
    assert.equal(grown.gap, false);
  });

  test('takes an event that comes again only once', () => {
    const events: TraceEvent[] = [header('a'), token(0), pass(0), token(1)];
    const once = growTrace(null, 0, events).trace;
    const twice = growTrace(once, 0, events);
    assert.deepEqual(
      twice.trace!.tokens.map(({ index }) => index),
      [0, 1],
    );
    assert.equal(twice.trace!.passes.length, 1);
  });

  test('tells that tokens are missing', () => {
    assert.equal(growTrace(null, 1, [token(0)]).gap, true);
    assert.equal(growTrace(growTrace(null, 0, [header('a'), token(0)]).trace, 3, [token(2)]).gap, true);
  });
});

describe('The session of a page', () => {
  test('asks once at the start, with what an earlier page kept', async () => {
    const kept: ExplorerState = {
      version: 1,
      settings: { ...DEFAULT_SETTINGS, prompt: 'kept' },
      view: { ...EMPTY_VIEW, selected: 3 },
      runId: 'r',
    };
    const [session, host] = await opened({}, kept);
    assert.deepEqual(
      host.requests('snapshot').map(({ params }) => params),
      [{ state: kept }],
    );
    assert.equal(session.state.phase, 'open');
    assert.equal(session.state.settings.prompt, 'from the host');
    assert.equal(session.state.view.selected, 3);
  });

  test('leaves streamed events that come before the whole to the whole', async () => {
    const host = new FakeHost();
    const session = new ExplorerSession(host);
    void session.open();
    host.notify(session, 'runStarted', { runId: 'r' });
    host.notify(session, 'trace', { runId: 'r', from: 0, events: [header('r'), token(0)] });
    assert.equal(session.state.trace, null);
    const trace: Trace = { header: header('r'), tokens: [token(0)], passes: [] };
    await host.answer(session, 'snapshot', { ...SNAPSHOT, runId: 'r', trace });
    host.notify(session, 'trace', { runId: 'r', from: 2, events: [token(1)] });
    assert.equal(session.state.trace!.tokens.length, 2);
  });

  test('ignores events of a run that is not on show', async () => {
    const [session, host] = await opened({ runId: 'new' });
    host.notify(session, 'trace', { runId: 'old', from: 0, events: [header('old'), token(0)] });
    assert.equal(session.state.trace, null);
  });

  test('keeps what was typed while the host was asked again', async () => {
    const [session, host] = await opened();
    void session.open();
    session.set({ prompt: 'newer' });
    session.setView({ selected: 5 });
    await host.answer(session, 'snapshot', SNAPSHOT);
    assert.equal(session.state.settings.prompt, 'newer');
    assert.equal(session.state.view.selected, 5);
  });

  test('drops answers to a question that was asked again since', async () => {
    const [session, host] = await opened();
    void session.open();
    const stale = host.requests('snapshot').at(-1)!.id;
    void session.open();
    await host.answer(session, 'snapshot', { ...SNAPSHOT, runId: 'second' });
    session.receive({ rpc: 'reply', id: stale, ok: true, result: { ...SNAPSHOT, runId: 'first' } });
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(session.state.runId, 'second');
  });

  test('gives the editor its state at the latest when the page goes', async () => {
    const [session, host] = await opened();
    session.set({ prompt: 'typed' });
    session.setTab('tokens', { measure: 'rank' });
    session.setTab('tokens', { table: true });
    session.flush();
    const state = readSavedState(host.saved)!;
    assert.equal(state.settings.prompt, 'typed');
    assert.deepEqual(state.view.tabs['tokens'], { measure: 'rank', table: true });
  });

  test('a run that ends without a token leaves the one before it on show, with its notes', async () => {
    const trace: Trace = { header: header('old'), tokens: [token(0), token(1)], passes: [] };
    for (const status of [
      { state: 'problem', problem: { code: 'memory', message: 'No.' } },
      { state: 'done' },
    ] as const) {
      const [session, host] = await opened({ trace, runId: 'old', notes: ['Kept.'] });
      host.notify(session, 'runStarted', { runId: 'new' });
      host.notify(session, 'trace', { runId: 'new', from: 0, events: [header('new')] });
      assert.equal(session.state.begun, 'new');
      host.notify(session, 'status', { status });
      assert.equal(session.state.trace, trace);
      assert.equal(session.state.runId, 'old');
      assert.equal(session.state.begun, null);
      assert.deepEqual(session.state.notes, ['Kept.']);
      // What came of the failed one is not the beginning of the next.
      host.notify(session, 'runStarted', { runId: 'next' });
      host.notify(session, 'trace', { runId: 'next', from: 0, events: [header('next'), token(0)] });
      assert.equal(session.state.trace.header.id, 'next');
    }
  });

  test('a page that opens before the first token of a run takes it when it comes', async () => {
    const trace: Trace = { header: header('old'), tokens: [token(0)], passes: [] };
    const [session, host] = await opened({
      trace,
      runId: 'old',
      begun: 'new',
      status: { state: 'loading', message: '…' },
    });
    host.notify(session, 'trace', { runId: 'new', from: 0, events: [header('new'), token(0)] });
    assert.equal(session.state.runId, 'new');
    // One whose beginning it has missed is asked for.
    const [late, lateHost] = await opened({ trace, runId: 'old', begun: 'new' });
    lateHost.notify(late, 'trace', { runId: 'new', from: 1, events: [token(0)] });
    assert.equal(lateHost.requests('snapshot').length, 2);
  });

  test('a new run takes the place of the old one, and keeps what was chosen where that is the same place', async () => {
    const trace: Trace = { header: header('old'), tokens: [token(0), token(1)], passes: [] };
    const { promptLength, model } = trace.header;
    const chosenAfter = async (selected: number, next: Partial<TraceHeader>): Promise<number | null> => {
      const [session, host] = await opened({ trace, runId: 'old', view: { ...EMPTY_VIEW, selected } });
      host.notify(session, 'runStarted', { runId: 'new' });
      host.notify(session, 'trace', { runId: 'new', from: 0, events: [{ ...header('new'), ...next }] });
      assert.equal(session.state.trace, trace);
      assert.equal(session.state.runId, 'old');
      host.notify(session, 'trace', { runId: 'new', from: 1, events: [token(0)] });
      assert.equal(session.state.trace.header.id, 'new');
      assert.equal(session.state.runId, 'new');
      host.notify(session, 'trace', { runId: 'old', from: 3, events: [token(2)] });
      assert.equal(session.state.trace.tokens.length, 1);
      return session.state.view.selected;
    };
    assert.equal(await chosenAfter(promptLength + 40, {}), promptLength + 40);
    assert.equal(await chosenAfter(promptLength, { promptLength: promptLength + 1 }), null);
    assert.equal(await chosenAfter(promptLength - 1, { promptLength: promptLength + 1 }), promptLength - 1);
    assert.equal(await chosenAfter(promptLength - 1, { promptLength: promptLength - 1 }), null);
    assert.equal(await chosenAfter(0, { model: { ...model, folder: '/another' } }), null);
  });

  test('a board that changes runs again once, in place of the run under way, and only of the model on show', async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] });
    const trace: Trace = { header: header('old'), tokens: [token(0)], passes: [] };
    const settings = { ...SNAPSHOT.settings, model: { folder: trace.header.model.folder } };
    const [session, host] = await opened({ trace, runId: 'old', settings });
    const prompts = (): string[] =>
      host.requests('run').map(({ params }) => (params as { settings: ExplorerSettings }).settings.prompt);
    session.setBoard('1', true);
    session.setBoard('2', true);
    t.mock.timers.tick(1000);
    assert.deepEqual(prompts(), ['2']);
    session.setBoard('3', true);
    t.mock.timers.tick(1000);
    assert.deepEqual(prompts(), ['2', '3']);
    const first = host.requests('run')[0]!;
    const problem = new Problem({ code: 'cancelled', message: 'Stopped.' }).toData();
    session.receive({ rpc: 'reply', id: first.id, ok: false, problem });
    await Promise.resolve();
    assert.equal(session.state.status.state, 'loading');
    session.setBoard('4', false);
    session.setBoard('5', true);
    await session.run();
    void session.stop();
    t.mock.timers.tick(1000);
    assert.deepEqual(prompts(), ['2', '3']);
    const [other, otherHost] = await opened({ trace, runId: 'old' });
    other.set({ model: { folder: '/another' } });
    other.setBoard('6', true);
    t.mock.timers.tick(1000);
    assert.equal(otherHost.requests('run').length, 0);
    assert.equal(other.state.settings.prompt, '6');
  });

  test('does not start a second run while one is under way', async () => {
    const [session, host] = await opened();
    void session.run();
    void session.run();
    assert.equal(host.requests('run').length, 1);
    assert.equal(session.state.status.state, 'loading');
  });

  test('shows why a run was refused, and not that it was stopped on purpose', async () => {
    const [session, host] = await opened();
    const refuse = async (code: 'memory' | 'cancelled'): Promise<void> => {
      void session.run();
      const problem = new Problem({ code, message: 'No.' }).toData();
      session.receive({ rpc: 'reply', id: host.requests('run').at(-1)!.id, ok: false, problem });
      await new Promise((resolve) => setImmediate(resolve));
    };
    await refuse('memory');
    assert.deepEqual(session.state.status, { state: 'problem', problem: { code: 'memory', message: 'No.' } });
    await refuse('cancelled');
    assert.equal(session.state.status.state, 'idle');
  });

  test('drops messages that are none of the protocol', async () => {
    const [session] = await opened();
    const before = session.state;
    for (const message of [null, 7, 'x', {}, { rpc: 'notify' }, { rpc: 'notify', name: 'unknown', data: 1 }]) {
      session.receive(message);
    }
    assert.equal(session.state, before);
  });
});

describe('What is selected where nothing was chosen', () => {
  const trace = (count: number): Trace => ({
    header: header('r', 2),
    tokens: Array.from({ length: count }, (_, index) => token(index)),
    passes: [],
  });
  const running = { state: 'running', tokens: 0, total: 1, tokensPerSecond: null } as const;

  test('is the first generated token, as soon as it is there', () => {
    assert.equal(effectiveSelection(trace(2), null, running), null);
    assert.equal(effectiveSelection(trace(3), null, running), 2);
    assert.equal(effectiveSelection(trace(9), null, { state: 'done' }), 2);
  });

  test('is the last token of a prompt that was only scored', () => {
    assert.equal(effectiveSelection(trace(2), null, { state: 'done' }), 1);
    assert.equal(effectiveSelection(null, 4, { state: 'done' }), null);
  });

  test('a choice beyond the run counts as none', () => {
    assert.equal(effectiveSelection(trace(5), 4, { state: 'done' }), 4);
    assert.equal(effectiveSelection(trace(5), 40, { state: 'done' }), 2);
  });
});

describe('What is said in place', () => {
  test('a crash that ended the run is said once', async () => {
    const problem = { code: 'engine-crashed', message: 'The engine crashed.' } as const;
    const [session] = await opened({
      status: { state: 'problem', problem },
      engine: { state: 'crashed', message: 'The engine crashed.' },
    });
    assert.deepEqual(
      noticesOf(session.state, null).map(({ id }) => id),
      ['run'],
    );
  });

  test('an engine that crashed at rest is said, with what to do', async () => {
    const [session] = await opened({ engine: { state: 'crashed', message: 'The engine was killed.' } });
    const [notice] = noticesOf(session.state, null);
    assert.equal(notice!.message, 'The engine was killed.');
    assert.match(notice!.action!, /next run/);
    assert.equal(notice!.log, true);
  });

  test('notes of a file and of a run are said, each once', async () => {
    const summary = { type: 'summary', finish: 'length', notes: ['Cut.', 'Attention was not kept.'] };
    const trace = { header: header('r'), tokens: [token(0)], passes: [], summary } as unknown as Trace;
    const [session] = await opened({ mode: 'viewer', trace, runId: 'r', notes: ['Cut.'] });
    assert.deepEqual(
      noticesOf(session.state, null).map(({ message }) => message),
      ['Cut.', 'Attention was not kept.'],
    );
  });
});
