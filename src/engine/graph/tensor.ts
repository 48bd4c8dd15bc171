import { type ElementType, elementTypeName, halfToNumber } from './elementType';
import { type OnnxTensor, smallTensor, type TensorData } from './onnx';
import type { Span, WireReader } from './protobuf';

/** Reads a TensorProto that lies in the messages `within`. Elements are read only for small tensors (see {@link smallTensor}). */
export function readTensor(reader: WireReader, span: Span, within: readonly Span[] = []): OnnxTensor {
  const dims: number[] = [];
  const external = new Map<string, string>();
  let name = '';
  let type = 0;
  let isExternal = false;
  let locationField: { start: number; end: number } | null = null;
  let raw: Span | null = null;
  let fieldStart = 0;
  const typed: { field: number; wire: number; position: number }[] = [];
  let typedLength = 0;
  const { end } = span;
  let start = reader.position;
  for (let tag = reader.tag(end); tag; start = reader.position, tag = reader.tag(end)) {
    switch (tag.field) {
      case 1:
        reader.repeated(tag.wire, end, (last) => dims.push(reader.int64(last)));
        break;
      case 2:
        type = reader.varint(end);
        break;
      case 8:
        name = reader.text(end);
        break;
      case 9:
        fieldStart = start;
        raw = reader.span(end);
        reader.position = raw.end;
        break;
      case 13: {
        const [key, value] = readEntry(reader, reader.span(end));
        external.set(key, value);
        if (key === 'location') locationField = { start, end: reader.position };
        break;
      }
      case 14:
        isExternal = reader.varint(end) === 1;
        break;
      default: {
        const position = reader.position;
        reader.skip(tag.wire, end);
        if (typedFields.has(tag.field)) {
          typed.push({ field: tag.field, wire: tag.wire, position });
          typedLength += reader.position - position;
        }
      }
    }
  }
  const elementType = elementTypeName(type);
  const data: TensorData = isExternal
    ? {
        kind: 'external',
        location: external.get('location') ?? '',
        offset: Number(external.get('offset') ?? 0),
        length: external.has('length') ? Number(external.get('length')) : null,
        locationField,
        within: [...within, span],
      }
    : raw
      ? {
          kind: 'raw',
          offset: raw.start,
          length: raw.end - raw.start,
          fieldStart,
          within: [...within, span],
          hasExternalEntries: external.size > 0,
        }
      : { kind: 'typed', length: typedLength };
  const count = dims.reduce((product, dim) => product * dim, 1);
  let values: number[] | null = null;
  if (!isExternal && count >= 0 && count <= smallTensor) {
    if (raw) values = decodeRaw(reader.copy(raw.start, raw.end), elementType, count);
    else {
      values = [];
      for (const { field, wire, position } of typed) {
        reader.position = position;
        reader.repeated(wire, end, (last) => values?.push(readTyped(reader, field, elementType, last)));
      }
      if (values.length !== count) values = null;
    }
    reader.position = end;
  }
  return { name, elementType, dims, data, values, span };
}

/** A StringStringEntryProto: key and value. */
export function readEntry(reader: WireReader, span: Span): [key: string, value: string] {
  let key = '';
  let value = '';
  for (let tag = reader.tag(span.end); tag; tag = reader.tag(span.end)) {
    if (tag.field === 1) key = reader.text(span.end);
    else if (tag.field === 2) value = reader.text(span.end);
    else reader.skip(tag.wire, span.end);
  }
  return [key, value];
}

// float_data, int32_data, int64_data; the rest (strings, doubles, uint64) are never shapes or scales.
const typedFields: ReadonlySet<number> = new Set([4, 5, 7]);

function readTyped(reader: WireReader, field: number, type: ElementType, end: number): number {
  if (field === 4) return reader.float(end);
  const value = reader.int64(end);
  return type === 'float16' ? halfToNumber(value) : value;
}

function decodeRaw(bytes: Uint8Array, type: ElementType, count: number): number[] | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const readers: Partial<Record<ElementType, [size: number, read: (offset: number) => number]>> = {
    float32: [4, (at) => view.getFloat32(at, true)],
    float64: [8, (at) => view.getFloat64(at, true)],
    float16: [2, (at) => halfToNumber(view.getUint16(at, true))],
    int64: [8, (at) => Number(view.getBigInt64(at, true))],
    uint64: [8, (at) => Number(view.getBigUint64(at, true))],
    int32: [4, (at) => view.getInt32(at, true)],
    uint32: [4, (at) => view.getUint32(at, true)],
    int16: [2, (at) => view.getInt16(at, true)],
    uint16: [2, (at) => view.getUint16(at, true)],
    int8: [1, (at) => view.getInt8(at)],
    uint8: [1, (at) => view.getUint8(at)],
    bool: [1, (at) => view.getUint8(at)],
  };
  const known = readers[type];
  if (!known || bytes.length !== known[0] * count) return null;
  const [size, read] = known;
  return Array.from({ length: count }, (_, i) => read(i * size));
}
