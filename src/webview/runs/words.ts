import type { Difference } from '../../core/compare/difference';
import type { Divergence } from '../../core/compare/divergence';
import type { RunPair, SharedSummary } from '../../core/compare/runPair';
import type { FigureUnit } from '../../core/compare/runSummary';
import { tokenLabel } from '../../core/text/tokens';
import { bits, count, counted, probability, probabilityRange, rate, smallBits, UNKNOWN } from '../components/format';

/** What two runs are to each other: what they share, where they part, how far the models are apart. */
export function verdict(pair: RunPair): readonly string[] {
  const { comparable, difference, shared } = pair;
  switch (comparable.state) {
    case 'other-tokenizer': {
      const { example } = comparable;
      const why = example
        ? `token ${example.id} reads “${tokenLabel(example.a)}” in A and “${tokenLabel(example.b)}” in B`
        : 'their vocabularies differ in size';
      return [
        `These runs have different tokenizers: ${why}.`,
        'Their tokens and distributions cannot be held against each other, only what they were made with and what they came to.',
      ];
    }
    case 'names-only':
      return [
        'A server named the tokens of one of these runs by their text alone, so there are no ids to hold against each other.',
        'What the runs were made with and what they came to can be compared.',
      ];
    case 'apart-at-once':
      return [
        'The prompts differ from the first token on, so no two distributions answer the same question.',
        'What the runs were made with and what they came to can be compared.',
      ];
    case 'tokens':
      return [differenceSentence(pair, difference), ...sharedSentences(shared)];
  }
}

function differenceSentence({ a, b }: RunPair, difference: Difference | null): string {
  if (!difference) return `Both runs say the same ${counted(a.tokens, 'token')}.`;
  const { index, expected, found } = difference;
  const said = (token: { readonly text: string } | null): string =>
    token ? `“${tokenLabel(token.text)}”` : 'has ended';
  const where = index < Math.min(a.promptLength, b.promptLength) ? 'in the prompts, ' : '';
  const same = index === 1 ? 'The first token is' : `The first ${count(index)} tokens are`;
  return `${same} the same. They part ${where}at position ${index}: A ${has(expected)}${said(expected)}, B ${has(found)}${said(found)}.`;
}

function has(token: unknown): string {
  return token ? 'has ' : '';
}

function sharedSentences({ places, exact, meanKlAtLeast, meanTv, sameBest, largest }: SharedSummary): string[] {
  if (places === 0 || meanKlAtLeast === null || !meanTv) return [];
  const mean = `${exact ? '' : 'at least '}${smallBits(meanKlAtLeast)} bits`;
  return [
    places === 1
      ? `At the one place that both models judged after the same tokens, A’s distribution is ${mean} from B’s (KL), ${probabilityRange(meanTv)} in total variation.`
      : `Over the ${count(places)} places that both models judged after the same tokens, A’s distribution is ${mean} from B’s on average (KL), ${probabilityRange(meanTv)} in total variation.`,
    ...(sameBest === null || places === 1
      ? []
      : [`The most probable token is the same at ${percent(sameBest)} of them.`]),
    ...(largest && largest.klAtLeast > 0 && places > 1
      ? [
          `They are furthest apart at position ${largest.index}: ${exact ? '' : 'at least '}${smallBits(largest.klAtLeast)} bits.`,
        ]
      : []),
    ...(exact
      ? []
      : [
          'Of each distribution the most probable tokens are kept; of the others their mass alone, so these are bounds.',
        ]),
  ];
}

function percent(share: number): string {
  const whole = Math.round(100 * share);
  return whole === 100 && share < 1
    ? 'over 99\u00a0%'
    : whole === 0 && share > 0
      ? 'under 1\u00a0%'
      : `${whole}\u00a0%`;
}

/** KL in bits, with ≥ where it is the least that it can be. */
export function klText(divergence: Divergence | null): string {
  if (!divergence) return UNKNOWN;
  const { klAtLeast, exact } = divergence;
  const value = klAtLeast === Infinity ? '∞' : smallBits(klAtLeast);
  return exact ? value : `≥ ${value}`;
}

/** A difference with its sign: `+0.12`, `−0.12`; 0 has none. */
export function signed(value: number | null, digits: number): string {
  if (value === null) return UNKNOWN;
  const text = Math.abs(value).toFixed(digits);
  return Number(text) === 0 ? text : `${value < 0 ? '−' : '+'}${text}`;
}

export function figure(value: number | string | null, unit: FigureUnit): string {
  if (value === null) return UNKNOWN;
  if (typeof value === 'string') return value;
  switch (unit) {
    case 'count':
      return count(value);
    case 'probability':
      return probability(value);
    case 'bits':
      return `${bits(value)} bits`;
    case 'rate':
      return rate(value);
    case 'seconds':
      return `${value >= 10 ? value.toFixed(1) : value.toFixed(3)} s`;
    case 'decimals':
    case 'text':
      return value.toFixed(2);
  }
}
