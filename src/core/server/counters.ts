/** A server's counters of speculative decoding, of the server as a whole since it started. */
export interface ServerCounters {
  readonly drafts: number;
  readonly drafted: number;
  readonly accepted: number;
  /** Entry i: drafts whose token i was accepted. */
  readonly acceptedByPosition: readonly number[];
}

/** What a server counts of itself; null where it does not. */
export interface AllCounters {
  readonly promptTokens: number | null;
  readonly generatedTokens: number | null;
  /** Requests under way now, and those that wait. */
  readonly running: number | null;
  readonly waiting: number | null;
  readonly speculation: ServerCounters | null;
}

const LINE = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)/;

/**
 * Reads `/metrics` (Prometheus' text format) of vLLM and llama.cpp, summed over engines and models.
 * @returns null where it holds none of their counters.
 */
export function readServerCounters(text: string): AllCounters | null {
  const sums = new Map<string, number>();
  const positions: number[] = [];
  for (const line of text.split('\n')) {
    const [, name, labels = '', value] = LINE.exec(line) ?? [];
    const count = Number(value);
    if (name === undefined || !Number.isFinite(count)) continue;
    const place = /(?:^|,)position="(\d{1,3})"/.exec(labels)?.[1];
    if (place === undefined) sums.set(name, (sums.get(name) ?? 0) + count);
    else if (/^(vllm|llamacpp):spec_decode_num_accepted_tokens_per_pos_total$/.test(name)) {
      positions[Number(place)] = (positions[Number(place)] ?? 0) + count;
    }
  }
  const of = (...names: readonly string[]): number | null =>
    names.map((name) => sums.get(name)).find((sum) => sum !== undefined) ?? null;
  const [drafts, drafted, accepted] = ['drafts', 'draft_tokens', 'accepted_tokens'].map((name) =>
    of(`vllm:spec_decode_num_${name}_total`, `llamacpp:spec_decode_num_${name}_total`),
  );
  const speculation =
    drafts == null || drafted == null || accepted == null
      ? null
      : { drafts, drafted, accepted, acceptedByPosition: upToLast(positions) };
  const counters: AllCounters = {
    promptTokens: of('vllm:prompt_tokens_total', 'llamacpp:prompt_tokens_total'),
    generatedTokens: of('vllm:generation_tokens_total', 'llamacpp:tokens_predicted_total'),
    running: of('vllm:num_requests_running', 'llamacpp:requests_processing'),
    waiting: of('vllm:num_requests_waiting', 'llamacpp:requests_deferred'),
    speculation,
  };
  return Object.values(counters).every((each) => each === null) ? null : counters;
}

/** llama.cpp counts far more positions than it drafts. */
function upToLast(positions: readonly (number | undefined)[]): number[] {
  const counts = Array.from(positions, (count) => count ?? 0);
  return counts.slice(0, counts.findLastIndex((count) => count > 0) + 1);
}

/** What a server did between two readings of its counters. */
export interface CounterWindow {
  readonly promptTokens: number | null;
  readonly generatedTokens: number | null;
  readonly speculation: ServerCounters | null;
}

/** @returns null where a counter fell: the server was started anew in between. */
export function counterWindow(before: AllCounters, after: AllCounters): CounterWindow | null {
  const less = (a: number | null, b: number | null): number | null => (a === null || b === null ? null : b - a);
  const one = before.speculation;
  const other = after.speculation;
  const speculation =
    one && other
      ? {
          drafts: other.drafts - one.drafts,
          drafted: other.drafted - one.drafted,
          accepted: other.accepted - one.accepted,
          acceptedByPosition: other.acceptedByPosition.map((count, i) => count - (one.acceptedByPosition[i] ?? 0)),
        }
      : null;
  const window = {
    promptTokens: less(before.promptTokens, after.promptTokens),
    generatedTokens: less(before.generatedTokens, after.generatedTokens),
    speculation,
  };
  const counts = [
    window.promptTokens,
    window.generatedTokens,
    ...(speculation
      ? [speculation.drafts, speculation.drafted, speculation.accepted, ...speculation.acceptedByPosition]
      : []),
  ];
  return counts.some((count) => count !== null && count < 0) ? null : window;
}
