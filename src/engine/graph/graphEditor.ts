import type { NestedEdit } from './edits';
import { elementTypeCode, type ElementType, isFloat } from './elementType';
import { type AttributeValue, encodeAttribute, encodeNode, encodeTensor, encodeValue } from './encode';
import type { KnownGraph } from './known';
import type { OnnxAttribute, OnnxNode } from './onnx';
import { WireWriter } from './protobuf';

const graphField = { node: 1, initializer: 5, output: 12, valueInfo: 13 } as const;
const nodeField = { output: 2, attribute: 5 } as const;

/** A tensor that is to become an output, or why there is none. */
export type ProbeValue = { readonly value: string; readonly elementType: ElementType } | { readonly reason: string };

/** Collects what is to be added to one graph, and the nodes in it that have to change. */
export class GraphEditor {
  private readonly added = new WireWriter();
  private readonly constants = new Map<string, string>();
  private count = 0;
  private isEmpty = true;
  /** Changes of nodes that are in the file. */
  readonly nodeEdits: NestedEdit[] = [];

  constructor(
    readonly scope: KnownGraph,
    /** Version of the standard's operators. */
    readonly opset: number,
  ) {}

  /** Adds a node with one output; returns the output's name. Its operator is the standard's own unless `domain` is given. */
  node(
    op: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, AttributeValue>> = {},
    output = this.unique(op),
  ): string {
    this.copy({ op, domain: '' }, inputs, [output], attributes);
    return output;
  }

  /** Adds a node of any domain with given outputs. */
  copy(
    { op, domain }: Pick<OnnxNode, 'op' | 'domain'>,
    inputs: readonly string[],
    outputs: readonly string[],
    attributes: Readonly<Record<string, AttributeValue>>,
  ): void {
    this.isEmpty = false;
    this.added.message(graphField.node, encodeNode(op, this.unique(op), inputs, outputs, attributes, domain));
  }

  /** A constant; equal ones are added once. A scalar where `dims` is empty. */
  constant(type: 'float32' | 'int64', values: readonly number[], dims: readonly number[] = [values.length]): string {
    const key = `${type} ${dims.join()} ${values.join()}`;
    const known = this.constants.get(key);
    if (known) return known;
    const name = this.unique('constant');
    this.added.message(graphField.initializer, encodeTensor(name, type, dims, values));
    this.constants.set(key, name);
    return name;
  }

  /** Makes `value` an output of the graph; its element type is returned. Of unknown type, it is converted to float32. */
  output(value: string, type: ElementType): { name: string; elementType: ElementType } {
    if (this.scope.graph.outputs.some(({ name }) => name === value)) return { name: value, elementType: type };
    const known = isFloat(type);
    const name = known ? value : this.node('Cast', [value], { to: elementTypeCode('float32') });
    const elementType = known ? type : 'float32';
    this.declare(name, elementType);
    return { name, elementType };
  }

  /** States that the graph has an output of this name and type. */
  declare(name: string, type: ElementType): void {
    this.isEmpty = false;
    this.added.message(graphField.output, encodeValue(name, type));
  }

  /** States the type of a value inside the graph, where its operator does not tell it. */
  stateType(name: string, type: ElementType): void {
    this.isEmpty = false;
    if (isFloat(type)) this.added.message(graphField.valueInfo, encodeValue(name, type));
  }

  /** Gives a node of the file a further output at `index`, leaving out those between, and sets an attribute of it. */
  extend(node: OnnxNode, index: number, attribute: { name: string; value: number } | null): string {
    const name = this.unique(node.op);
    const within = [...node.within, node.span];
    const insertAt = (offset: number, deleteLength: number, writer: WireWriter): void => {
      this.nodeEdits.push({ offset, deleteLength, insert: writer.finish(), within });
    };
    const field = node.outputFields[index];
    if (field) insertAt(field.start, field.end - field.start, new WireWriter().text(nodeField.output, name));
    const tail = new WireWriter();
    if (!field) {
      for (let i = node.outputs.length; i < index; i++) tail.text(nodeField.output, '');
      tail.text(nodeField.output, name);
    }
    if (attribute) {
      const encoded = encodeAttribute(attribute.name, attribute.value);
      const existing = node.attributes.get(attribute.name);
      if (existing) {
        const { lengthAt, end } = existing.span;
        const bytes = encoded.finish();
        // The tag before the length stays; a field without its tag is the length and the bytes.
        const content = new WireWriter().bytes(1, bytes).finish().subarray(1);
        this.nodeEdits.push({ offset: lengthAt, deleteLength: end - lengthAt, insert: content, within });
      } else tail.message(nodeField.attribute, encoded);
    }
    insertAt(node.span.end, 0, tail);
    return name;
  }

  /** The fields to add at the end of the graph, or null. */
  finish(): Uint8Array | null {
    return this.isEmpty ? null : this.added.finish();
  }

  /** A name that no value of the graph has. */
  unique(what: string): string {
    return `vivarium/${what}_${this.count++}`;
  }
}

/** The attributes of a node as values to write; null where one holds a tensor or a graph. */
export function copyAttributes(node: OnnxNode): Record<string, AttributeValue> | null {
  const copied: Record<string, AttributeValue> = {};
  for (const [name, attribute] of node.attributes) {
    const value = attributeValue(attribute);
    if (value === null) return null;
    copied[name] = value;
  }
  return copied;
}

function attributeValue(attribute: OnnxAttribute): AttributeValue | null {
  if (attribute.int !== undefined) return attribute.int;
  if (attribute.float !== undefined) return { float: attribute.float };
  if (attribute.text !== undefined) return { text: attribute.text };
  if (attribute.ints) return attribute.ints;
  return attribute.floats ? { floats: attribute.floats } : null;
}
