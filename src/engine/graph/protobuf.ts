import type { ByteSource } from './source';

/**
 * The protobuf wire format, as much of it as ONNX files use.
 * https://protobuf.dev/programming-guides/encoding/
 */
export const Wire = { Varint: 0, Fixed64: 1, Bytes: 2, Fixed32: 5 } as const;

/** Bytes that are not protobuf: `truncated` where a length points past the end of the file, else `malformed`. */
export class WireError extends Error {
  constructor(
    readonly reason: 'truncated' | 'malformed',
    readonly offset: number,
    message: string,
  ) {
    super(message);
    this.name = 'WireError';
  }
}

/** A message's place in the file: the varint that gives its length, and its content `[start, end)`. */
export interface Span {
  readonly lengthAt: number;
  readonly start: number;
  readonly end: number;
}

/** The window doubles while fields follow each other, and starts small again after a jump: weights lie between headers. */
const smallestWindow = 2 * 1024;
const largestWindow = 64 * 1024;
const decoder = new TextDecoder();

/**
 * Reads protobuf fields from a {@link ByteSource} through a small window, so that a field that is skipped is never read.
 * Positions are absolute offsets in the source. Every failure is a {@link WireError}.
 */
export class WireReader {
  position = 0;
  private window = new Uint8Array(0);
  private windowStart = 0;

  constructor(private readonly source: ByteSource) {}

  get size(): number {
    return this.source.size;
  }

  /** The next field's number and wire type, or null at `end`. */
  tag(end: number): { field: number; wire: number } | null {
    if (this.position >= end) return null;
    const at = this.position;
    const tag = this.varint(end);
    const field = Math.floor(tag / 8);
    if (field === 0 || field > 0x1fffffff) throw new WireError('malformed', at, `field number ${field}`);
    return { field, wire: tag % 8 };
  }

  /** An unsigned varint; above 2^53 the nearest number. */
  varint(end: number): number {
    let low = 0;
    let high = 0;
    const at = this.position;
    for (let i = 0; i < 10; i++) {
      const byte = this.byte(end);
      const bits = byte & 0x7f;
      if (i < 4) low += bits * 2 ** (7 * i);
      else high += bits * 2 ** (7 * (i - 4));
      if (byte < 0x80) return low + high * 2 ** 28;
    }
    throw new WireError('malformed', at, 'a varint of more than ten bytes');
  }

  /** A varint that holds a signed 64-bit integer; beyond 2^53 the nearest number. */
  int64(end: number): number {
    const at = this.position;
    let value = 0n;
    for (let i = 0n; i < 10n; i++) {
      const byte = this.byte(end);
      value |= BigInt(byte & 0x7f) << (7n * i);
      if (byte < 0x80) return Number(BigInt.asIntN(64, value));
    }
    throw new WireError('malformed', at, 'a varint of more than ten bytes');
  }

  float(end: number): number {
    const bytes = this.take(4, end);
    return new DataView(bytes.buffer, bytes.byteOffset, 4).getFloat32(0, true);
  }

  /** The span of a length-delimited field, whose content begins at the new position. */
  span(end: number): Span {
    const lengthAt = this.position;
    const length = this.varint(end);
    const start = this.position;
    const last = start + length;
    if (last > end) {
      const reason = last > this.source.size ? 'truncated' : 'malformed';
      throw new WireError(reason, lengthAt, `a field of ${length} bytes where ${end - start} are left`);
    }
    return { lengthAt, start, end: last };
  }

  text(end: number): string {
    const span = this.span(end);
    return decoder.decode(this.take(span.end - span.start, span.end));
  }

  /** A copy of the bytes of a length-delimited field. */
  bytes(end: number): Uint8Array {
    const span = this.span(end);
    return this.copy(span.start, span.end);
  }

  /** A copy of bytes `[start, end)`; the position moves to `end`. */
  copy(start: number, end: number): Uint8Array {
    const bytes = new Uint8Array(end - start);
    this.source.readInto(bytes, 0, start, bytes.length);
    this.position = end;
    return bytes;
  }

  /** Calls `read` for each element of a repeated number, packed or not; `wire` is the tag's wire type. */
  repeated(wire: number, end: number, read: (end: number) => void): void {
    if (wire !== Wire.Bytes) return read(end);
    const span = this.span(end);
    while (this.position < span.end) read(span.end);
  }

  skip(wire: number, end: number): void {
    const at = this.position;
    if (wire === Wire.Varint) this.varint(end);
    else if (wire === Wire.Bytes) this.position = this.span(end).end;
    else if (wire === Wire.Fixed32 || wire === Wire.Fixed64) {
      const last = at + (wire === Wire.Fixed32 ? 4 : 8);
      if (last > end) throw new WireError(last > this.source.size ? 'truncated' : 'malformed', at, 'a cut number');
      this.position = last;
    } else throw new WireError('malformed', at, `wire type ${wire}`);
  }

  private byte(end: number): number {
    if (this.position >= end) {
      const reason = end >= this.source.size ? 'truncated' : 'malformed';
      throw new WireError(reason, this.position, 'a field that ends early');
    }
    const index = this.position - this.windowStart;
    if (index < 0 || index >= this.window.length) {
      this.fill(1);
      return this.byte(end);
    }
    this.position++;
    return this.window[index] as number;
  }

  private take(length: number, end: number): Uint8Array {
    const last = this.position + length;
    if (last > end) {
      const reason = last > this.source.size ? 'truncated' : 'malformed';
      throw new WireError(reason, this.position, 'a field that ends early');
    }
    if (length > largestWindow) return this.copy(this.position, last);
    const index = this.position - this.windowStart;
    if (index < 0 || index + length > this.window.length) this.fill(length);
    const from = this.position - this.windowStart;
    this.position = last;
    return this.window.subarray(from, from + length);
  }

  private fill(least: number): void {
    const isNext = this.position <= this.windowStart + this.window.length && this.position > this.windowStart;
    const wanted = isNext ? Math.min(2 * this.window.length, largestWindow) : smallestWindow;
    const length = Math.min(Math.max(wanted, least), this.source.size - this.position);
    const bytes = new Uint8Array(length);
    this.source.readInto(bytes, 0, this.position, length);
    this.window = bytes;
    this.windowStart = this.position;
  }
}

/** Builds one protobuf message. Fields are written in the order of the calls. */
export class WireWriter {
  private readonly pieces: Uint8Array[] = [];

  int(field: number, value: number | bigint): this {
    this.pieces.push(encodeVarint(field * 8 + Wire.Varint), encodeVarint(value));
    return this;
  }

  float(field: number, value: number): this {
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setFloat32(0, value, true);
    this.pieces.push(encodeVarint(field * 8 + Wire.Fixed32), bytes);
    return this;
  }

  text(field: number, value: string): this {
    return this.bytes(field, new TextEncoder().encode(value));
  }

  bytes(field: number, value: Uint8Array): this {
    this.pieces.push(encodeVarint(field * 8 + Wire.Bytes), encodeVarint(value.length), value);
    return this;
  }

  message(field: number, value: WireWriter): this {
    return this.bytes(field, value.finish());
  }

  /** Bytes that are encoded fields already. */
  raw(encoded: Uint8Array): this {
    this.pieces.push(encoded);
    return this;
  }

  finish(): Uint8Array {
    const bytes = new Uint8Array(this.pieces.reduce((sum, piece) => sum + piece.length, 0));
    let offset = 0;
    for (const piece of this.pieces) {
      bytes.set(piece, offset);
      offset += piece.length;
    }
    return bytes;
  }
}

/** A varint; negative integers take ten bytes, as protobuf's int64 does. */
export function encodeVarint(value: number | bigint): Uint8Array {
  let rest = BigInt.asUintN(64, BigInt(value));
  const bytes: number[] = [];
  do {
    const low = Number(rest & 0x7fn);
    rest >>= 7n;
    bytes.push(rest === 0n ? low : low | 0x80);
  } while (rest !== 0n);
  return Uint8Array.from(bytes);
}
