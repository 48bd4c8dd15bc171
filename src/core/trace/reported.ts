import type { TraceSummary, TraceToken } from './record';

/**
 * The tokens with how each came to be, once it is known: a server that counts its own drafts tells them with its last word,
 * when the tokens have long been shown as `sampled`.
 * @returns the tokens themselves where the summary reports nothing.
 */
export function withReportedOrigins(tokens: TraceToken[], { reported }: Pick<TraceSummary, 'reported'>): TraceToken[] {
  if (!reported?.some(({ start }) => start !== null)) return tokens;
  const named = tokens.slice();
  for (const { start, drafted, accepted } of reported) {
    // A draft brings what was accepted of it and one token more; the end of the sequence may cut it.
    for (let k = 0; start !== null && k <= accepted && start + k < named.length; k++) {
      const origin = k < accepted ? 'accepted' : accepted < drafted ? 'replacement' : 'bonus';
      named[start + k] = { ...(named[start + k] as TraceToken), origin };
    }
  }
  return named;
}
