import { anything, maybe, object, readOrNull } from '../../core/check/check';
import { parseJson } from '../../core/server/answer';
import { EventStreamReader } from '../../core/server/eventStream';
import { throwIfAborted } from '../../protocol/rpc';
import type { ServerHttp } from './http';

const failure = object({ error: maybe(anything()) });

/** Most bytes without a whole event. */
const LARGEST_SILENCE = 64 * 1024 ** 2;

/**
 * The events of a streamed answer as JSON. It ends with `[DONE]`, or where `isLast` says so (llama.cpp's own interface).
 * @throws Problem `server`, where it ends before that too, or `cancelled`.
 */
export async function* eventsOf(
  http: ServerHttp,
  path: string,
  body: unknown,
  signal: AbortSignal,
  isLast: (event: unknown) => boolean = () => false,
): AsyncGenerator<unknown> {
  const reader = new EventStreamReader();
  let without = 0;
  let since = performance.now();
  for await (const piece of http.bytes(path, body, signal)) {
    without += piece.length;
    if (performance.now() - since > http.longestWait) throw http.tooSlow(http.longestWait);
    if (without > LARGEST_SILENCE) throw http.tooLarge();
    for (const data of http.reading(() => reader.push(piece))) {
      without = 0;
      since = performance.now();
      const event = http.reading(() => parseJson(data));
      if (readOrNull(failure, event)?.error != null) {
        throw http.problem(
          `The server at ${http.address} failed: ${http.errorIn(data) || 'it does not say why'}`,
          'See its log for the reason.',
        );
      }
      yield event;
      throwIfAborted(signal);
      if (isLast(event)) return;
    }
    if (reader.done) return;
  }
  throw http.problem(
    `The server at ${http.address} ended its answer in the middle.`,
    'See its log for the reason, and try again.',
  );
}
