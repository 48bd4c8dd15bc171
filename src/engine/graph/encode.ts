import { type ElementType, elementTypeCode } from './elementType';
import type { Dimension } from './onnx';
import { WireWriter } from './protobuf';

/** An attribute to write: whole numbers in an array are `ints`, a lone number is an `int` unless it says `float`. */
export type AttributeValue =
  | number
  | readonly number[]
  | { readonly float: number }
  | { readonly text: string }
  | { readonly floats: readonly number[] };

/** The content of an AttributeProto. */
export function encodeAttribute(name: string, value: AttributeValue): WireWriter {
  const writer = new WireWriter().text(1, name);
  if (typeof value === 'number') return writer.int(3, value).int(20, 2);
  if ('float' in value) return writer.float(2, value.float).int(20, 1);
  if ('text' in value) return writer.text(4, value.text).int(20, 3);
  if ('floats' in value) {
    for (const item of value.floats) writer.float(7, item);
    return writer.int(20, 6);
  }
  for (const item of value) writer.int(8, item);
  return writer.int(20, 7);
}

/** The content of a NodeProto. */
export function encodeNode(
  op: string,
  name: string,
  inputs: readonly string[],
  outputs: readonly string[],
  attributes: Readonly<Record<string, AttributeValue>> = {},
  domain = '',
): WireWriter {
  const writer = new WireWriter();
  for (const input of inputs) writer.text(1, input);
  for (const output of outputs) writer.text(2, output);
  writer.text(3, name).text(4, op);
  for (const [key, value] of Object.entries(attributes)) writer.message(5, encodeAttribute(key, value));
  return domain ? writer.text(7, domain) : writer;
}

/** The content of a TensorProto with float32 or int64 elements. */
export function encodeTensor(
  name: string,
  type: 'float32' | 'int64',
  dims: readonly number[],
  values: readonly number[],
): WireWriter {
  const writer = new WireWriter();
  for (const dim of dims) writer.int(1, dim);
  writer.int(2, elementTypeCode(type)).text(8, name);
  const bytes =
    type === 'float32'
      ? new Uint8Array(Float32Array.from(values).buffer)
      : new Uint8Array(BigInt64Array.from(values, BigInt).buffer);
  return writer.bytes(9, bytes);
}

/** The content of a ValueInfoProto for a tensor; its shape is stated where `dims` is given. */
export function encodeValue(name: string, type: ElementType, dims: readonly Dimension[] | null = null): WireWriter {
  const tensorType = new WireWriter().int(1, elementTypeCode(type));
  if (dims) tensorType.message(2, encodeShape(dims));
  return new WireWriter().text(1, name).message(2, new WireWriter().message(1, tensorType));
}

function encodeShape(dims: readonly Dimension[]): WireWriter {
  const shape = new WireWriter();
  for (const dim of dims) {
    const encoded = new WireWriter();
    if (typeof dim === 'number') encoded.int(1, dim);
    else if (dim !== null) encoded.text(2, dim);
    shape.message(1, encoded);
  }
  return shape;
}
