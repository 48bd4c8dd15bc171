import { useCallback, useState } from 'preact/hooks';
import { tokenLabel } from '../../core/text/tokens';
import { countOrigins } from '../../core/lens/passes';
import type { Trace, TraceToken } from '../../core/trace/record';
import { TOKEN_ORIGINS } from '../../core/sequence/pass';
import { bits, count, probability } from '../components/format';
import type { ThemeInfo } from '../components/theme';
import { tokenForKey } from '../components/token-keys';
import { MeasureLegend } from '../components/measure-legend';
import { MEASURE, measureFill, measureStops, measureText } from '../components/token-measure';
import { TokenText } from '../components/token-text';
import { ORIGIN_DEFINITIONS, ORIGIN_NAMES } from '../components/origins';
import { Mark } from '../components/marks';
import { SurprisalBars } from './surprisal-bars';

export interface TokensResultProps {
  readonly trace: Trace;
  /** Fills by surprisal, or marks by how each token came. */
  readonly look: 'surprisal' | 'origin';
  readonly selected: number | null;
  readonly onSelect: (index: number | null) => void;
  readonly theme: ThemeInfo;
}

/** Lines of text before it scrolls. */
const LINES = 6;
/** Tokens that the page and arrow keys pass at once. */
const PAGE = 20;

/** The text of a run, a bar for each token, and what the model thought of the chosen one. */
export function TokensResult({ trace, look, selected, onSelect, theme }: TokensResultProps) {
  const { tokens, header } = trace;
  const [hovered, setHovered] = useState<number | null>(null);
  const fill = useCallback(
    (token: TraceToken) =>
      look === 'surprisal' ? measureFill(MEASURE.surprisal, token.judgement, measureStops('surprisal', theme)) : null,
    [look, theme],
  );
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const next = tokenForKey(event.key, selected, tokens.length, PAGE);
    if (next === null) return;
    event.preventDefault();
    // The notebook itself goes from cell to cell with these keys.
    event.stopPropagation();
    // The pointer may rest on another token.
    setHovered(null);
    onSelect(next);
  };
  const active = tokens[hovered ?? selected ?? -1];
  return (
    <div class="result-tokens">
      <p class="result-legend">
        <span class="key">
          <Mark kind="prompt" /> prompt {count(Math.min(header.promptLength, tokens.length))}
        </span>
        {look === 'surprisal' ? <MeasureLegend name="surprisal" theme={theme} /> : <OriginLegend tokens={tokens} />}
      </p>
      <TokenText
        tokens={tokens}
        promptLength={header.promptLength}
        selected={selected}
        hovered={hovered}
        onSelect={onSelect}
        onHover={setHovered}
        theme={theme}
        fill={fill}
        {...(look === 'origin' ? { mark: markOf } : {})}
        label={
          look === 'surprisal'
            ? 'Tokens of the run, coloured by surprisal'
            : 'Tokens of the run, marked by how they came'
        }
        lines={LINES}
        onKeyDown={onKeyDown}
        follow={false}
      />
      {look === 'surprisal' && (
        <SurprisalBars tokens={tokens} selected={hovered ?? selected} onSelect={onSelect} theme={theme} />
      )}
      <p class="result-readout" aria-live="polite">
        {active ? (
          <Readout token={active} />
        ) : (
          <span class="muted">Choose a token for its probability and what else was likely.</span>
        )}
      </p>
    </div>
  );
}

/** The mark of a token below the text; prompts have their rule already. */
function markOf({ origin }: TraceToken) {
  return origin === 'prompt' ? null : { name: origin, says: ORIGIN_NAMES[origin] };
}

function OriginLegend({ tokens }: { readonly tokens: readonly TraceToken[] }) {
  const counts = countOrigins(tokens);
  return (
    <>
      {TOKEN_ORIGINS.filter((origin) => origin !== 'prompt' && counts[origin] > 0).map((origin) => (
        <span key={origin} class="key" title={ORIGIN_DEFINITIONS[origin]}>
          <Mark kind={origin} /> {ORIGIN_NAMES[origin]} {count(counts[origin])}
        </span>
      ))}
    </>
  );
}

function Readout({ token }: { readonly token: TraceToken }) {
  const { judgement } = token;
  return (
    <>
      <b class="result-token">{tokenLabel(token.text)}</b> position {token.index}, {ORIGIN_NAMES[token.origin]}
      {judgement ? (
        <>
          {' '}
          · probability <b class="number">{probability(judgement.probability)}</b> · rank{' '}
          <b class="number">{measureText('rank', judgement)}</b> · surprisal{' '}
          <b class="number">{bits(judgement.surprisal)}</b> bits · entropy{' '}
          <b class="number">{measureText('entropy', judgement)}</b> bits · most probable{' '}
          {judgement.top.map(({ id, text, probability: p }) => (
            <span key={id} class="result-alternative">
              {tokenLabel(text)} <span class="number">{probability(p)}</span>{' '}
            </span>
          ))}
        </>
      ) : (
        ` · ${token.index === 0 ? 'the first token: nothing predicted it' : 'no probability was told'}`
      )}
    </>
  );
}
