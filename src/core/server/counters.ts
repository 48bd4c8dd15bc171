/** vLLM's counters of speculative decoding, of the server as a whole since it started. */
export interface ServerCounters {
  readonly drafts: number;
  readonly drafted: number;
  readonly accepted: number;
  /** Entry i: drafts whose token i was accepted. */
  readonly acceptedByPosition: readonly number[];
}

const LINE = /^(vllm:spec_decode_num_[a-z_]+_total)(?:\{([^}]*)\})? (\S+)/;

/** Reads `/metrics` (Prometheus' text format), summed over engines and models; null where it says nothing of drafts. */
export function readCounters(text: string): ServerCounters | null {
  const sums = new Map<string, number>();
  const positions: number[] = [];
  for (const line of text.split('\n')) {
    const [, name, labels = '', value] = LINE.exec(line) ?? [];
    const count = Number(value);
    if (name === undefined || !Number.isFinite(count)) continue;
    const place = /(?:^|,)position="(\d{1,3})"/.exec(labels)?.[1];
    if (place === undefined) sums.set(name, (sums.get(name) ?? 0) + count);
    else positions[Number(place)] = (positions[Number(place)] ?? 0) + count;
  }
  const [drafts, drafted, accepted] = ['drafts', 'draft_tokens', 'accepted_tokens'].map((name) =>
    sums.get(`vllm:spec_decode_num_${name}_total`),
  );
  if (drafts === undefined || drafted === undefined || accepted === undefined) return null;
  return { drafts, drafted, accepted, acceptedByPosition: Array.from(positions, (count) => count ?? 0) };
}
