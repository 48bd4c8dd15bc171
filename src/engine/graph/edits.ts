import { encodeVarint, type Span } from './protobuf';
import { bufferSource, type ByteSource } from './source';

/** Replaces `deleteLength` bytes at `offset` of the original file by `insert`. */
export interface Edit {
  readonly offset: number;
  readonly deleteLength: number;
  readonly insert: Uint8Array;
}

/** A change inside messages whose lengths have to follow it, outermost first. */
export interface NestedEdit extends Edit {
  readonly within: readonly Span[];
}

/** A part of the edited file: bytes of the original, or new ones. */
export type Piece =
  | { readonly kind: 'original'; readonly offset: number; readonly length: number }
  | { readonly kind: 'new'; readonly bytes: Uint8Array };

/**
 * Completes changes inside messages with the changes of the lengths before those messages.
 * Returns edits in the order of their offsets; insertions at one place in one message keep their order.
 */
export function withLengths(edits: readonly NestedEdit[]): Edit[] {
  const spans = new Map<number, { span: Span; depth: number }>();
  for (const { within } of edits) {
    within.forEach((span, depth) => spans.set(span.lengthAt, { span, depth }));
  }
  // Where messages end at one place, what is added to the inner one comes first.
  const result: Edit[] = edits
    .toSorted((a, b) => b.within.length - a.within.length)
    .map(({ offset, deleteLength, insert }) => ({ offset, deleteLength, insert }));
  // Innermost first: a longer length may itself lengthen the message around it.
  const growth = new Map<number, number>();
  const grow = (within: readonly Span[], by: number): void => {
    for (const span of within) growth.set(span.lengthAt, (growth.get(span.lengthAt) ?? 0) + by);
  };
  for (const { within, insert, deleteLength } of edits) grow(within, insert.length - deleteLength);
  const enclosing = new Map<number, readonly Span[]>();
  for (const { within } of edits) {
    within.forEach((span, depth) => enclosing.set(span.lengthAt, within.slice(0, depth)));
  }
  for (const { span } of [...spans.values()].sort((a, b) => b.depth - a.depth)) {
    const change = growth.get(span.lengthAt) ?? 0;
    if (change === 0) continue;
    const insert = encodeVarint(span.end - span.start + change);
    const deleteLength = span.start - span.lengthAt;
    result.push({ offset: span.lengthAt, deleteLength, insert });
    grow(enclosing.get(span.lengthAt) ?? [], insert.length - deleteLength);
  }
  return result.sort((a, b) => a.offset - b.offset);
}

/** The edited file as runs of original bytes between new ones. `edits` are in the order of their offsets. */
export function pieces(fileSize: number, edits: readonly Edit[]): Piece[] {
  const result: Piece[] = [];
  let position = 0;
  const keepUntil = (offset: number): void => {
    if (offset > position) result.push({ kind: 'original', offset: position, length: offset - position });
    position = offset;
  };
  for (const edit of edits) {
    keepUntil(edit.offset);
    if (edit.insert.length > 0) result.push({ kind: 'new', bytes: edit.insert });
    position = edit.offset + edit.deleteLength;
  }
  keepUntil(fileSize);
  return result;
}

/**
 * The edited file in one new buffer. From a {@link ByteSource} of a file every original byte is read straight to its
 * final place: weights are copied no further.
 */
export function applyEdits(source: ByteSource | Uint8Array, edits: readonly Edit[]): Uint8Array {
  const from = source instanceof Uint8Array ? bufferSource(source) : source;
  const parts = pieces(from.size, edits);
  const size = parts.reduce((sum, part) => sum + (part.kind === 'new' ? part.bytes.length : part.length), 0);
  const result = new Uint8Array(size);
  let position = 0;
  for (const part of parts) {
    if (part.kind === 'new') {
      result.set(part.bytes, position);
      position += part.bytes.length;
    } else {
      from.readInto(result, position, part.offset, part.length);
      position += part.length;
    }
  }
  return result;
}
