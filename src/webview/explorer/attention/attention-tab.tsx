import './attention.css';
import { isBusy } from '../session';
import type { TabProps } from '../tab';
import { ProgressRing } from '../../ui/progress-ring';
import { counted } from '../../components/format';
import { AttentionView } from './attention-view';

/** Attention is read once the whole sequence is known: while the run goes on the tab says how far it is. */
export function AttentionTab(props: TabProps) {
  const { trace, runId, status } = props;
  if (!trace || runId === null) return null;
  if (!trace.summary && isBusy(status)) {
    const tokens = trace.tokens.length;
    const total = trace.header.promptLength + trace.header.maxNewTokens;
    return (
      <Waiting text={`Attention shows when the run has ended: ${tokens} of at most ${counted(total, 'token')}.`} />
    );
  }
  return <AttentionView key={runId} {...props} trace={trace} runId={runId} />;
}

function Waiting({ text }: { readonly text: string }) {
  return (
    <div class="attention-empty">
      <ProgressRing />
      <p>{text}</p>
    </div>
  );
}
