import { Problem } from '../../protocol/errors';
import { quoted } from '../../core/text/quoted';
import { applyEdits, withLengths } from './edits';
import type { OnnxModel } from './onnx';
import { type Span, Wire, WireError, WireReader, WireWriter } from './protobuf';
import { bufferSource, type ByteSource } from './source';
import { referToWeights } from './weights';

/**
 * Local functions of an ONNX model, written out where they are called: what looks for attention sees one graph of standard
 * operators. https://github.com/onnx/onnx/blob/main/docs/IR.md#functions
 */

const modelField = { graph: 7, opset: 8, functions: 25 } as const;
const nodeField = { input: 1, output: 2, name: 3, op: 4, attribute: 5, domain: 7, overload: 8 } as const;
const graphField = { node: 1, name: 2, initializer: 5, input: 11, output: 12, valueInfo: 13 } as const;
const attributeField = { name: 1, graph: 6, ref: 21 } as const;
const tensorName = 8;
const valueName = 1;

/** Functions that call functions: deeper than any exporter goes, and no circle. */
const deepest = 32;
/** Nodes that a graph may grow to. */
const mostNodes = 500_000;

interface LocalFunction {
  readonly name: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Values of attributes that a call may leave out: content of an AttributeProto by name. */
  readonly defaults: ReadonlyMap<string, Field>;
  readonly nodes: readonly Span[];
  readonly opsets: ReadonlyMap<string, number>;
}

/** A field as it stands in the source, tag left out. */
interface Field {
  readonly field: number;
  readonly wire: number;
  /** From the tag to the end. */
  readonly whole: { readonly start: number; readonly end: number };
  /** Content of a length-delimited field. */
  readonly content: Span;
}

/** How the values of a piece of graph are called, and what its attributes refer to. */
interface Frame {
  readonly rename: (name: string) => string;
  /** Attributes of the call by name; null outside functions, where nothing is referred to. */
  readonly attributes: ReadonlyMap<string, Field> | null;
  readonly depth: number;
}

/**
 * The model with its local functions written out, and without them; null where it has none. Its large weights become
 * references to the file that holds them.
 * @param name of that file, in the folder of the model.
 * @throws Problem `onnx-unsupported` where they cannot be written out, with the reason; `onnx-invalid` where they are broken.
 */
export function withoutFunctions(model: OnnxModel, source: ByteSource, name: string): Uint8Array | null {
  if (model.functions.length === 0) return null;
  const graph = applyEdits(source, withLengths(referToWeights(model, { from: name })));
  try {
    return new Inliner(bufferSource(graph, source.name)).model();
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
    throw new Problem(
      {
        code: 'onnx-invalid',
        message: `${source.name} is broken in its local functions.`,
        action: 'Download or export the file again.',
        details: error.message,
      },
      { cause: error },
    );
  }
}

class Inliner {
  private readonly reader: WireReader;
  private readonly functions = new Map<string, LocalFunction>();
  private readonly opsets = new Map<string, number>();
  private calls = 0;
  private written = 0;

  constructor(private readonly source: ByteSource) {
    this.reader = new WireReader(source);
    const fields = this.fields({ start: 0, end: source.size });
    for (const { field, content } of fields) {
      if (field === modelField.opset) this.addOpset(this.opsets, content);
      if (field === modelField.functions) this.addFunction(content);
    }
  }

  model(): Uint8Array {
    const writer = new WireWriter();
    const plain: Frame = { rename: (name) => name, attributes: null, depth: 0 };
    for (const field of this.fields({ start: 0, end: this.source.size })) {
      if (field.field === modelField.functions || field.field === modelField.opset) continue;
      if (field.field === modelField.graph) writer.message(modelField.graph, this.graph(field.content, plain));
      else writer.raw(this.bytes(field.whole));
    }
    for (const [domain, version] of this.opsets) {
      writer.message(modelField.opset, new WireWriter().text(1, domain).int(2, version));
    }
    return writer.finish();
  }

  private addFunction(span: Span): void {
    const texts = { name: '', domain: '', overload: '' };
    const inputs: string[] = [];
    const outputs: string[] = [];
    const nodes: Span[] = [];
    const defaults = new Map<string, Field>();
    const opsets = new Map<string, number>();
    for (const each of this.fields(span)) {
      if (each.field === 1) texts.name = this.text(each.content);
      else if (each.field === 4) inputs.push(this.text(each.content));
      else if (each.field === 5) outputs.push(this.text(each.content));
      else if (each.field === 7) nodes.push(each.content);
      else if (each.field === 9) this.addOpset(opsets, each.content);
      else if (each.field === 10) texts.domain = this.text(each.content);
      else if (each.field === 11) defaults.set(this.nameOf(each.content, attributeField.name), each);
      else if (each.field === 13) texts.overload = this.text(each.content);
    }
    const key = functionKey(texts.domain, texts.name, texts.overload);
    this.functions.set(key, { name: texts.name, inputs, outputs, defaults, nodes, opsets });
  }

  private addOpset(opsets: Map<string, number>, span: Span): void {
    let [domain, version] = ['', 0];
    for (const { field, content, whole } of this.fields(span)) {
      if (field === 1) domain = normal(this.text(content));
      else if (field === 2) version = this.number(whole);
    }
    opsets.set(domain, version);
  }

  private graph(span: Span, frame: Frame): WireWriter {
    const writer = new WireWriter();
    for (const { field, content, whole } of this.fields(span)) {
      if (field === graphField.node) this.node(writer, graphField.node, content, frame);
      else if (field === graphField.initializer) {
        writer.message(field, this.renamed(content, tensorName, frame));
      } else if (field === graphField.input || field === graphField.output || field === graphField.valueInfo) {
        writer.message(field, this.renamed(content, valueName, frame));
      } else writer.raw(this.bytes(whole));
    }
    return writer;
  }

  /** Writes a node, or the nodes of the function that it calls. */
  private node(writer: WireWriter, as: number, span: Span, frame: Frame): void {
    if (++this.written > mostNodes) throw this.refuse('they make a graph of more than half a million operators');
    const fields = this.fields(span);
    const text = (field: number): string => {
      const found = fields.findLast((each) => each.field === field);
      return found ? this.text(found.content) : '';
    };
    const called = this.functions.get(
      functionKey(text(nodeField.domain), text(nodeField.op), text(nodeField.overload)),
    );
    if (called) return this.call(writer, as, called, fields, frame);
    const node = new WireWriter();
    for (const each of fields) {
      const { field, content, whole } = each;
      if (field === nodeField.input || field === nodeField.output) node.text(field, frame.rename(this.text(content)));
      else if (field === nodeField.name) node.text(field, nodeName(this.text(content), frame));
      else if (field === nodeField.attribute) this.attribute(node, each, frame);
      else node.raw(this.bytes(whole));
    }
    writer.message(as, node);
  }

  private attribute(node: WireWriter, { content, whole }: Field, frame: Frame): void {
    const fields = this.fields(content);
    const ref = fields.find(({ field }) => field === attributeField.ref);
    if (ref && frame.attributes) {
      // What the call leaves out, the operator has its own default for.
      const given = frame.attributes.get(this.text(ref.content));
      if (!given) return;
      const attribute = new WireWriter().text(attributeField.name, this.nameOf(content, attributeField.name));
      for (const each of this.fields(given.content)) {
        if (each.field !== attributeField.name) attribute.raw(this.bytes(each.whole));
      }
      node.message(nodeField.attribute, attribute);
      return;
    }
    if (!fields.some(({ field }) => field === attributeField.graph)) {
      node.raw(this.bytes(whole));
      return;
    }
    const attribute = new WireWriter();
    for (const each of fields) {
      if (each.field === attributeField.graph) attribute.message(each.field, this.graph(each.content, frame));
      else attribute.raw(this.bytes(each.whole));
    }
    node.message(nodeField.attribute, attribute);
  }

  private call(writer: WireWriter, as: number, called: LocalFunction, fields: readonly Field[], outer: Frame): void {
    if (outer.depth >= deepest) throw this.refuse(`"${quoted(called.name)}" calls itself, or too deeply`);
    for (const [domain, version] of called.opsets) {
      const known = this.opsets.get(domain);
      if (known === undefined) this.opsets.set(domain, version);
      else if (known !== version) {
        const set = domain === '' ? 'the standard’s' : `"${quoted(domain)}"`;
        throw this.refuse(
          `"${quoted(called.name)}" is written for version ${version} of ${set} operators, the model for ${known}`,
        );
      }
    }
    const given = (field: number): string[] =>
      fields.filter((each) => each.field === field).map(({ content }) => outer.rename(this.text(content)));
    const names = new Map<string, string>();
    const [inputs, outputs] = [given(nodeField.input), given(nodeField.output)];
    called.inputs.forEach((name, i) => names.set(name, inputs[i] ?? ''));
    const prefix = `vivarium/${called.name}_${this.calls++}/`;
    called.outputs.forEach((name, i) => {
      // An output that is an input as well is passed on below.
      if (outputs[i] && !names.has(name)) names.set(name, outputs[i]);
    });
    const attributes = new Map(called.defaults);
    for (const each of fields) {
      if (each.field !== nodeField.attribute) continue;
      const name = this.nameOf(each.content, attributeField.name);
      const ref = this.fields(each.content).find(({ field }) => field === attributeField.ref);
      // An attribute that the caller itself was given.
      const value = ref && outer.attributes ? outer.attributes.get(this.text(ref.content)) : each;
      if (value) attributes.set(name, value);
    }
    const frame: Frame = {
      rename: (name) => (name === '' ? '' : (names.get(name) ?? prefix + name)),
      attributes,
      depth: outer.depth + 1,
    };
    for (const node of called.nodes) this.node(writer, as, node, frame);
    called.outputs.forEach((name, i) => {
      const output = outputs[i] ?? '';
      const value = frame.rename(name);
      if (output === '' || value === output) return;
      const pass = new WireWriter().text(nodeField.input, value).text(nodeField.output, output);
      writer.message(as, pass.text(nodeField.name, `${prefix}pass_${i}`).text(nodeField.op, 'Identity'));
    });
  }

  /** A message whose field `at` is the name of a value. */
  private renamed(span: Span, at: number, frame: Frame): WireWriter {
    const writer = new WireWriter();
    for (const { field, content, whole } of this.fields(span)) {
      if (field === at) writer.text(field, frame.rename(this.text(content)));
      else writer.raw(this.bytes(whole));
    }
    return writer;
  }

  private fields({ start, end }: Pick<Span, 'start' | 'end'>): Field[] {
    const { reader } = this;
    const found: Field[] = [];
    reader.position = start;
    for (let from = start, tag = reader.tag(end); tag; from = reader.position, tag = reader.tag(end)) {
      const { field, wire } = tag;
      let content: Span = { lengthAt: reader.position, start: reader.position, end: reader.position };
      if (wire === Wire.Bytes) {
        content = reader.span(end);
        reader.position = content.end;
      } else reader.skip(wire, end);
      found.push({ field, wire, whole: { start: from, end: reader.position }, content });
    }
    return found;
  }

  private nameOf(span: Span, field: number): string {
    const found = this.fields(span).findLast((each) => each.field === field);
    return found ? this.text(found.content) : '';
  }

  private bytes({ start, end }: { readonly start: number; readonly end: number }): Uint8Array {
    return this.reader.copy(start, end);
  }

  private text({ start, end }: Span): string {
    return new TextDecoder().decode(this.bytes({ start, end }));
  }

  /** The value of a field that is a varint. */
  private number({ start, end }: { readonly start: number; readonly end: number }): number {
    this.reader.position = start;
    this.reader.tag(end);
    return this.reader.varint(end);
  }

  private refuse(reason: string): Problem {
    return new Problem({
      code: 'onnx-unsupported',
      message: `The local functions of ${this.source.name} cannot be written out: ${reason}.`,
      action: 'Export the model again, with its functions inlined (onnx.inliner.inline_local_functions).',
    });
  }
}

function functionKey(domain: string, name: string, overload: string): string {
  return [normal(domain), name, overload].join('\n');
}

function normal(domain: string): string {
  return domain === 'ai.onnx' ? '' : domain;
}

/** Names of nodes tell places in errors, and must differ. */
function nodeName(name: string, frame: Frame): string {
  return frame.depth === 0 || name === '' ? name : frame.rename(`node ${name}`);
}
