import type { PlainTime } from '../../../core/lens/plain-time';
import type { Trace } from '../../../core/trace/record';
import { counted } from '../../components/format';
import { milliseconds } from './numbers';
import type { TabProps } from '../tab';

export interface NoDraftsProps {
  readonly tab: TabProps;
  readonly trace: Trace;
  /** t(1), which such a run measures. */
  readonly plain: PlainTime | null;
}

/** A run without drafts: what this is for, and a way to a run that has some. */
export function NoDrafts({ tab, trace, plain }: NoDraftsProps) {
  const life = trace.header.model.task === 'life';
  const { runAgain } = tab;
  const { server } = trace.header.model;
  if (server) {
    return (
      <div class="empty spec-empty">
        <h2>The server reported no drafts</h2>
        <p>
          A server with a draft of its own may count it: vLLM does for each request where it is started with{' '}
          <code>--per-request-spec-decode-metrics detailed</code>. Here you then see every pass, how many tokens it
          drafted and how many were accepted.
        </p>
        <p class="muted">
          {server.address} decodes by itself, so no decoder of this machine can be chosen for it, and no local draft: a
          pass for each trip over the network would be slower than none.
        </p>
      </div>
    );
  }
  return (
    <div class="empty spec-empty">
      <h2>This run drafted nothing</h2>
      <p>
        With a decoder that drafts, a cheap guess of the next tokens is judged by the model in one pass. Here you then
        see every pass, every drafted token with its probabilities and its verdict, and whether it was worth the time.
      </p>
      {runAgain && (
        <>
          <h3>Run the prompt again with</h3>
          <ul class="samples">
            {(life ? LIFE_CHOICES : TEXT_CHOICES).map(({ decoder, title, about }) => (
              <li key={decoder}>
                <button type="button" class="sample spec-choice" onClick={() => runAgain({ decoder })}>
                  <b>{title}</b> {about}
                </button>
              </li>
            ))}
          </ul>
        </>
      )}
      {plain && (
        <p class="spec-measured">
          A pass of {trace.header.model.name} over one token took {milliseconds(plain.milliseconds)}, the median of{' '}
          {counted(plain.passes, 'pass', 'passes')} of this run.
          {tab.mode === 'explorer' && ' A run with drafts is held against that.'}
        </p>
      )}
    </div>
  );
}

interface Choice {
  readonly decoder: string;
  readonly title: string;
  readonly about: string;
}

const TEXT_CHOICES: readonly Choice[] = [
  { decoder: 'speculative', title: 'Speculative', about: 'a small model drafts' },
  { decoder: 'prompt-lookup', title: 'Prompt lookup', about: 'drafts what followed the same words before' },
];

const LIFE_CHOICES: readonly Choice[] = [
  { decoder: 'copy-previous', title: 'Copy previous', about: 'drafts that no cell changes' },
  { decoder: 'exact-rule', title: 'Exact rule', about: 'drafts the true next grid' },
  { decoder: 'speculative', title: 'Speculative', about: 'a small model drafts' },
];
