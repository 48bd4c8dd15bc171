import { decodeUtf8 } from '../text/utf8';
import { malformed } from './answer';

const NEWLINE = 0x0a;
const RETURN = 0x0d;
/** Bytes of one line: a whole distribution over a large vocabulary is about 10 MB. */
const LONGEST_LINE = 32 * 1024 ** 2;

/**
 * Reads server-sent events as OpenAI-compatible servers send them (one `data:` line an event, `[DONE]` at the end) from
 * pieces that may be cut at any byte: a line is decoded when it is whole, so no character is ever halved.
 */
export class EventStreamReader {
  private pieces: Uint8Array[] = [];
  private held = 0;
  /** Whether `[DONE]` was read: an answer that ends without it was cut. */
  done = false;

  /**
   * @returns the data of the events that the piece completes.
   * @throws CoreError `server-answer` where a line is too long.
   */
  push(piece: Uint8Array): string[] {
    const events: string[] = [];
    let start = 0;
    for (let end = piece.indexOf(NEWLINE); end >= 0; end = piece.indexOf(NEWLINE, start)) {
      this.hold(piece.subarray(start, end));
      start = end + 1;
      const data = dataOf(this.take());
      if (data === '[DONE]') this.done = true;
      else if (data !== null) events.push(data);
    }
    this.hold(piece.slice(start));
    return events;
  }

  private hold(piece: Uint8Array): void {
    if (piece.length === 0) return;
    this.held += piece.length;
    if (this.held > LONGEST_LINE) throw malformed(`one event is larger than ${LONGEST_LINE / 1024 ** 2} MB`);
    this.pieces.push(piece);
  }

  private take(): string {
    const line = new Uint8Array(this.held);
    let at = 0;
    for (const piece of this.pieces) {
      line.set(piece, at);
      at += piece.length;
    }
    this.pieces = [];
    this.held = 0;
    const whole = line.at(-1) === RETURN ? line.subarray(0, -1) : line;
    return decodeUtf8(whole, () => '\uFFFD');
  }
}

/** What stands after `data:`; null for blank lines, comments and other fields. */
function dataOf(line: string): string | null {
  if (!line.startsWith('data:')) return null;
  return line.slice(line[5] === ' ' ? 6 : 5);
}
