import { integer, object, read } from '../check/check';
import type { Trace, TracePass } from './record';

type Fields = Readonly<Record<string, unknown>>;

/** What version 2 calls by another name: where it is wrong, it is told by the name that the file has. */
const renamed = object({ contextLength: integer({ min: 0 }) });

/**
 * An event of version 1 as version 2 has it, its other fields unchecked; what is none stays as it is, to be refused with the words
 * for it.
 * Sequences of version 1 were causal, and erased nothing; a pass called the tokens in its cache `contextLength`.
 * @throws CheckError where a pass does not say them.
 */
export function upgraded(event: unknown): unknown {
  if (typeof event !== 'object' || event === null) return event;
  const { contextLength: _renamed, ...fields } = event as Fields;
  if (fields['type'] === 'header') return { ...fields, version: 2, sequence: { form: 'causal' } };
  // How many it wrote is known once all are there: see `withWrites`.
  if (fields['type'] === 'pass') return { ...fields, cached: read(renamed, event, 'It').contextLength, writes: 0 };
  return event;
}

/** A trace of such events, with how many tokens each pass wrote: version 1 did not say. */
export function withWrites(trace: Trace): Trace {
  let known = 0;
  const passes = trace.passes.map((pass) => {
    const before = known;
    known = Math.max(known, Math.min(tokensAfter(pass), trace.tokens.length));
    return { ...pass, writes: known - before };
  });
  return { ...trace, passes };
}

/** Tokens that are known after a pass: a draft counts as far as it was accepted, and the token after it. */
function tokensAfter({ cached, fed, speculation }: TracePass): number {
  if (!speculation) return cached + fed + 1;
  return speculation.start + speculation.accepted + (speculation.next === null ? 0 : 1);
}
