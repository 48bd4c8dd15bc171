import type { ComponentChildren } from 'preact';
import type { PassTotals, StepRow } from '../../../core/lens/passes';
import type { TraceHeader } from '../../../core/trace/record';
import { Definition } from '../../components/definition';
import { count, counted, probability } from '../../components/format';
import { AcceptanceByPosition, TokensPerPass } from './charts';
import { decimals } from './numbers';
import './run-panel.css';

export interface RunPanelProps {
  readonly header: TraceHeader;
  readonly rows: readonly StepRow[];
  readonly totals: PassTotals;
  /** Whether a server counted its own drafts: what it does not count is said to be not reported. */
  readonly reported?: boolean;
}

/** What speculation came to over the whole run, each number with its one definition. */
export function RunPanel({ header, rows, totals, reported = false }: RunPanelProps) {
  const { speculation } = totals;
  const { drafted, accepted, passes } = speculation;
  const first = rows[0];
  const brought = first ? rows.at(-1)!.end - first.start : 0;
  const perPass = rows.length === 0 ? null : brought / rows.length;
  const { outputTv } = speculation;
  return (
    <section class="spec-run" aria-labelledby="spec-run-title">
      <header class="section-head">
        <h2 id="spec-run-title">Run</h2>
        <span class="muted spec-formula">
          {drafted === 0
            ? 'nothing drafted'
            : `${count(drafted)} drafted${totals.tested > 0 ? `, ${count(totals.tested)} tested` : ''}`}
        </span>
      </header>
      <dl class="spec-figures">
        <Figure
          name="passes"
          definition={
            reported
              ? 'Passes that verified a draft: the server does not count those without.'
              : 'Passes of the model after the prompt, with a draft and without.'
          }
          value={reported && passes === 0 ? probability(null) : count(reported ? passes : rows.length)}
          note={reported ? 'with drafts' : passes > 0 && passes < rows.length ? `${count(passes)} with drafts` : ''}
        />
        {drafted > 0 && (
          <>
            <Figure
              name="acceptance rate"
              definition="Accepted over drafted tokens, as vLLM counts it. Tokens after a rejection count as drafted, so it is not α: it is smaller wherever drafts are longer than 1."
              value={probability(speculation.acceptanceRate)}
              note={drafted > 0 ? `${count(accepted)}/${count(drafted)}` : ''}
            />
            <Figure
              name="mean length"
              definition="Mean acceptance length, as vLLM counts it: 1 + accepted tokens over passes that verified a draft. The 1 is the replacement or bonus token."
              value={decimals(speculation.meanAcceptanceLength, 2)}
              note={totals.longest > 0 ? `of ${count(totals.longest + 1)}` : ''}
            />
          </>
        )}
        {!reported && (
          <Figure
            name="tokens per pass"
            definition="Tokens that the passes brought over their number, passes without a draft included."
            value={decimals(perPass, 2)}
            note={rows.length > 0 ? `${count(brought)}/${count(rows.length)}` : ''}
          />
        )}
        {drafted > 0 && (
          <Figure
            name="α"
            definition="Leviathan’s α: the mean over the tested tokens of Σ min(p, q), the chance that a drafted token is accepted by the exact rule. It is not the acceptance rate."
            value={probability(speculation.alpha)}
            note={reported ? 'not reported' : totals.tested > 0 ? `${count(totals.tested)} tested` : ''}
          />
        )}
        {drafted > 0 && !header.decoder.exact && (
          <Figure
            name="output TV"
            wide
            definition="Total variation between the distribution that this lossy rule emits at a position and the model’s own, in closed form, over the tested positions where it was computed: mean, and the largest. 0 is exact."
            value={outputTv ? probability(outputTv.mean) : probability(null)}
            note={
              outputTv ? `mean; max ${probability(outputTv.max)}; ${counted(outputTv.tokens, 'token')}` : 'not computed'
            }
          />
        )}
      </dl>
      <div class="spec-charts">
        {totals.testedByPosition.length > 0 && (
          <AcceptanceByPosition accepted={speculation.acceptedByPosition} tested={totals.testedByPosition} />
        )}
        {rows.length > 0 && !reported && <TokensPerPass byTokens={totals.byTokens} mean={perPass ?? 0} />}
      </div>
    </section>
  );
}

interface FigureProps {
  readonly name: string;
  readonly definition: string;
  readonly value: string;
  readonly note?: ComponentChildren;
  readonly wide?: boolean;
}

export function Figure({ name, definition, value, note, wide }: FigureProps) {
  return (
    <div class={wide ? 'spec-figure spec-figure-wide' : 'spec-figure'}>
      <dt>
        <Definition text={definition}>{name}</Definition>
      </dt>
      <dd>
        {value} {note && <small>{note}</small>}
      </dd>
    </div>
  );
}
