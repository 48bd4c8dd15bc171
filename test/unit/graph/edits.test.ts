import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { applyEdits, type NestedEdit, pieces, withLengths } from '../../../src/engine/graph/edits';
import { type Span, WireReader, WireWriter } from '../../../src/engine/graph/protobuf';
import { bufferSource } from '../../../src/engine/graph/source';

/** A tree of messages: what lies in field 2, each message before the text in field 1. */
interface Tree {
  text: string;
  children: Tree[];
}

const tree: fc.Memo<Tree> = fc.memo((depth) =>
  fc.record({
    text: fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 140 }),
    children: depth > 1 ? fc.array(tree(depth - 1), { maxLength: 3 }) : fc.constant([]),
  }),
);

function write({ text, children }: Tree): WireWriter {
  const writer = new WireWriter();
  for (const child of children) writer.message(2, write(child));
  return writer.text(1, text);
}

interface Found extends Tree {
  readonly span: Span;
  readonly within: readonly Span[];
  children: Found[];
}

function parse(bytes: Uint8Array): Found {
  const reader = new WireReader(bufferSource(bytes));
  const parseMessage = (span: Span, within: readonly Span[]): Found => {
    const found: Found = { text: '', children: [], span, within };
    for (let tag = reader.tag(span.end); tag; tag = reader.tag(span.end)) {
      if (tag.field === 1) found.text += reader.text(span.end);
      else found.children.push(parseMessage(reader.span(span.end), [...within, span]));
    }
    return found;
  };
  reader.tag(bytes.length);
  return parseMessage(reader.span(bytes.length), []);
}

function all(message: Found): Found[] {
  return [message, ...message.children.flatMap(all)];
}

function plain({ text, children }: Tree): Tree {
  return { text, children: children.map(plain) };
}

describe('edits of nested messages', () => {
  it('what is added to messages is all that changes, whatever lengths that lengthens', () => {
    fc.assert(
      fc.property(
        tree(4),
        fc.array(fc.tuple(fc.nat(), fc.integer({ min: 1, max: 300 })), { maxLength: 4 }),
        (root, additions) => {
          const bytes = new WireWriter().message(2, write(root)).finish();
          const found = parse(bytes);
          const messages = all(found);
          const edits = additions.map(([which, length]): NestedEdit => {
            const message = messages[which % messages.length] as Found;
            const added = 'c'.repeat(length);
            message.text += added;
            const { span, within } = message;
            const insert = new WireWriter().text(1, added).finish();
            return { offset: span.end, deleteLength: 0, insert, within: [...within, span] };
          });
          const edited = applyEdits(bytes, withLengths(edits));
          assert.deepEqual(plain(parse(edited)), plain(found));
        },
      ),
    );
  });

  it('edits come in the order of their offsets, and the bytes between them are kept', () => {
    const bytes = Uint8Array.from({ length: 20 }, (_, i) => i);
    const edits = withLengths([
      { offset: 12, deleteLength: 3, insert: Uint8Array.of(100), within: [] },
      { offset: 4, deleteLength: 0, insert: Uint8Array.of(101, 102), within: [] },
    ]);
    assert.deepEqual(
      edits.map(({ offset }) => offset),
      [4, 12],
    );
    assert.deepEqual(
      [...applyEdits(bytes, edits)],
      [0, 1, 2, 3, 101, 102, 4, 5, 6, 7, 8, 9, 10, 11, 100, 15, 16, 17, 18, 19],
    );
  });

  it('a file that only grows at its end is one run of original bytes and one of new ones', () => {
    const insert = Uint8Array.of(1, 2, 3);
    assert.deepEqual(pieces(1000, [{ offset: 1000, deleteLength: 0, insert }]), [
      { kind: 'original', offset: 0, length: 1000 },
      { kind: 'new', bytes: insert },
    ]);
  });

  it('each original byte is read once, straight to its place', () => {
    const bytes = Uint8Array.from({ length: 100 }, (_, i) => i);
    const inner = bufferSource(bytes);
    const reads: [number, number][] = [];
    const source = {
      ...inner,
      readInto(target: Uint8Array, targetOffset: number, offset: number, length: number): void {
        reads.push([offset, length]);
        inner.readInto(target, targetOffset, offset, length);
      },
    };
    applyEdits(source, [{ offset: 40, deleteLength: 10, insert: Uint8Array.of(7) }]);
    assert.deepEqual(reads, [
      [0, 40],
      [50, 50],
    ]);
  });
});
