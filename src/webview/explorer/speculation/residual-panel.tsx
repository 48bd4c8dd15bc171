import type { PassRow } from '../../../core/lens/passes';
import type { Trace, TraceSpeculation } from '../../../core/trace/record';
import { UNKNOWN, probability } from '../../components/format';
import { TokenLabel } from '../../components/token-chip';
import { Mark } from '../../components/marks';
import { ruleOf } from '../../components/draft-rule';
import './residual-panel.css';

export interface ResidualPanelProps {
  readonly trace: Trace;
  readonly row: PassRow | null;
}

/** Where the token after the accepted ones came from. */
export function ResidualPanel({ trace, row }: ResidualPanelProps) {
  const speculation = row?.pass.speculation;
  const replaced = speculation?.next?.origin === 'replacement';
  const rule = speculation && replaced ? ruleOf(trace.header, speculation.drafted) : null;
  return (
    <section class="spec-residual" aria-labelledby="spec-residual-title">
      <header class="section-head">
        <h2 id="spec-residual-title">{replaced ? 'Residual' : 'Next token'}</h2>
        {rule && (
          <span class="muted spec-formula" title={rule.residualAbout ?? rule.residual}>
            {rule.residual}
          </span>
        )}
      </header>
      {speculation && replaced ? (
        <Residual speculation={speculation} />
      ) : (
        <div class="spec-note">{speculation ? <Bonus trace={trace} speculation={speculation} /> : NO_DRAFT}</div>
      )}
    </section>
  );
}

const NO_DRAFT = 'No draft, no residual: what stands here was drawn without one.';

/** The most probable tokens of the residual, the one that was drawn among them marked. */
function Residual({ speculation: { residual, next } }: { readonly speculation: TraceSpeculation }) {
  const top = residual?.top ?? [];
  const scale = top.reduce((most, { probability: value }) => Math.max(most, value), 1e-9);
  const drawn = top.some(({ id }) => id === next?.id);
  const rest = 1 - top.reduce((sum, { probability: value }) => sum + value, 0);
  return (
    <div class="residual-scroll">
      <table class="residual">
        <caption class="unseen">Most probable tokens of the distribution that the replacement was drawn from</caption>
        <thead>
          <tr>
            <th scope="col">token</th>
            <th class="residual-bar" aria-hidden="true" />
            <th scope="col" class="number">
              prob.
            </th>
          </tr>
        </thead>
        <tbody>
          {top.map(({ id, text, probability: value }) => (
            <tr key={id} class={id === next?.id ? 'residual-drawn' : undefined} title={`token id ${id}`}>
              <Token text={text} drawn={id === next?.id} />
              <td class="residual-bar" aria-hidden="true">
                <i style={{ width: `${(100 * value) / scale}%` }} />
              </td>
              <td class="number">{probability(value)}</td>
            </tr>
          ))}
          {!drawn && next && (
            <tr class="residual-drawn" title={`token id ${next.id}`}>
              <Token text={next.text} drawn />
              <td class="residual-bar muted">below the ones above</td>
              <td class="number">{UNKNOWN}</td>
            </tr>
          )}
        </tbody>
      </table>
      <p class="spec-note residual-mass">
        {residual && (
          <span title="Sum of the residual before it was normalised.">mass {probability(residual.mass)}</span>
        )}
        {rest > 0.0005 && <span>others {probability(rest)}</span>}
      </p>
    </div>
  );
}

function Token({ text, drawn }: { readonly text: string; readonly drawn: boolean }) {
  return (
    <th scope="row" class="residual-token">
      <span class="residual-mark">{drawn && <Mark kind="replacement" />}</span>
      <span class="residual-text">
        <TokenLabel text={text} />
        {drawn && <span class="unseen">, drawn</span>}
      </span>
    </th>
  );
}

function Bonus({ trace, speculation }: { readonly trace: Trace; readonly speculation: TraceSpeculation }) {
  const { next, start, drafted } = speculation;
  if (!next) return <>The text ended with a drafted token that was accepted: no token follows.</>;
  const judgement = trace.tokens[start + drafted.length]?.judgement;
  const greedy = trace.header.sampling.temperature === 0;
  return (
    <>
      <p class="bonus-token">
        <Mark kind="bonus" />
        <b>
          <TokenLabel text={next.text} />
        </b>
      </p>
      <p>
        Bonus token, {greedy ? 'the most probable one' : 'drawn from p'}: the whole draft was accepted, and the same
        pass gives the model’s own distribution of the token after it.
      </p>
      {judgement && (
        <p>
          The model gives it {probability(judgement.probability)} before temperature and filters, rank {judgement.rank}.
        </p>
      )}
    </>
  );
}
