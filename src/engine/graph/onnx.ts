import type { ElementType } from './elementType';
import type { Span } from './protobuf';

/** A dimension: a size, a symbol such as `batch_size`, or null where the file says nothing. */
export type Dimension = number | string | null;

/** A named value of a graph: an input, an output, or a value whose type the file states. */
export interface OnnxValue {
  readonly name: string;
  /** `undefined` where the type is not that of a tensor, or not stated. */
  readonly elementType: ElementType;
  /** null where the rank is not stated. */
  readonly dims: readonly Dimension[] | null;
}

/** Where the elements of a tensor are. Byte offsets are absolute in the model file, or in the external file. */
export type TensorData =
  | {
      readonly kind: 'raw';
      readonly offset: number;
      readonly length: number;
      /** Where the field that holds them begins, and the messages that it lies in, outermost first. */
      readonly fieldStart: number;
      readonly within: readonly Span[];
      /** Whether the tensor names a place in another file as well, which does not count while its data is here. */
      readonly hasExternalEntries: boolean;
    }
  /** In one of protobuf's typed fields (`float_data`, ...), encoded; `length` is what it takes there. */
  | { readonly kind: 'typed'; readonly length: number }
  /** In another file, relative to the model's folder; a null length means up to its end. */
  | {
      readonly kind: 'external';
      readonly location: string;
      readonly offset: number;
      readonly length: number | null;
      /** The field that names the location, tag included, and the messages that it lies in; null where it names none. */
      readonly locationField: { readonly start: number; readonly end: number } | null;
      readonly within: readonly Span[];
    };

/** A constant tensor: an initialiser, or the value of a Constant node. */
export interface OnnxTensor {
  readonly name: string;
  readonly elementType: ElementType;
  readonly dims: readonly number[];
  readonly data: TensorData;
  /** The elements, for tensors of at most {@link smallTensor} elements whose data is in the model file. */
  readonly values: readonly number[] | null;
  /** The whole TensorProto; absent where the constant stands in an attribute of another kind. */
  readonly span?: Span;
}

/** Tensors up to this many elements are decoded while reading: shapes, axes, scales. */
export const smallTensor = 64;

export interface OnnxAttribute {
  readonly name: string;
  readonly span: Span;
  readonly float?: number;
  readonly int?: number;
  readonly text?: string;
  readonly tensor?: OnnxTensor;
  readonly graph?: OnnxGraph;
  readonly ints?: readonly number[];
  readonly floats?: readonly number[];
}

export interface OnnxNode {
  readonly op: string;
  /** The empty string for the standard's own operators (`ai.onnx`). */
  readonly domain: string;
  readonly name: string;
  /** An empty string stands for an optional input or output that is left out. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** The bytes of each output's field, tag included. */
  readonly outputFields: readonly { readonly start: number; readonly end: number }[];
  readonly attributes: ReadonlyMap<string, OnnxAttribute>;
  readonly span: Span;
  /** The messages that this node lies in, outermost first. */
  readonly within: readonly Span[];
}

export interface OnnxGraph {
  readonly name: string;
  readonly nodes: readonly OnnxNode[];
  readonly initializers: ReadonlyMap<string, OnnxTensor>;
  /** As in the file; includes initialisers that old files list among the inputs. */
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
  /** Types that the file states for values between nodes. */
  readonly valueInfo: ReadonlyMap<string, OnnxValue>;
  readonly span: Span;
  readonly within: readonly Span[];
}

/** What an ONNX file says, without its weights. */
export interface OnnxModel {
  /** The file's name, for messages. */
  readonly name: string;
  /** Size of the file in bytes, without external data. */
  readonly size: number;
  readonly irVersion: number;
  readonly producer: string;
  /** Operator set versions by domain; the standard's own domain is the empty string. */
  readonly opsets: ReadonlyMap<string, number>;
  readonly metadata: ReadonlyMap<string, string>;
  /** Names of the model's local functions, as `domain::name`. */
  readonly functions: readonly string[];
  readonly graph: OnnxGraph;
}

/** Names that a node takes: its inputs, and what the graphs inside it (branches of an If) take from outside. */
export function inputsOf(node: OnnxNode): readonly string[] {
  const captured = [...node.attributes.values()].flatMap(({ graph }) => {
    if (!graph) return [];
    const own = new Set([...graph.initializers.keys(), ...graph.inputs.map(({ name }) => name)]);
    for (const inner of graph.nodes) for (const output of inner.outputs) own.add(output);
    const taken = [...graph.nodes.flatMap(inputsOf), ...graph.outputs.map(({ name }) => name)];
    return taken.filter((name) => !own.has(name));
  });
  const inputs = node.inputs.filter((input) => input !== '');
  return captured.length === 0 ? inputs : [...inputs, ...new Set(captured)];
}

/** `domain::Op`, or `Op` for the standard's own. */
export function operatorName(node: OnnxNode): string {
  return node.domain ? `${node.domain}::${node.op}` : node.op;
}
