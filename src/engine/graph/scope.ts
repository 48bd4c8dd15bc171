import { type ElementType, elementTypeName } from './elementType';
import type { Dimension, OnnxGraph, OnnxNode, OnnxTensor, OnnxValue } from './onnx';

/** A graph with its values indexed: who makes them, who uses them, what is known of them. Sub-graphs see their outer scope. */
export class Scope {
  private readonly producers = new Map<string, OnnxNode>();
  private readonly users = new Map<string, OnnxNode[]>();
  private readonly values = new Map<string, OnnxValue>();
  private readonly types = new Map<string, ElementType>();
  private readonly inputNames: ReadonlySet<string>;

  constructor(
    readonly graph: OnnxGraph,
    readonly outer: Scope | null = null,
  ) {
    this.inputNames = new Set(graph.inputs.map(({ name }) => name));
    for (const node of graph.nodes) {
      for (const output of node.outputs) if (output) this.producers.set(output, node);
      for (const input of node.inputs) {
        if (!input) continue;
        const users = this.users.get(input);
        if (users) users.push(node);
        else this.users.set(input, [node]);
      }
    }
    for (const value of [...graph.valueInfo.values(), ...graph.outputs, ...graph.inputs]) {
      this.values.set(value.name, value);
    }
  }

  /** The node of this graph (not of an outer one) that makes `value`. */
  producer(value: string): OnnxNode | undefined {
    return this.producers.get(value);
  }

  /** Whether something in this graph or around it is called `value`. */
  defines(value: string): boolean {
    return (
      this.producers.has(value) ||
      this.graph.initializers.has(value) ||
      this.inputNames.has(value) ||
      (this.outer?.defines(value) ?? false)
    );
  }

  /** The nodes of this graph that take `value` as an input, once per use. */
  consumers(value: string): readonly OnnxNode[] {
    return this.users.get(value) ?? [];
  }

  /** The name under which a weight was stored that is only renamed, reshaped or cast on its way to `value`. */
  source(value: string): string {
    const node = this.producers.get(value);
    if (!node) return this.outer?.producers.has(value) ? this.outer.source(value) : value;
    return ['Identity', 'Reshape', 'Cast', 'Transpose'].includes(node.op) ? this.source(node.inputs[0] ?? '') : value;
  }

  /** The constant that `value` is: an initialiser or a Constant node, through Identity. */
  constant(value: string): OnnxTensor | undefined {
    const initializer = this.graph.initializers.get(value);
    if (initializer) return initializer;
    const node = this.producers.get(value);
    if (!node) return this.outer?.constant(value);
    if (node.op === 'Identity') return this.constant(node.inputs[0] ?? '');
    if (node.op !== 'Constant') return undefined;
    const scalar = node.attributes.get('value_int') ?? node.attributes.get('value_float');
    const list = node.attributes.get('value_ints') ?? node.attributes.get('value_floats');
    const values = scalar ? [scalar.int ?? scalar.float ?? 0] : (list?.ints ?? list?.floats);
    if (!values) return node.attributes.get('value')?.tensor;
    const isInt = node.attributes.has('value_int') || node.attributes.has('value_ints');
    return {
      name: value,
      elementType: isInt ? 'int64' : 'float32',
      dims: scalar ? [] : [values.length],
      data: { kind: 'typed', length: 0 },
      values,
    };
  }

  /** Whether `value` depends on no input of the model: weights, also when transposed, cast or dequantised in the graph. */
  isConstant(value: string): boolean {
    if (this.constant(value)) return true;
    const node = this.producers.get(value);
    if (!node) return this.outer?.isConstant(value) ?? false;
    return weightOps.has(node.op) && node.inputs.every((input) => !input || this.isConstant(input));
  }

  /** The dimensions of `value` as the file states them, or null. */
  dims(value: string): readonly Dimension[] | null {
    return this.values.get(value)?.dims ?? this.constant(value)?.dims ?? this.outer?.dims(value) ?? null;
  }

  /** The element type of `value`: stated, or inferred from the operators that make it; `undefined` where neither helps. */
  elementType(value: string): ElementType {
    const known = this.types.get(value);
    if (known) return known;
    this.types.set(value, 'undefined');
    const type = this.inferElementType(value);
    this.types.set(value, type);
    return type;
  }

  private inferElementType(value: string): ElementType {
    const stated = this.values.get(value)?.elementType;
    if (stated && stated !== 'undefined') return stated;
    const constant = this.constant(value);
    if (constant) return constant.elementType;
    const node = this.producers.get(value);
    if (!node) return this.outer?.elementType(value) ?? 'undefined';
    const from = (index: number): ElementType => this.elementType(node.inputs[index] ?? '');
    switch (node.op) {
      case 'Cast':
        return elementTypeName(node.attributes.get('to')?.int ?? 0);
      case 'Shape':
      case 'Size':
        return 'int64';
      case 'Where':
      case 'CastLike':
      case 'DequantizeLinear':
        return from(1);
      case 'GatherBlockQuantized':
      case 'EmbedLayerNormalization':
        return from(2);
      case 'QAttention':
        return from(3);
      case 'If':
        return 'undefined';
      default:
        for (let i = 0; i < node.inputs.length; i++) {
          const type = from(i);
          if (type !== 'undefined') return type;
        }
        return 'undefined';
    }
  }
}

/** Operators that exporters put between a weight and its use. */
const weightOps: ReadonlySet<string> = new Set([
  'Cast',
  'Concat',
  'Constant',
  'ConstantOfShape',
  'DequantizeLinear',
  'Identity',
  'Reshape',
  'Slice',
  'Split',
  'Squeeze',
  'Transpose',
  'Unsqueeze',
]);

/** `domain::Op`, or `Op` for the standard's own. */
export function operatorName(node: OnnxNode): string {
  return node.domain ? `${node.domain}::${node.op}` : node.op;
}

/** Whether a node is one of onnxruntime's own operators. Some optimisers write them with the standard's domain. */
export function isContrib(node: OnnxNode): boolean {
  return node.domain === 'com.microsoft';
}

/** A graph and those inside its nodes (the branches of an If), outermost first. */
export function allScopes(graph: OnnxGraph, outer: Scope | null = null): Scope[] {
  const scope = new Scope(graph, outer);
  const inner = graph.nodes.flatMap((node) =>
    [...node.attributes.values()].flatMap((attribute) => (attribute.graph ? allScopes(attribute.graph, scope) : [])),
  );
  return [scope, ...inner];
}
