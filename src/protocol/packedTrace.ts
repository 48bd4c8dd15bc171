import type { Alternative, Judgement, TraceEvent, TraceToken } from '../core/trace/record';
import type { TokenOrigin } from '../core/sequence/pass';
import type { RpcMessage } from './rpc';

/**
 * Trace events on their way between two processes. A judged token with its alternatives is a hundred values, which a
 * structured clone writes and names one by one: several times what judging it takes, in the process that has the model to
 * run. As columns they are a few copies of memory.
 */
interface PackedTrace {
  readonly type: 'packed-trace';
  /** In order: events as they are, and how many packed tokens stand between them. */
  readonly rest: readonly (TraceEvent | number)[];
  /** Each text once: of tokens, of alternatives, and the names of origins. */
  readonly texts: readonly string[];
  /** Each list of bytes once. */
  readonly bytes: readonly (readonly number[])[];
  /** [tokens × 7] index, id, place of the text, of the bytes and of the origin, special as 0 or 1, number of alternatives. */
  readonly tokens: Uint32Array;
  /** [tokens × 4] probability, rank, surprisal, entropy. */
  readonly judgements: Float64Array;
  /** [alternatives × 2] id, place of the text. */
  readonly alternatives: Uint32Array;
  /** [alternatives] */
  readonly probabilities: Float64Array;
}

const TOKEN_FIELDS = 7;
const JUDGEMENT_FIELDS = 4;
const ALTERNATIVE_FIELDS = 2;

type JudgedToken = TraceToken & { readonly judgement: Judgement };

/** A message as it is sent: events of a trace packed, others as they are. */
export function packedMessage(message: RpcMessage): RpcMessage {
  return message.rpc === 'event' && isOf(message.event, 'trace')
    ? { ...message, event: pack((message.event as unknown as { events: readonly TraceEvent[] }).events) }
    : message;
}

/** A message as it was before {@link packedMessage}. */
export function unpackedMessage(message: RpcMessage): RpcMessage {
  return message.rpc === 'event' && isOf(message.event, 'packed-trace')
    ? { ...message, event: { type: 'trace', events: unpack(message.event as unknown as PackedTrace) } }
    : message;
}

function isOf(event: unknown, type: string): event is { readonly type: string } {
  return typeof event === 'object' && event !== null && (event as { readonly type?: unknown }).type === type;
}

/** Items, each once, by their place. */
class Places<T> {
  readonly items: T[] = [];
  private readonly places = new Map<T, number>();

  of(item: T): number {
    let place = this.places.get(item);
    if (place === undefined) {
      place = this.items.push(item) - 1;
      this.places.set(item, place);
    }
    return place;
  }
}

/** What a server knows in part stays as it is: it has fields of its own. */
function isPacked(event: TraceEvent): event is JudgedToken {
  return event.type === 'token' && event.judgement !== null && event.judgement.partial === undefined;
}

function pack(events: readonly TraceEvent[]): PackedTrace {
  const packed = events.filter(isPacked);
  const count = packed.reduce((sum, { judgement }) => sum + judgement.top.length, 0);
  const texts = new Places<string>();
  const bytes = new Places<readonly number[]>();
  const tokens = new Uint32Array(packed.length * TOKEN_FIELDS);
  const judgements = new Float64Array(packed.length * JUDGEMENT_FIELDS);
  const alternatives = new Uint32Array(count * ALTERNATIVE_FIELDS);
  const probabilities = new Float64Array(count);
  let [at, from, alternative] = [0, 0, 0];
  for (const token of packed) {
    const { top, probability, rank, surprisal, entropy } = token.judgement;
    tokens[at++] = token.index;
    tokens[at++] = token.id;
    tokens[at++] = texts.of(token.text);
    tokens[at++] = bytes.of(token.bytes);
    tokens[at++] = texts.of(token.origin);
    tokens[at++] = token.special ? 1 : 0;
    tokens[at++] = top.length;
    judgements[from++] = probability;
    judgements[from++] = rank;
    judgements[from++] = surprisal;
    judgements[from++] = entropy;
    for (const each of top) {
      alternatives[alternative * ALTERNATIVE_FIELDS] = each.id;
      alternatives[alternative * ALTERNATIVE_FIELDS + 1] = texts.of(each.text);
      probabilities[alternative++] = each.probability;
    }
  }
  return {
    type: 'packed-trace',
    rest: withoutPacked(events),
    texts: texts.items,
    bytes: bytes.items,
    tokens,
    judgements,
    alternatives,
    probabilities,
  };
}

function withoutPacked(events: readonly TraceEvent[]): (TraceEvent | number)[] {
  const rest: (TraceEvent | number)[] = [];
  let between = 0;
  for (const event of events) {
    if (isPacked(event)) {
      between++;
      continue;
    }
    if (between > 0) rest.push(between);
    between = 0;
    rest.push(event);
  }
  if (between > 0) rest.push(between);
  return rest;
}

function unpack({ rest, ...columns }: PackedTrace): TraceEvent[] {
  const events: TraceEvent[] = [];
  const tokens = unpackTokens(columns);
  for (const item of rest) {
    if (typeof item !== 'number') events.push(item);
    else for (let i = 0; i < item; i++) events.push(tokens.next().value as TraceToken);
  }
  return events;
}

function* unpackTokens(columns: Omit<PackedTrace, 'type' | 'rest'>): Generator<TraceToken> {
  const { texts, bytes, tokens, judgements, alternatives, probabilities } = columns;
  let alternative = 0;
  for (let at = 0, from = 0; at < tokens.length; at += TOKEN_FIELDS, from += JUDGEMENT_FIELDS) {
    const [index = 0, id = 0, text = 0, list = 0, origin = 0, special = 0, kept = 0] = tokens.subarray(at);
    const [probability = 0, rank = 0, surprisal = 0, entropy = 0] = judgements.subarray(from);
    const top: Alternative[] = [];
    for (let i = 0; i < kept; i++, alternative++) {
      top.push({
        id: alternatives[alternative * ALTERNATIVE_FIELDS] as number,
        text: texts[alternatives[alternative * ALTERNATIVE_FIELDS + 1] as number] as string,
        probability: probabilities[alternative] as number,
      });
    }
    yield {
      ...{ type: 'token', index, id, text: texts[text] as string, bytes: bytes[list] as readonly number[] },
      ...{ special: special === 1, origin: texts[origin] as TokenOrigin },
      judgement: { probability, rank, surprisal, entropy, top },
    };
  }
}
