import { csv } from '../text/csv';
import type { Judgement, Trace } from './record';

/**
 * The tokens of a run as a table, a row each: place, id, text, how it came, and the model's judgement of it
 * (probability 0 to 1, rank from 1, surprisal and entropy in bits; empty for the first token, which nothing predicted).
 * A server that names tokens by their text alone gives no ids. Of a server that tells a part of each distribution, entropy is the least that it can be, and three columns say what is
 * known: the most that it can be, the probability of the tokens that were not told, and whether the rank is the rank or the
 * best that it can be.
 */
export function tokensCsv({ header, tokens }: Pick<Trace, 'header' | 'tokens'>): string {
  const { namesOnly = false } = header.model.server ?? {};
  const columns = ['index', 'id', 'text', 'origin', 'probability', 'rank', 'surprisal_bits', 'entropy_bits'];
  const partly = tokens.some(({ judgement }) => judgement?.partial);
  return csv(
    partly ? [...columns, 'entropy_at_most_bits', 'probability_not_told', 'rank_known'] : columns,
    tokens.map(({ index, id, text, origin, judgement }) => [
      index,
      namesOnly ? null : id,
      text,
      origin,
      judgement?.probability,
      judgement?.rank,
      judgement?.surprisal,
      judgement?.entropy,
      ...(partly ? partialColumns(judgement) : []),
    ]),
  );
}

function partialColumns(judgement: Judgement | null): (number | boolean | null | undefined)[] {
  if (!judgement) return [undefined, undefined, undefined];
  const { partial, entropy } = judgement;
  return partial ? [partial.entropyAtMost, partial.outside, partial.rankKnown] : [entropy, 0, true];
}

/**
 * The drafts that a server counted, a row each: where in the sequence the draft begins (empty where that is not known), and
 * how many tokens were drafted and accepted. Which tokens were rejected, q, p and r are not reported.
 */
export function reportedDraftsCsv({ summary }: Trace): string {
  return csv(
    ['step', 'index', 'drafted', 'accepted'],
    (summary?.reported ?? []).map(({ start, drafted, accepted }, step) => [step, start, drafted, accepted]),
  );
}

/**
 * The drafted tokens of a run as a table, a row each: the pass, the place in the sequence and in the draft (both from 0), where
 * it came from, q and p after temperature and filters, what r was compared with, r, and the verdict; empty where the rule
 * draws nothing or the pass did not ask.
 */
export function draftsCsv({ passes }: Trace): string {
  const columns = ['pass', 'index', 'position', 'id', 'text', 'source', 'q', 'p', 'ratio', 'r', 'verdict'];
  return csv(
    columns,
    passes.flatMap(({ step, speculation }) =>
      (speculation?.drafted ?? []).map(({ id, text, source, q, p, ratio, r, verdict }, position) => [
        step,
        (speculation?.start ?? 0) + position,
        position,
        id,
        text,
        source,
        q,
        p,
        ratio,
        r,
        verdict,
      ]),
    ),
  );
}

/** The whole trace as one JSON document: `{header, tokens, passes, summary}`, the records of `record.ts`. */
export function traceJson({ header, tokens, passes, summary }: Trace): string {
  return `${JSON.stringify({ header, tokens, passes, summary: summary ?? null }, null, 2)}\n`;
}
