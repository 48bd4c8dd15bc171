import type { StepRow } from '../../core/lens/passes';
import type { TraceDraft, TraceHeader } from '../../core/trace/record';

export type RuleKind = 'ratio' | 'certain' | 'greedy' | 'typical' | 'lantern' | 'lantern-greedy';

/** How a decoder judges a drafted token, in words. */
export interface Rule {
  readonly kind: RuleKind;
  /** When a token is accepted: one line. */
  readonly formula: string;
  /** What a replacement is drawn from: a few words, and where they do not say all, a sentence. */
  readonly residual: string;
  readonly residualAbout?: string;
}

/** The rule by which a draft was judged, as the trace shows it: whatever the decoder, its numbers say which rule it has. */
export function ruleOf({ decoder, sampling }: TraceHeader, drafted: readonly TraceDraft[]): Rule {
  const options = decoder.options ?? {};
  const borrows = drafted.some(({ borrowed }) => borrowed !== undefined);
  if (sampling.temperature === 0) {
    const residual = 'the most probable token';
    return borrows
      ? { kind: 'lantern-greedy', formula: 'accept where p + borrowed is the largest; no r is drawn', residual }
      : { kind: 'greedy', formula: 'temperature 0: accept the most probable token; no r is drawn', residual };
  }
  if (drafted.some(({ threshold }) => threshold !== undefined)) {
    const { epsilon, delta } = options;
    const known = typeof epsilon === 'number' && typeof delta === 'number' ? `, ε = ${epsilon}, δ = ${delta}` : '';
    return {
      kind: 'typical',
      formula: `accept where p > min(ε, δ · exp(−H))${known}; no r is drawn`,
      residual: 'p itself',
      residualAbout: 'Typical acceptance fills the place of a rejected token from p, not from a residual.',
    };
  }
  if (borrows) {
    return {
      kind: 'lantern',
      formula: `accept where r < min(1, (p + borrowed) / q)${budget(options)}`,
      residual: 'max(0, p − q′), normalised',
      residualAbout: 'q′ is q, with 0 for the tokens nearest to the rejected one where it borrowed from them.',
    };
  }
  const certain = drafted.length > 0 && drafted.every(({ q }) => q === 1);
  if (certain) {
    return {
      kind: 'certain',
      formula: 'accept where r < p: the draft is certain, q = 1',
      residual: 'p without the draft, normalised',
    };
  }
  return { kind: 'ratio', formula: 'accept where r < min(1, p / q)', residual: 'max(0, p − q), normalised' };
}

function budget({ variant, delta, lambda, neighbours }: Readonly<Record<string, unknown>>): string {
  const of = typeof neighbours === 'number' ? ` of the ${neighbours} nearest tokens` : '';
  if (variant === 'lantern' && typeof delta === 'number') return `; at most ${delta}${of} is borrowed`;
  if (variant === 'lantern++' && typeof lambda === 'number') return `; at most ${lambda - 1} p${of} is borrowed`;
  return '';
}

/** Probability with which a tested token was to be accepted; null where it was not tested, or no draw decided. */
export function acceptanceOf({ ratio, r, verdict }: TraceDraft): number | null {
  if (verdict === 'unread' || ratio === null) return null;
  return r === null ? null : Math.min(1, ratio);
}

/** Where drafted tokens come from, as words that go into "from the …". */
export const SOURCE_NAMES: Readonly<Record<TraceDraft['source'], string>> = {
  'draft-model': 'draft model',
  prompt: 'text before',
  grid: 'previous grid',
  rule: 'rule of Life',
  'early-exit': 'early exit',
  'previous-pass': 'previous pass',
  initial: 'initial guess',
  pool: 'n-gram pool',
};

/** The sources of a draft, each once, in order of appearance. */
export function sourcesOf(drafted: readonly TraceDraft[]): readonly TraceDraft['source'][] {
  return [...new Set(drafted.map(({ source }) => source))];
}

/** A pass in one sentence, for those who do not see it. */
export function passSentence(row: StepRow, total: number): string {
  const { pass, draft } = row;
  const tokens = row.end - row.start;
  const brought = `${tokens} ${tokens === 1 ? 'token' : 'tokens'}.`;
  const name = `Pass ${row.number} of ${total}${pass ? `, context ${pass.cached}` : ''}:`;
  if (!draft) return `${name} nothing drafted, ${brought}`;
  const speculation = pass?.speculation;
  if (!speculation) {
    const after = { replacement: 'one rejected and replaced', bonus: 'and a bonus token' };
    const then = draft.next === null ? 'and the text ended' : after[draft.next];
    return `${name} ${draft.accepted} of ${draft.drafted} drafted accepted, ${then}; ${brought}`;
  }
  const { drafted, accepted, next } = speculation;
  const rejected = drafted[accepted];
  const after =
    next === null
      ? 'and the text ended'
      : next.origin === 'bonus'
        ? `and the bonus token “${next.text}”`
        : `“${rejected?.text ?? ''}” rejected and replaced by “${next.text}”`;
  return `${name} ${accepted} of ${drafted.length} drafted accepted, ${after}; ${brought}`;
}
