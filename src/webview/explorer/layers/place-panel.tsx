import type { TraceToken } from '../../../core/trace/record';
import { Definition } from '../../components/definition';
import { bits, probability, smallBits, UNKNOWN } from '../../components/format';
import { TokenLabel } from '../../components/token-chip';
import type { LensPage } from './lens-page';

export interface PlacePanelProps {
  readonly page: LensPage;
  readonly tokens: readonly TraceToken[];
  readonly token: number;
  readonly row: number;
  readonly onRow: (row: number) => void;
}

const COLUMNS = [
  ['p', 'Probability of the layer’s most probable token: softmax of the hidden state through final norm and head.'],
  ['entropy', 'Entropy of the layer’s distribution in bits.'],
  ['KL', 'KL(p_L‖p_l) in bits: how far the layer’s distribution is from the last layer’s; 0 at the last.'],
  ['step', '‖h′ − h‖: how far the next layer moves the residual stream.'],
  ['turn', '1 − cos(h′ − h, h_L − h): 0 where the next layer moves straight to where the last ends, 1 across, 2 away.'],
] as const;

/** One token: what each layer says after it, in numbers, and the chosen layer's most probable tokens. */
export function PlacePanel({ page, tokens, token, row, onRow }: PlacePanelProps) {
  const at = token - page.start;
  const chosen = page.rows[row]?.readings[at];
  const next = tokens[token + 1];
  return (
    <>
      <header class="section-head">
        <h2>
          After <TokenLabel text={tokens[token]?.text ?? ''} />
        </h2>
        <span class="muted">
          token {token}
          {next && (
            <>
              ; then came <TokenLabel text={next.text} />
            </>
          )}
        </span>
      </header>
      <div class="layers-table" tabIndex={0} role="group" aria-label="Layers in numbers">
        <table>
          <caption class="unseen">What each layer says after token {token}</caption>
          <thead>
            <tr>
              <th scope="col">layer</th>
              <th scope="col">says</th>
              {COLUMNS.map(([name, definition]) => (
                <th key={name} scope="col" class="number">
                  <Definition text={definition}>{name}</Definition>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {page.rows.map(({ layer, readings }, index) => {
              const reading = readings[at];
              const best = reading?.top[0];
              return (
                <tr
                  key={layer}
                  class={index === row ? 'chosen' : ''}
                  aria-current={index === row ? 'true' : undefined}
                  onClick={() => onRow(index)}
                >
                  <th scope="row">{layer === 0 ? 'emb.' : layer}</th>
                  <td class="layers-says">
                    <TokenLabel text={best?.text ?? ''} />
                    {reading?.agrees && <span class="unseen">, as the last layer</span>}
                  </td>
                  <td class="number">{probability(best?.probability)}</td>
                  <td class="number">{bits(reading?.entropy)}</td>
                  <td class="number">{smallBits(reading?.divergence)}</td>
                  <td class="number">{length(reading?.velocity)}</td>
                  <td class="number">{reading?.turn == null ? UNKNOWN : reading.turn.toFixed(2)}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
      {chosen && (
        <section class="layers-top" aria-labelledby="layers-top-title">
          <h3 id="layers-top-title">{chosen.layer === 0 ? 'The embeddings' : `Layer ${chosen.layer}`} would say</h3>
          <ol>
            {chosen.top.map(({ id, text, probability: p }) => (
              <li key={id} class={id === next?.id ? 'layers-came' : ''}>
                <span class="layers-says">
                  <TokenLabel text={text} />
                </span>
                <span class="layers-bar" style={{ width: `${100 * p}%` }} aria-hidden="true" />
                <span class="number">{probability(p)}</span>
              </li>
            ))}
          </ol>
        </section>
      )}
    </>
  );
}

/** Three digits: streams grow from parts of 1 to hundreds. */
function length(value: number | null | undefined): string {
  if (value == null) return UNKNOWN;
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}
