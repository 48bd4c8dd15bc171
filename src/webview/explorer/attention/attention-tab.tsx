import './attention.css';
import { useRef } from 'preact/hooks';
import type { Trace } from '../../../core/trace/record';
import { isBusy } from '../session';
import type { Tab, TabProps } from '../tab';
import { type AttentionMode, ModeSwitch } from '../life-attention/mode-switch';
import { useTabView } from '../tab-view';
import { Button } from '../../ui/button';
import { ProgressRing } from '../../ui/progress-ring';
import { counted } from '../../components/format';
import { ServerGivesNone } from '../server-note';
import { AttentionView } from './attention-view';

/** Attention is read once the whole sequence is known: while the run goes on the tab says how far it is. */
export function AttentionTab(props: TabProps) {
  const { trace, runId, status } = props;
  const last = useRef<Pick<TabProps, 'trace' | 'runId'> | null>(null);
  if (!trace || runId === null) return null;
  if (trace.header.model.server) return <ServerGivesNone server={trace.header.model.server} what="attention" />;
  const isOpen = !trace.summary && isBusy(status);
  if (!isOpen) last.current = { trace, runId };
  else if (isRerun(last.current?.trace, trace) && modeOf(props.state) === 'grid') {
    return <OnBoard {...props} {...last.current} />;
  }
  if (isOpen) {
    const tokens = trace.tokens.length;
    const total = trace.header.promptLength + trace.header.maxNewTokens;
    return (
      <Waiting text={`Attention shows when the run has ended: ${tokens} of at most ${counted(total, 'token')}.`} />
    );
  }
  const tokens = <AttentionView key={runId} {...props} trace={trace} runId={runId} />;
  if (!trace.header.model.life) return tokens;
  if (modeOf(props.state) === 'grid') return <OnBoard {...props} />;
  return (
    <div class="attention-with-modes">
      <div class="attention-modes">
        <ModeSwitch mode="tokens" onMode={() => props.setState({ mode: 'grid' })} />
        <span class="muted">Every token of the run; on the board heads are read cell by cell.</span>
      </div>
      {tokens}
    </div>
  );
}

/** Whether a run asks the same Life model again: what is shown of the one before stays until it has ended. */
function isRerun(before: Trace | null | undefined, { header }: Trace): boolean {
  return before?.header.model.life !== undefined && before.header.model.folder === header.model.folder;
}

/** A Life run is shown on its board, unless its tokens were asked for. */
function modeOf(kept: unknown): AttentionMode {
  return (kept as { readonly mode?: unknown } | null | undefined)?.mode === 'tokens' ? 'tokens' : 'grid';
}

const BOARD: Pick<Tab, 'load'> = {
  load: () => import('../life-attention/grid-view').then(({ GridTab }) => GridTab),
};

/** The view on the board is a chunk of its own: runs of text do not load it. */
function OnBoard(props: TabProps) {
  const view = useTabView(BOARD);
  if (view.state === 'ready') return <view.View {...props} />;
  if (view.state === 'loading') return <Waiting text="Loading…" />;
  return (
    <div class="attention-empty" role="alert">
      <p>The view on the board could not be loaded.</p>
      <Button onClick={view.again}>Try again</Button>
    </div>
  );
}

function Waiting({ text }: { readonly text: string }) {
  return (
    <div class="attention-empty">
      <ProgressRing />
      <p>{text}</p>
    </div>
  );
}
