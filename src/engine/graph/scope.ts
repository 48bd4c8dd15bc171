import { type ElementType, elementTypeName } from './elementType';
import { fusedOperator } from './forms/registry';
import type { KnownGraph, Shape } from './known';
import { type Dimension, inputsOf, type OnnxGraph, type OnnxNode, type OnnxTensor, type OnnxValue } from './onnx';
import { Shapes } from './shapes';

/** A graph with its values indexed. Sub-graphs see their outer scope. */
export class Scope implements KnownGraph {
  private readonly producers = new Map<string, OnnxNode>();
  private readonly users = new Map<string, OnnxNode[]>();
  private readonly values = new Map<string, OnnxValue>();
  private ordered: readonly OnnxNode[] | null = null;
  private types: Map<string, ElementType> | null = null;
  private shapes: Shapes | null = null;
  private readonly constancy = new Map<string, boolean>();
  private readonly inputNames: ReadonlySet<string>;

  constructor(
    readonly graph: OnnxGraph,
    readonly outer: Scope | null = null,
  ) {
    this.inputNames = new Set(graph.inputs.map(({ name }) => name));
    for (const node of graph.nodes) {
      for (const output of node.outputs) if (output) this.producers.set(output, node);
      for (const input of inputsOf(node)) {
        const users = this.users.get(input);
        if (users) users.push(node);
        else this.users.set(input, [node]);
      }
    }
    for (const value of [...graph.valueInfo.values(), ...graph.outputs, ...graph.inputs]) {
      this.values.set(value.name, value);
    }
  }

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

  consumers(value: string): readonly OnnxNode[] {
    return this.users.get(value) ?? [];
  }

  /** The name under which a weight was stored that is only renamed, reshaped or cast on its way to `value`. */
  source(value: string, steps = longestChain): string {
    const node = this.producers.get(value);
    if (!node) return this.outer?.producers.has(value) ? this.outer.source(value, steps) : value;
    const isSame = ['Identity', 'Reshape', 'Cast', 'Transpose'].includes(node.op) && steps > 0;
    return isSame ? this.source(node.inputs[0] ?? '', steps - 1) : value;
  }

  constant(value: string, steps = longestChain): OnnxTensor | undefined {
    const initializer = this.graph.initializers.get(value);
    if (initializer) return initializer;
    const node = this.producers.get(value);
    if (!node) return this.outer?.constant(value, steps);
    if (node.op === 'Identity' && steps > 0) return this.constant(node.inputs[0] ?? '', steps - 1);
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

  isConstant(value: string): boolean {
    const known = this.constancy.get(value);
    if (known !== undefined) return known;
    // Until it is known: a graph that runs in a circle holds no constants.
    this.constancy.set(value, false);
    const node = this.producers.get(value);
    const isConstant =
      this.constant(value) !== undefined ||
      (node
        ? weightOps.has(node.op) && node.inputs.every((input) => !input || this.isConstant(input))
        : (this.outer?.isConstant(value) ?? false));
    this.constancy.set(value, isConstant);
    return isConstant;
  }

  dims(value: string): readonly Dimension[] | null {
    return this.ownDims(value) ?? this.constant(value)?.dims ?? this.outer?.dims(value) ?? null;
  }

  ownDims(value: string): readonly Dimension[] | null {
    return this.values.get(value)?.dims ?? null;
  }

  elementType(value: string): ElementType {
    const stated = this.values.get(value)?.elementType;
    if (stated && stated !== 'undefined') return stated;
    const constant = this.constant(value);
    if (constant) return constant.elementType;
    if (!this.producers.has(value)) return this.outer?.elementType(value) ?? 'undefined';
    if (!this.types) {
      this.types = new Map();
      for (const node of this.inOrder()) {
        const type = this.resultType(node);
        for (const output of node.outputs) this.types.set(output, type);
      }
    }
    return this.types.get(value) ?? 'undefined';
  }

  shape(value: string): Shape | null {
    return (this.shapes ??= new Shapes(this)).shape(value);
  }

  content(value: string): Shape | null {
    return (this.shapes ??= new Shapes(this)).content(value);
  }

  inOrder(): readonly OnnxNode[] {
    return (this.ordered ??= this.order());
  }

  private order(): OnnxNode[] {
    const order: OnnxNode[] = [];
    const seen = new Set<OnnxNode>();
    // With a stack of its own: graphs are thousands of nodes deep.
    const stack: { node: OnnxNode; inputs: readonly string[]; next: number }[] = [];
    const push = (node: OnnxNode | undefined): void => {
      if (!node || seen.has(node)) return;
      seen.add(node);
      stack.push({ node, inputs: inputsOf(node), next: 0 });
    };
    for (const start of this.graph.nodes) {
      push(start);
      for (let top = stack.at(-1); top; top = stack.at(-1)) {
        if (top.next < top.inputs.length) push(this.producers.get(top.inputs[top.next++] ?? ''));
        else {
          order.push(top.node);
          stack.pop();
        }
      }
    }
    return order;
  }

  /** The type of what an operator gives; for those that give several, of what decoders use. */
  private resultType(node: OnnxNode): ElementType {
    const from = (index: number): ElementType => this.elementType(node.inputs[index] ?? '');
    switch (node.op) {
      case 'Cast':
        return elementTypeName(node.attributes.get('to')?.int ?? 0);
      case 'ConstantOfShape':
        return node.attributes.get('value')?.tensor?.elementType ?? 'float32';
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
      case 'If':
        return 'undefined';
      default: {
        const place = fusedOperator(node.op)?.typeOf;
        if (place !== undefined) return from(place);
        const types = node.inputs.map((input) => this.elementType(input));
        return types.find((type) => type !== 'undefined') ?? 'undefined';
      }
    }
  }
}

/** Renamings in a row that are followed: more than any exporter writes. */
const longestChain = 64;

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

/** A graph and those inside its nodes (the branches of an If), outermost first. */
export function allScopes(graph: OnnxGraph, outer: Scope | null = null): Scope[] {
  const scope = new Scope(graph, outer);
  const inner = graph.nodes.flatMap((node) =>
    [...node.attributes.values()].flatMap((attribute) => (attribute.graph ? allScopes(attribute.graph, scope) : [])),
  );
  return [scope, ...inner];
}
