import { useEffect, useMemo, useState } from 'preact/hooks';
import type { FilterSettings } from '../../core/decode/filters';
import { entropyBits } from '../../core/numeric/entropy';
import { wholeText } from '../../core/text/continuation';
import type { TokenInfo } from '../../protocol/models';
import { Problem } from '../../protocol/errors';
import type { NextTokens } from '../../protocol/tokensView';
import { FilterSliders } from '../components/filter-sliders';
import { bits, count, probability } from '../components/format';
import { FILTER_KEYS } from '../components/sampling-scale';
import { TokenLabel } from '../components/token-chip';
import { tokenLabel } from '../components/token-label';
import { Where } from '../cursor/frame';
import { KeptMass } from '../explorer/tokens/kept-mass';
import { positionDistribution, whatIf } from '../explorer/tokens/what-if';
import { Alternatives, type Alternative } from './alternatives';
import { PLAIN, type TokensLink } from './link';

/** Rows at first, and rows that one press of "all others" adds. */
const FIRST = 10;
const MORE = 20;

export interface DistributionProps {
  readonly next: NextTokens;
  /** Whether the cursor has moved on, and its own distribution is still to come. */
  readonly busy: boolean;
  readonly link: TokensLink;
}

export function Distribution({ next, busy, link }: DistributionProps) {
  const { settings } = link.kept;
  const change = (next: FilterSettings): void => link.keep({ settings: next });
  const [extra, setExtra] = useState(0);
  const [said, setSaid] = useState('');
  const tokenOf = useTokens(link, next, FIRST + extra);
  const listed = FIRST + extra;
  const position = useMemo(() => positionDistribution(next.logits, next.follows, listed), [next, listed]);
  const entropy = useMemo(() => entropyBits(position.probabilities), [position]);
  const result = useMemo(() => whatIf(position, settings), [position, settings]);
  const rows = result.chosenBelow ? [...result.rows, result.chosenBelow] : result.rows;
  const alternatives = rows.map((row): Alternative => {
    const token = tokenOf.get(row.id);
    return { ...row, text: token?.text ?? null, why: token ? whyNotInserted(token) : null };
  });

  const insert = (row: Alternative): void => {
    if (row.why !== null) return setSaid(row.why);
    // What is listed is of another place: a moment later it is of this one.
    if (busy) return;
    link.api.call('insert', { place: next.place, id: row.id }).then(
      ({ text }) => setSaid(`${tokenLabel(text)} inserted`),
      (error: unknown) => {
        const { message, action } = Problem.from(error);
        setSaid([message, action].filter(Boolean).join(' '));
      },
    );
  };

  return (
    <>
      <header class="cursor-head">
        <span class="muted">After</span>
        <span class="lone-chip" title={`token id ${next.last.id}`}>
          <TokenLabel text={next.last.text} />
        </span>
        <span
          class="cursor-figure"
          title="Entropy of the distribution at temperature 1: 0 bits where one token is certain."
        >
          <span class="muted">entropy</span> <b>{bits(entropy)}</b> <span class="muted">bits</span>
        </span>
      </header>
      <Where at={next} />
      <Alternatives rows={alternatives} place={next.place} onInsert={insert} />
      <div class="next-rest">
        {result.rest.count > 0 ? (
          <button type="button" class="link" onClick={() => setExtra(extra + MORE)}>
            all others, {count(result.rest.count)}
          </button>
        ) : (
          <span>all others, 0</span>
        )}
        <span class="number">{probability(result.rest.p)}</span>
        <span class="number">{result.rest.cut === null ? probability(result.rest.after.low) : 'cut'}</span>
      </div>
      <p class="cursor-said" role="status">
        {said}
      </p>
      <section class="next-what-if" aria-labelledby="what-if-title">
        <header>
          <h2 id="what-if-title">What if</h2>
          {differs(settings) && (
            <button type="button" class="link" onClick={() => change(PLAIN)}>
              reset
            </button>
          )}
        </header>
        <FilterSliders
          value={settings}
          onChange={(changed) => change({ ...settings, ...changed })}
          vocabularySize={next.logits.length}
        />
        <KeptMass result={result} chosen={undefined} />
      </section>
    </>
  );
}

/** Texts of the tokens that are listed: those that came along, and others once they are asked for. */
function useTokens(link: TokensLink, next: NextTokens, listed: number): ReadonlyMap<number, TokenInfo> {
  const [fetched, setFetched] = useState<{ readonly place: number; readonly tokens: readonly TokenInfo[] }>({
    place: next.place,
    tokens: [],
  });
  const known = useMemo(
    () => new Map([...next.tokens, ...(fetched.place === next.place ? fetched.tokens : [])].map((t) => [t.id, t])),
    [next, fetched],
  );
  const missing = useMemo(
    () => [...positionDistribution(next.logits, null, listed).order].filter((id) => !known.has(id)),
    [next, listed, known],
  );
  const key = missing.join();
  const { place } = next;
  useEffect(() => {
    if (key === '') return;
    const abort = new AbortController();
    const ids = key.split(',').map(Number);
    link.api.call('describe', { place, ids }, { signal: abort.signal }).then(
      ({ tokens }) => setFetched((old) => ({ place, tokens: [...(old.place === place ? old.tokens : []), ...tokens] })),
      // Ids stand in place of texts until the next distribution comes.
      () => undefined,
    );
    return () => abort.abort();
  }, [link, place, key]);
  return known;
}

function whyNotInserted(token: TokenInfo): string | null {
  if (token.special) return `${token.text} is a special token and stands for no text.`;
  return wholeText(token.bytes) === null
    ? `${token.text} is a part of a character: it cannot be inserted alone.`
    : null;
}

function differs(settings: FilterSettings): boolean {
  return FILTER_KEYS.some((key) => settings[key] !== PLAIN[key]);
}
