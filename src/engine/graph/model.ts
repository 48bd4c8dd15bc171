import { Problem } from '../../protocol/errors';
import { refuseLfsPointer } from '../foreignFile';
import { elementTypeName } from './elementType';
import type { Dimension, OnnxAttribute, OnnxGraph, OnnxModel, OnnxNode, OnnxTensor, OnnxValue } from './onnx';
import { type Span, WireError, WireReader } from './protobuf';
import type { ByteSource } from './source';
import { readEntry, readTensor } from './tensor';

/** If inside If inside If: deeper than any exporter goes, and shallow enough for the stack. */
const deepestGraph = 16;

/**
 * Reads an ONNX ModelProto: the graph, its attributes and the places of its weights, but not the weights.
 * Fails with a {@link Problem} `onnx-invalid` where the bytes are not a whole ONNX model.
 */
export function readOnnx(source: ByteSource): OnnxModel {
  const isLikely = refuseOtherFormats(source);
  try {
    return readModel(new WireReader(source), source);
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
    throw error.reason === 'truncated' && isLikely
      ? invalid(source, 'is cut off: its last part is missing.', 'Download or export the file again.', error)
      : invalid(source, 'is not an ONNX model.', 'Choose a file that an ONNX exporter wrote.', error);
  }
}

function invalid(source: ByteSource, what: string, action: string, cause?: WireError): Problem {
  const details = cause ? `${cause.message} at byte ${cause.offset} of ${source.size}` : undefined;
  return new Problem(
    { code: 'onnx-invalid', message: `${source.name} ${what}`, action, ...(details ? { details } : {}) },
    { cause },
  );
}

/**
 * Refuses files that people take for ONNX models, known by how they begin. Returns whether this one begins as ONNX models
 * do, with the tag of `ir_version`.
 */
function refuseOtherFormats(source: ByteSource): boolean {
  if (source.size === 0) throw invalid(source, 'is empty.', 'Download or export the file again.');
  const head = new Uint8Array(Math.min(source.size, 64));
  source.readInto(head, 0, 0, head.length);
  const text = new TextDecoder('latin1').decode(head);
  refuseLfsPointer(head, { name: source.name, code: 'onnx-invalid' });
  if (text.startsWith('GGUF')) throw invalid(source, 'is a GGUF file.', 'Export the model to ONNX.');
  if (text.slice(4, 8) === 'ORTM') {
    throw invalid(source, 'is in onnxruntime’s own format.', 'Use the .onnx file that it was made from.');
  }
  return head[0] === 8;
}

function readModel(reader: WireReader, source: ByteSource): OnnxModel {
  const opsets = new Map<string, number>();
  const metadata = new Map<string, string>();
  const functions: string[] = [];
  const graph = new GraphBuilder([]);
  let irVersion = 0;
  let producer = '';
  let graphs = 0;
  const end = reader.size;
  for (let tag = reader.tag(end); tag; tag = reader.tag(end)) {
    switch (tag.field) {
      case 1:
        irVersion = reader.varint(end);
        break;
      case 2:
        producer = reader.text(end);
        break;
      case 7:
        graph.read(reader, reader.span(end), 0);
        graphs++;
        break;
      case 8: {
        const { domain, version } = readOpset(reader, reader.span(end));
        opsets.set(domain, version);
        break;
      }
      case 14: {
        const [key, value] = readEntry(reader, reader.span(end));
        metadata.set(key, value);
        break;
      }
      case 25:
        functions.push(readFunctionName(reader, reader.span(end)));
        break;
      default:
        reader.skip(tag.wire, end);
    }
  }
  if (graphs === 0 || (irVersion === 0 && opsets.size === 0)) {
    throw invalid(source, 'holds no ONNX graph.', 'Choose a file that an ONNX exporter wrote.');
  }
  return {
    name: source.name,
    size: source.size,
    irVersion,
    producer,
    opsets,
    metadata,
    functions,
    graph: graph.finish(),
  };
}

function readOpset(reader: WireReader, span: Span): { domain: string; version: number } {
  let domain = '';
  let version = 0;
  for (let tag = reader.tag(span.end); tag; tag = reader.tag(span.end)) {
    if (tag.field === 1) domain = normalDomain(reader.text(span.end));
    else if (tag.field === 2) version = reader.varint(span.end);
    else reader.skip(tag.wire, span.end);
  }
  return { domain, version };
}

function readFunctionName(reader: WireReader, span: Span): string {
  let name = '';
  let domain = '';
  for (let tag = reader.tag(span.end); tag; tag = reader.tag(span.end)) {
    if (tag.field === 1) name = reader.text(span.end);
    else if (tag.field === 10) domain = reader.text(span.end);
    else reader.skip(tag.wire, span.end);
  }
  return `${domain}::${name}`;
}

function normalDomain(domain: string): string {
  return domain === 'ai.onnx' ? '' : domain;
}

/** Gathers a GraphProto, which protobuf lets a file give in several parts: they are merged. */
class GraphBuilder {
  private name = '';
  private readonly nodes: OnnxNode[] = [];
  private readonly initializers = new Map<string, OnnxTensor>();
  private readonly inputs: OnnxValue[] = [];
  private readonly outputs: OnnxValue[] = [];
  private readonly valueInfo = new Map<string, OnnxValue>();
  private span: Span = { lengthAt: 0, start: 0, end: 0 };

  constructor(private readonly within: readonly Span[]) {}

  read(reader: WireReader, span: Span, depth: number): void {
    if (depth > deepestGraph) throw new WireError('malformed', span.lengthAt, 'graphs nested too deeply');
    this.span = span;
    const { end } = span;
    const inside = [...this.within, span];
    for (let tag = reader.tag(end); tag; tag = reader.tag(end)) {
      switch (tag.field) {
        case 1:
          this.nodes.push(readNode(reader, reader.span(end), inside, depth));
          break;
        case 2:
          this.name = reader.text(end);
          break;
        case 5: {
          const tensor = readTensor(reader, reader.span(end), inside);
          this.initializers.set(tensor.name, tensor);
          break;
        }
        case 11:
          this.inputs.push(readValue(reader, reader.span(end)));
          break;
        case 12:
          this.outputs.push(readValue(reader, reader.span(end)));
          break;
        case 13: {
          const value = readValue(reader, reader.span(end));
          this.valueInfo.set(value.name, value);
          break;
        }
        default:
          reader.skip(tag.wire, end);
      }
    }
  }

  finish(): OnnxGraph {
    const { name, nodes, initializers, inputs, outputs, valueInfo, span, within } = this;
    return { name, nodes, initializers, inputs, outputs, valueInfo, span, within };
  }
}

function readNode(reader: WireReader, span: Span, within: readonly Span[], depth: number): OnnxNode {
  const inputs: string[] = [];
  const outputs: string[] = [];
  const outputFields: { start: number; end: number }[] = [];
  const attributes = new Map<string, OnnxAttribute>();
  let op = '';
  let domain = '';
  let name = '';
  const { end } = span;
  let start = reader.position;
  for (let tag = reader.tag(end); tag; start = reader.position, tag = reader.tag(end)) {
    switch (tag.field) {
      case 1:
        inputs.push(reader.text(end));
        break;
      case 2:
        outputs.push(reader.text(end));
        outputFields.push({ start, end: reader.position });
        break;
      case 3:
        name = reader.text(end);
        break;
      case 4:
        op = reader.text(end);
        break;
      case 5: {
        const attribute = readAttribute(reader, reader.span(end), [...within, span], depth);
        attributes.set(attribute.name, attribute);
        break;
      }
      case 7:
        domain = normalDomain(reader.text(end));
        break;
      default:
        reader.skip(tag.wire, end);
    }
  }
  return { op, domain, name, inputs, outputs, outputFields, attributes, span, within };
}

function readAttribute(reader: WireReader, span: Span, within: readonly Span[], depth: number): OnnxAttribute {
  const floats: number[] = [];
  const ints: number[] = [];
  const value: { -readonly [K in keyof OnnxAttribute]?: OnnxAttribute[K] } = {};
  let name = '';
  const { end } = span;
  for (let tag = reader.tag(end); tag; tag = reader.tag(end)) {
    switch (tag.field) {
      case 1:
        name = reader.text(end);
        break;
      case 2:
        value.float = reader.float(end);
        break;
      case 3:
        value.int = reader.int64(end);
        break;
      case 4:
        value.text = reader.text(end);
        break;
      case 5:
        value.tensor = readTensor(reader, reader.span(end), [...within, span]);
        break;
      case 6: {
        const graph = new GraphBuilder([...within, span]);
        graph.read(reader, reader.span(end), depth + 1);
        value.graph = graph.finish();
        break;
      }
      case 7:
        reader.repeated(tag.wire, end, (last) => floats.push(reader.float(last)));
        break;
      case 8:
        reader.repeated(tag.wire, end, (last) => ints.push(reader.int64(last)));
        break;
      default:
        reader.skip(tag.wire, end);
    }
  }
  return { ...value, name, span, ...(floats.length ? { floats } : {}), ...(ints.length ? { ints } : {}) };
}

function readValue(reader: WireReader, span: Span): OnnxValue {
  let name = '';
  let type: { code: number; dims: readonly Dimension[] | null } = { code: 0, dims: null };
  const { end } = span;
  for (let tag = reader.tag(end); tag; tag = reader.tag(end)) {
    if (tag.field === 1) name = reader.text(end);
    else if (tag.field === 2) type = readType(reader, reader.span(end));
    else reader.skip(tag.wire, end);
  }
  return { name, elementType: elementTypeName(type.code), dims: type.dims };
}

/** A TypeProto, of which only tensor types are kept. */
function readType(reader: WireReader, span: Span): { code: number; dims: Dimension[] | null } {
  let code = 0;
  let dims: Dimension[] | null = null;
  for (let tag = reader.tag(span.end); tag; tag = reader.tag(span.end)) {
    if (tag.field !== 1) {
      reader.skip(tag.wire, span.end);
      continue;
    }
    const tensor = reader.span(span.end);
    for (let inner = reader.tag(tensor.end); inner; inner = reader.tag(tensor.end)) {
      if (inner.field === 1) code = reader.varint(tensor.end);
      else if (inner.field === 2) dims = readShape(reader, reader.span(tensor.end));
      else reader.skip(inner.wire, tensor.end);
    }
  }
  return { code, dims };
}

function readShape(reader: WireReader, span: Span): Dimension[] {
  const dims: Dimension[] = [];
  for (let tag = reader.tag(span.end); tag; tag = reader.tag(span.end)) {
    if (tag.field !== 1) {
      reader.skip(tag.wire, span.end);
      continue;
    }
    const { end } = reader.span(span.end);
    let dim: Dimension = null;
    for (let inner = reader.tag(end); inner; inner = reader.tag(end)) {
      if (inner.field === 1) dim = reader.int64(end);
      else if (inner.field === 2) dim = reader.text(end) || null;
      else reader.skip(inner.wire, end);
    }
    dims.push(dim);
  }
  return dims;
}
