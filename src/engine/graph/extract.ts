import { type ElementType } from './elementType';
import { encodeValue } from './encode';
import { inputsOf, type OnnxModel, type OnnxNode, type OnnxValue } from './onnx';
import { WireWriter } from './protobuf';
import type { ByteSource } from './source';

/** A node that the graph does not have. */
export interface AddedNode {
  readonly inputs: readonly string[];
  /** Content of its NodeProto. */
  readonly content: WireWriter;
}

/** Some nodes of a graph, to become a model of their own. */
export interface Extract {
  /** Copied as they are, in the graph's order. */
  readonly nodes: readonly OnnxNode[];
  readonly added: readonly AddedNode[];
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly { readonly name: string; readonly elementType: ElementType }[];
}

/**
 * Writes the part as an ONNX file, with the constants that its nodes take and no others. Weights that the graph refers to
 * in another file stay references.
 * @param source the bytes that `model` was read from.
 */
export function writeExtract(model: OnnxModel, source: ByteSource, extract: Extract): Uint8Array {
  const { graph, irVersion, opsets } = model;
  const { nodes, added, inputs, outputs } = extract;
  const copy = ({ start, end }: { readonly start: number; readonly end: number }): Uint8Array => {
    const bytes = new Uint8Array(end - start);
    source.readInto(bytes, 0, start, bytes.length);
    return bytes;
  };
  const part = new WireWriter();
  for (const { content } of added) part.message(1, content);
  for (const node of nodes) part.bytes(1, copy(node.span));
  part.text(2, graph.name || 'part');
  const taken = new Set([...nodes.flatMap((node) => inputsOf(node)), ...added.flatMap((node) => node.inputs)]);
  for (const [name, { span }] of graph.initializers) if (span && taken.has(name)) part.bytes(5, copy(span));
  for (const { name, elementType, dims } of inputs) part.message(11, encodeValue(name, elementType, dims));
  for (const { name, elementType } of outputs) part.message(12, encodeValue(name, elementType));
  const isOutput = new Set(outputs.map(({ name }) => name));
  for (const name of new Set(nodes.flatMap((node) => node.outputs))) {
    const value = graph.valueInfo.get(name);
    if (!value || isOutput.has(name) || value.elementType === 'undefined') continue;
    part.message(13, encodeValue(name, value.elementType, value.dims));
  }
  const file = new WireWriter().int(1, irVersion).text(2, 'vivarium');
  for (const [domain, version] of opsets) file.message(8, new WireWriter().text(1, domain).int(2, version));
  if (!opsets.has('')) file.message(8, new WireWriter().text(1, '').int(2, 17));
  return file.message(7, part).finish();
}
