import { useCallback, useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { ModelSummary } from '../../protocol/models';
import type { ExplorerSettings } from '../../protocol/explorerState';
import { counted } from '../components/format';
import { Icon } from '../components/icon';
import { NoticeList } from '../components/notice-list';
import { useTheme } from '../components/theme';
import { Button } from '../ui/button';
import { ProgressRing } from '../ui/progress-ring';
import { BOARD_INPUT, drawnGrid, isDrawn } from './board';
import { BOARD_STATE, type BoardState, readBoardState } from './board/state';
import { EmptyState } from './empty-state';
import { earlierRun } from './earlier';
import { ModelControls, chosenModel } from './model-controls';
import { noticesOf } from './notices';
import { focusPrompt, goByKey } from './places';
import { PromptRow } from './prompt-row';
import { TABS } from './registry';
import { SamplingControls } from './sampling';
import { type ExplorerSession, type SessionState, effectiveSelection, isBusy } from './session';
import type { TabBench } from './tab';
import { StatusLine } from './status-line';
import { PANEL_ID, TabStrip, tabId } from './tab-strip';
import { useTabView } from './tab-view';
import { ViewerHeader } from './viewer-header';
import '../components/page.css';
import './explorer.css';
import './narrow.css';

/** The page: model and settings, prompt, what is to be said, the tabs, and the tab on show. */
export function Explorer({ session }: { readonly session: ExplorerSession }) {
  const state = useSessionState(session);
  const theme = useTheme();
  const [hovered, setHovered] = useState<number | null>(null);
  const [spoken, setSpoken] = useState('');
  const { settings, status, view, models, mode, trace, runId } = state;

  const comparing = state.comparison?.state === 'running' || state.comparisonProgress !== null;
  const busy = isBusy(status);
  const model = useMemo(() => chosenModel(models, settings), [models, settings]);
  const ofTrace = useMemo(
    () => models.find((candidate) => candidate.folder === trace?.header.model.folder) ?? null,
    [models, trace?.header],
  );
  const tabs = TABS.filter((tab) => tab.available(trace, mode, model));
  const tab =
    tabs.find((candidate) => candidate.id === view.tab) ??
    tabs.find((candidate) => trace !== null && candidate.opens?.(trace)) ??
    tabs[0]!;
  const selected = effectiveSelection(trace, view.selected, status);

  const onSelect = useCallback((index: number | null) => session.setView({ selected: index }), [session]);
  const setTabState = useCallback(
    (partial: Readonly<Record<string, unknown>>) => session.setTab(tab.id, partial),
    [session, tab.id],
  );
  const runWith = useCallback(
    (change: Partial<ExplorerSettings>) => {
      session.set(change);
      void session.run();
    },
    [session],
  );
  const announce = useCallback((text: string) => setSpoken(text), []);
  useEffect(() => setHovered(null), [state.runId, tab.id]);
  useAnnouncedEnd(state, announce);
  useLearnedRun(state, session);

  const onTab = useCallback((id: string) => session.setView({ tab: id }), [session]);
  const boardState = useMemo(() => readBoardState(view.tabs[BOARD_STATE]), [view.tabs[BOARD_STATE]]);
  const live = boardState.live && !comparing;
  const bench = useBench(session, state, model, live);
  const grid = mode === 'explorer' ? drawnGrid(model) : null;
  const drawn = grid !== null && isDrawn(boardState, settings.prompt, grid);
  const board = useTabView(drawn ? BOARD_INPUT : null);

  const shown = useTabView(tab);
  const first = useRef(true);
  const page = useRef<HTMLDivElement>(null);
  usePromptAsked(state.promptAsked, page);
  const hasView = (trace !== null && trace.tokens.length > 0) || (tab.withoutRun ?? false);
  // The page shows whole at first: the controls do not come before the view below them.
  const waits = (hasView && shown.state === 'loading') || (drawn && board.state === 'loading');
  if (state.phase === 'opening' || (first.current && waits)) {
    return (
      <div class="opening" role="status">
        <ProgressRing />
        Opening…
      </div>
    );
  }

  first.current = false;
  return (
    <div
      class={busy ? 'shell shell-busy' : 'shell'}
      ref={page}
      onKeyDownCapture={(event) => {
        if (!goByKey(event.currentTarget, event)) return;
        event.preventDefault();
        event.stopPropagation();
      }}
    >
      <header class="toolbar">
        {mode === 'viewer' ? (
          <ViewerHeader trace={trace} decoders={state.decoders} onRunAgain={() => void session.runAgain()} />
        ) : (
          <>
            <ModelControls
              models={models}
              decoders={state.decoders}
              settings={settings}
              disabled={busy || comparing}
              onChange={(change) => session.set(change)}
            />
            <i class="toolbar-rule" />
            <SamplingControls
              decoder={state.decoders.find(({ name }) => name === settings.decoder) ?? null}
              settings={settings}
              vocabularySize={model?.vocabularySize ?? null}
              onChange={(change) => session.set(change)}
            />
            <Button
              appearance="icon"
              class="save"
              label="Save the run as a .vivtrace file"
              disabled={busy || !trace}
              onClick={() => void session.save()}
            >
              <Icon name="save" />
            </Button>
          </>
        )}
      </header>
      {mode === 'explorer' && (
        <PromptRow
          settings={settings}
          model={model}
          api={session.api}
          busy={busy}
          blocked={comparing}
          onChange={(change) => session.set(change)}
          onRun={() => void session.run()}
          onStop={() => void session.stop()}
          drawing={{
            ...{ view: board, state: boardState, first: !hasView && !busy, announce, theme },
            setState: (partial: Partial<BoardState>) => session.setTab(BOARD_STATE, partial),
            onPrompt: (prompt) => session.setBoard(prompt, live),
          }}
        />
      )}
      <NoticeList
        notices={noticesOf(state, model)}
        onLog={() => session.showLog()}
        onDismiss={() => session.dismissProblem()}
      />
      <div class="tab-row">
        <TabStrip tabs={tabs} current={tab.id} onTab={onTab} />
        <StatusLine
          trace={trace}
          status={status}
          tab={tab}
          earlier={trace && mode === 'explorer' ? earlierRun(trace, settings) : null}
          begins={state.begun !== null}
        />
        {busy && <i class={progressClass(state)} style={{ '--done': progressOf(state) }} />}
      </div>
      <div class="panel" id={PANEL_ID} role="tabpanel" aria-labelledby={tabId(tab.id)}>
        {hasView && shown.state === 'ready' ? (
          <shown.View
            bench={mode === 'viewer' ? null : bench}
            onTab={onTab}
            trace={trace}
            runId={runId}
            mode={mode}
            status={status}
            engine={state.engine}
            model={ofTrace}
            api={session.api}
            runAgain={mode === 'viewer' || busy || comparing ? null : runWith}
            selected={selected}
            chosen={view.selected}
            onSelect={onSelect}
            hovered={hovered}
            onHover={setHovered}
            state={view.tabs[tab.id]}
            setState={setTabState}
            theme={theme}
            announce={announce}
          />
        ) : hasView && shown.state === 'failed' ? (
          <LoadFailure title={tab.title} onAgain={shown.again} />
        ) : hasView ? (
          <div class="opening opening-late">
            <ProgressRing />
            Loading…
          </div>
        ) : busy ? (
          <div class="opening">
            <ProgressRing />
            {status.state === 'loading' ? status.message : 'Reading the prompt…'}
          </div>
        ) : (
          <EmptyState
            mode={mode}
            models={models}
            model={model}
            onPrompt={(prompt) => runWith({ prompt })}
            onRefresh={() => void session.refreshModels()}
            onWalkthrough={() => session.openWalkthrough()}
          />
        )}
      </div>
      <div class="unseen" role="status" aria-live="polite">
        {spoken}
      </div>
    </div>
  );
}

/** A view that did not come, in the place of the view. */
function LoadFailure({ title, onAgain }: { readonly title: string; readonly onAgain: () => void }) {
  return (
    <div class="opening opening-failed" role="alert">
      <p>The {title} view could not be loaded.</p>
      <Button onClick={onAgain}>Try again</Button>
    </div>
  );
}

function useSessionState(session: ExplorerSession): SessionState {
  const [state, setState] = useState(session.state);
  useEffect(() => {
    setState(session.state);
    return session.subscribe(() => setState(session.state));
  }, [session]);
  return state;
}

/** What tabs that run something themselves need of the controls. */
function useBench(session: ExplorerSession, state: SessionState, model: ModelSummary | null, live: boolean): TabBench {
  const { settings, models, decoders, comparison, comparisonProgress, sweep } = state;
  return useMemo(
    () => ({
      ...{ settings, model, models, decoders, comparison, progress: comparisonProgress, sweep },
      onChange: (change) => session.set(change),
      onBoard: (prompt) => session.setBoard(prompt, live),
      compare: (decoders, rounds) => session.compare(decoders, rounds),
      stopComparison: () => session.stopComparison(),
      saveComparison: (form) => session.saveComparison(form),
      openComparedRun: (runId) => session.openComparedRun(runId),
      startSweep: (request) => session.startSweep(request),
      stopSweep: () => session.stopSweep(),
      saveSweep: (of) => session.saveSweep(of),
    }),
    [session, settings, model, models, decoders, comparison, comparisonProgress, sweep, live],
  );
}

/** Puts the focus into the prompt where a command led there, as soon as there is one. */
function usePromptAsked(asked: number, page: { readonly current: HTMLElement | null }): void {
  const done = useRef(0);
  useEffect(() => {
    if (done.current < asked && page.current && focusPrompt(page.current)) done.current = asked;
  });
}

/** Says that a run is over, for those who do not see the status. */
function useAnnouncedEnd(state: SessionState, announce: (text: string) => void): void {
  const done = state.status.state === 'done';
  const told = useRef<string | null>(null);
  useEffect(() => {
    const summary = state.trace?.summary;
    if (!done || !summary || state.mode === 'viewer' || told.current === state.runId) return;
    told.current = state.runId;
    const end = summary.finish === 'cancelled' ? 'Run stopped' : 'Run complete';
    announce(`${end}: ${counted(summary.generatedTokens, 'token')} generated.`);
  }, [done, state.runId]);
}

/** Lets every tab keep what it wants of a run that has ended. */
function useLearnedRun({ status, trace, mode, runId }: SessionState, session: ExplorerSession): void {
  const done = status.state === 'done';
  const learnt = useRef<string | null>(null);
  useEffect(() => {
    if (!done || !trace?.summary || mode === 'viewer' || learnt.current === runId) return;
    learnt.current = runId;
    for (const { id, learn } of TABS) {
      const learned = learn?.(trace);
      if (learned) session.setTab(id, learned);
    }
  }, [done, runId]);
}

/** How much of the run is done, in [0, 1]; 0 while nobody knows. */
function progressOf({ status }: SessionState): number {
  return status.state === 'running' && status.total > 0 ? Math.min(1, status.tokens / status.total) : 0;
}

function progressClass({ status }: SessionState): string {
  return status.state === 'running' && status.total > 0 ? 'progress' : 'progress progress-open';
}
