import { useCallback, useMemo } from 'preact/hooks';
import { type StepRow, countOrigins } from '../../../core/lens/passes';
import type { Trace, TraceToken } from '../../../core/trace/record';
import { TOKEN_ORIGINS } from '../../../core/sequence/pass';
import { count } from '../../components/format';
import type { ThemeInfo } from '../../components/theme';
import { tokenForKey } from '../../components/token-keys';
import { tokenLabel } from '../../components/token-label';
import { type TokenFrame, TokenText } from '../../components/token-text';
import { ORIGIN_DEFINITIONS, ORIGIN_NAMES } from '../../components/origins';
import { Mark } from '../../components/marks';

export interface OutputSectionProps {
  readonly trace: Trace;
  readonly selected: number | null;
  readonly hovered: number | null;
  readonly chosen: StepRow | null;
  /** The pass under the pointer. */
  readonly preview: StepRow | null;
  readonly follow: boolean;
  /** Lines on show before the text scrolls. */
  readonly lines: number;
  readonly onSelect: (index: number) => void;
  readonly onHover: (index: number | null) => void;
  readonly announce: (text: string) => void;
  readonly theme: ThemeInfo;
}

const PAGE = 30;

/** The text of the run, each token marked by how it came, and the chosen pass in a box. */
export function OutputSection(props: OutputSectionProps) {
  const { trace, selected, chosen, preview, onSelect, announce } = props;
  const { tokens } = trace;
  const counts = useMemo(() => countOrigins(tokens), [tokens, tokens.length]);
  const select = useCallback(
    (index: number) => {
      onSelect(index);
      const token = tokens[index];
      if (token) announce(`Token ${index}, ${tokenLabel(token.text)}, ${ORIGIN_NAMES[token.origin]}`);
    },
    [onSelect, announce, tokens],
  );
  const frames = useMemo(
    () => [
      ...tokenFrames(chosen, tokens.length, 'spec-frame-chosen'),
      ...(preview === chosen ? [] : tokenFrames(preview, tokens.length, 'spec-frame-preview')),
    ],
    [chosen, preview, tokens.length],
  );
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const next = tokenForKey(event.key, selected, tokens.length, PAGE);
    if (next === null) return;
    event.preventDefault();
    select(next);
  };
  return (
    <section class="spec-output" aria-labelledby="spec-output-title">
      <header class="section-head">
        <h2 id="spec-output-title">Output</h2>
        <span class="section-keys spec-legend">
          {TOKEN_ORIGINS.filter((origin) => counts[origin] > 0).map((origin) => (
            <span key={origin} class="key" title={ORIGIN_DEFINITIONS[origin]}>
              <Mark kind={origin} />
              {ORIGIN_NAMES[origin]} <span class="number">{count(counts[origin])}</span>
            </span>
          ))}
        </span>
      </header>
      <TokenText
        tokens={tokens}
        promptLength={trace.header.promptLength}
        selected={selected}
        hovered={props.hovered}
        onSelect={select}
        onHover={props.onHover}
        theme={props.theme}
        fill={noFill}
        mark={markOf}
        frames={frames}
        label="Tokens of the run, marked by how each came"
        lines={props.lines}
        onKeyDown={onKeyDown}
        follow={props.follow}
      />
    </section>
  );
}

const noFill = (): null => null;

const MARKS = Object.fromEntries(
  TOKEN_ORIGINS.map((origin) => [origin, { name: origin, says: ORIGIN_NAMES[origin] }]),
) as Record<TraceToken['origin'], { readonly name: string; readonly says: string }>;

function markOf({ origin }: TraceToken) {
  return origin === 'prompt' ? null : MARKS[origin];
}

function tokenFrames(row: StepRow | null, tokens: number, name: string): readonly TokenFrame[] {
  if (!row || row.start >= tokens) return [];
  return [{ start: row.start, end: Math.min(row.end, tokens), class: name }];
}
