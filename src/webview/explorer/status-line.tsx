import type { FinishReason, Trace } from '../../core/trace/record';
import type { RunStatus } from '../../protocol/explorer';
import { UNKNOWN, count, rate } from '../components/format';
import { Icon } from '../components/icon';
import { ProgressRing } from '../ui/progress-ring';
import type { Earlier } from './earlier';
import { isBusy } from './session';
import type { Tab } from './tab';

const FINISH: Readonly<Record<FinishReason, string>> = {
  'end-of-text': 'The model ended the text.',
  length: 'All new tokens that were asked for.',
  'context-full': 'The model’s context is full.',
  cancelled: 'Stopped.',
  failed: 'The run failed.',
};

export interface StatusLineProps {
  /** The run on show. */
  readonly trace: Trace | null;
  readonly status: RunStatus;
  readonly tab: Tab;
  /** What tells that run from what the controls hold; null where it is theirs. */
  readonly earlier: Earlier | null;
  /** The run under way has no token yet: the one on show is not the one that the status is about. */
  readonly begins: boolean;
}

/** What is under way, of what the run on show is, how long it is, and how fast it went. */
export function StatusLine({ trace, status, tab, earlier, begins }: StatusLineProps) {
  const summary = trace?.summary;
  const tokens = trace?.tokens.length ?? 0;
  const prompt = trace ? Math.min(trace.header.promptLength, tokens) : 0;
  const running = status.state === 'running' ? status : null;
  const speed = running ? running.tokensPerSecond : (summary?.tokensPerSecond ?? null);
  return (
    <div class="status">
      {isBusy(status) && (
        <span class="status-busy">
          <ProgressRing />
          {status.state === 'loading'
            ? status.message
            : running
              ? `${count(running.tokens)} of ${count(running.total)}`
              : ''}
        </span>
      )}
      {earlier && (
        <span class="status-earlier" role="note" title={earlier.about}>
          <Icon name="info" /> {earlier.mark}
        </span>
      )}
      {trace && !begins && (
        <>
          <span class="status-tokens" title={summary ? FINISH[summary.finish] : undefined}>
            <b>{count(tokens)}</b> tokens
            {summary && (summary.finish === 'cancelled' || summary.finish === 'failed') && ', stopped'}
          </span>
          {tab.facts ? (
            <span class="status-facts">{tab.facts(trace)}</span>
          ) : (
            <span class="status-facts">
              <b>{count(prompt)}</b> prompt + <b>{count(tokens - prompt)}</b> generated
            </span>
          )}
          <span class="status-rate" title="Generated tokens per second of decoding, after the prompt.">
            <b>{speed === null ? UNKNOWN : rate(speed)}</b> tok/s
          </span>
        </>
      )}
    </div>
  );
}
