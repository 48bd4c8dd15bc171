import type { Comparison } from '../../../core/compare/comparison';

export interface ComparedTextProps {
  readonly comparison: Comparison;
  /** What each row is called. */
  readonly titles: readonly string[];
  /** The row whose text it is. */
  readonly place: number;
}

/** What the chosen decoder wrote: as far as the first wrote the same it is quiet, from there on underlined. */
export function ComparedText({ comparison, titles, place }: ComparedTextProps) {
  const row = comparison.rows[place];
  const first = comparison.first === null ? null : comparison.rows[comparison.first];
  const firstTitle = titles[comparison.first ?? 0];
  const text = row?.result?.generatedText;
  if (!row?.result || text == null || !first) return null;
  const isFirst = first === row;
  const same = isFirst ? text.length : commonLength(first.result?.generatedText ?? '', text);
  const other = isFirst ? '' : (first.result?.generatedText ?? '').slice(same);
  return (
    <section class="compared-texts" aria-label="Text">
      <header class="section-head">
        <h2>Text</h2>
        <span class="muted">
          {titles[place]}
          {!isFirst && other === '' && text.length === same && `, as ${firstTitle}`}
        </span>
      </header>
      <p class="compared-said">
        <span class={same < text.length ? 'muted' : undefined}>{text.slice(0, same)}</span>
        {same < text.length && <mark>{text.slice(same)}</mark>}
      </p>
      {other !== '' && (
        <>
          <p class="compared-whose">{firstTitle} instead</p>
          <p class="compared-said">
            <span class="muted">…</span>
            {other}
          </p>
        </>
      )}
    </section>
  );
}

/** Characters that both begin with; never half of one. */
function commonLength(a: string, b: string): number {
  let length = 0;
  for (const character of a) {
    if (!b.startsWith(character, length)) break;
    length += character.length;
  }
  return length;
}
