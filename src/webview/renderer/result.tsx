import { useMemo, useState } from 'preact/hooks';
import { draftedSteps } from '../../core/lens/reported-steps';
import type { RunResult } from '../../core/notebook/result';
import { runSentence } from '../../core/picture/run';
import { useTheme } from '../components/theme';
import { AttentionResult } from './attention-result';
import { PassesResult } from './passes-result';
import { TokensResult } from './tokens-result';

export interface ResultProps {
  readonly result: RunResult;
  /** Shows the run in an Explorer; null where nobody listens. */
  readonly onOpen: (() => void) | null;
}

/** One run in a notebook: what its cell asked to be shown, with one selection. */
export function Result({ result, onOpen }: ResultProps) {
  const theme = useTheme();
  const { trace, show, attention, notes } = result;
  const [selected, setSelected] = useState<number | null>(null);
  const drafted = useMemo(() => draftedSteps(trace).length > 0, [trace]);
  const passes = drafted && show.includes('speculation');
  return (
    <section class="result" aria-label={`Run of ${trace.header.model.name}`}>
      <p class="result-head">
        <b>{trace.header.model.name}</b> {trace.header.decoder.name} <span class="muted">{runSentence(trace)}</span>
      </p>
      <div class={attention || passes ? 'result-columns' : undefined}>
        <TokensResult
          trace={trace}
          look={passes ? 'origin' : 'surprisal'}
          selected={selected}
          onSelect={setSelected}
          theme={theme}
        />
        {attention && (
          <AttentionResult
            trace={trace}
            attention={attention}
            selected={selected}
            onSelect={setSelected}
            theme={theme}
          />
        )}
        {passes && <PassesResult trace={trace} selected={selected} onSelect={setSelected} />}
      </div>
      {notes.map((note) => (
        <p key={note} class="result-note">
          {note}
        </p>
      ))}
      {onOpen && (
        <p>
          <button type="button" class="link" onClick={onOpen}>
            Open in Explorer
          </button>
        </p>
      )}
    </section>
  );
}
