import { fusedOperator } from './forms/registry';
import type { KnownShapes, Shape } from './known';
import type { Dimension, OnnxNode } from './onnx';
import { skipNorms } from './residual';

/** Operators whose result has the shape of their first input. */
const unchanged: ReadonlySet<string> = new Set([
  ...['Abs', 'Cast', 'CastLike', 'Clip', 'Cos', 'CumSum', 'Dropout', 'Elu', 'Erf', 'Exp', 'Floor', 'Identity', 'Log'],
  ...['Neg', 'Not', 'Reciprocal', 'Relu', 'Round', 'Sigmoid', 'Sign', 'Sin', 'Softmax', 'Softplus', 'Sqrt', 'Tanh'],
  ...['Gelu', 'FastGelu', 'BiasGelu', 'QuickGelu', 'LayerNormalization', 'RMSNormalization', 'RotaryEmbedding'],
  ...['SimplifiedLayerNormalization', 'LpNormalization', 'ScatterND', 'ScatterElements', 'Trilu', 'IsNaN', 'IsInf'],
  ...['QuantizeLinear', 'DequantizeLinear', 'DynamicQuantizeLinear', 'LogSoftmax', 'HardSigmoid', 'HardSwish', 'Swish'],
]);

/** Operators whose inputs broadcast. */
const broadcasting: ReadonlySet<string> = new Set([
  ...['Add', 'And', 'BitwiseAnd', 'BitwiseOr', 'Div', 'Equal', 'Greater', 'GreaterOrEqual', 'Less', 'LessOrEqual'],
  ...['Max', 'Mean', 'Min', 'Mod', 'Mul', 'Or', 'PRelu', 'Pow', 'Sub', 'Sum', 'Where', 'Xor'],
]);

/** More dimensions than any tensor has, and more elements than any shape; masks of short sequences are of no interest. */
export const LONGEST = 64;

/** The shapes of a node's outputs, as far as its operator tells. */
export function resultShapes(node: OnnxNode, known: KnownShapes): readonly (Shape | null)[] {
  const of = (index: number): Shape | null => known.shape(node.inputs[index] ?? '');
  const first = of(0);
  if (skipNorms.has(node.op)) return [first, null, null, first];
  if (node.op === 'Split') return splitShapes(node, known, first);
  if (node.op === 'TopK') {
    const axis = first && axisOf(node, 'axis', -1, first.length);
    const count = known.content(node.inputs[1] ?? '')?.[0] ?? null;
    const shape = first?.map((dim, i) => (i === axis ? count : dim)) ?? null;
    return [shape, shape];
  }
  if (node.op === 'EmbedLayerNormalization') {
    const width = known.shape(node.inputs[2] ?? '')?.at(-1) ?? null;
    const shape = [...(first ?? [null, null]), width];
    return [shape, null, shape];
  }
  return [resultShape(node, known, of)];
}

function resultShape(node: OnnxNode, known: KnownShapes, of: (index: number) => Shape | null): Shape | null {
  const first = of(0);
  const content = (index: number, attribute: string): Shape | null =>
    node.attributes.get(attribute)?.ints ?? known.content(node.inputs[index] ?? '');
  if (unchanged.has(node.op)) return first;
  if (broadcasting.has(node.op)) return broadcast(node.inputs.map((_, i) => of(i)));
  switch (node.op) {
    case 'MatMul':
    case 'MatMulInteger':
    case 'FusedMatMul':
      return product(flipped(node, 'transA', first), flipped(node, 'transB', of(1)));
    case 'DynamicQuantizeMatMul':
      return product(first, of(1));
    case 'QLinearMatMul':
      return product(first, of(3));
    case 'Gemm': {
      const [a, b] = [flipped(node, 'transA', first), flipped(node, 'transB', of(1))];
      return [a?.[0] ?? null, b?.[1] ?? null];
    }
    case 'MatMulNBits':
      return first && [...first.slice(0, -1), node.attributes.get('N')?.int ?? null];
    case 'Gather': {
      const indices = of(1);
      if (!first || !indices) return null;
      const axis = axisOf(node, 'axis', 0, first.length);
      return [...first.slice(0, axis), ...indices, ...first.slice(axis + 1)];
    }
    case 'GatherBlockQuantized':
      return of(1) && [...(of(1) as Shape), null];
    case 'Transpose': {
      if (!first) return node.attributes.get('perm')?.ints?.map(() => null) ?? null;
      const perm = node.attributes.get('perm')?.ints ?? first.map((_, i) => first.length - 1 - i);
      return perm.map((axis) => first[axis] ?? null);
    }
    case 'Reshape': {
      const target = content(1, 'shape');
      if (target) return reshaped(first, target, node.attributes.get('allowzero')?.int === 1);
      return unknown(lengthOf(of(1)));
    }
    case 'Flatten':
      return [null, null];
    case 'Unsqueeze': {
      const axes = content(1, 'axes');
      if (!first || !axes) return null;
      const rank = first.length + axes.length;
      const places = new Set(axes.map((axis) => (typeof axis === 'number' && axis < 0 ? axis + rank : axis)));
      const rest = [...first];
      return Array.from({ length: rank }, (_, i) => (places.has(i) ? 1 : (rest.shift() ?? null)));
    }
    case 'Squeeze': {
      const axes = content(1, 'axes');
      if (!first) return null;
      const places = axes?.map((axis) => (typeof axis === 'number' && axis < 0 ? axis + first.length : axis));
      return first.filter((dim, i) => (places ? !places.includes(i) : dim !== 1));
    }
    case 'Concat':
      return concatenated(node, of);
    case 'Slice':
      return first && sliced(node, known, first);
    case 'Expand': {
      const target = content(1, '');
      return target ? broadcast([first, target]) : unknown(lengthOf(of(1)));
    }
    case 'Tile': {
      const repeats = content(1, '');
      return (
        first?.map((dim, i) => {
          const by = repeats?.[i] ?? null;
          return by === 1 ? dim : typeof dim === 'number' && typeof by === 'number' ? dim * by : null;
        }) ?? null
      );
    }
    case 'Shape':
      return [first ? first.length : null];
    case 'Size':
      return [];
    case 'ConstantOfShape':
      return content(0, '') ?? unknown(lengthOf(first));
    case 'Range':
      return [null];
    case 'NonZero':
      return [first?.length ?? null, null];
    case 'Pad':
      return first?.map((dim, axis) => padded(node, known, dim, axis, first.length)) ?? null;
    case 'Conv':
      return first && [first[0] ?? null, of(1)?.[0] ?? null, ...first.slice(2).map(() => null)];
    case 'Einsum':
      return einsum(node, of);
    default:
      if (fusedOperator(node.op)) return first && attended(first, of(2));
      return /^Reduce|^Arg/.test(node.op) && first ? reduced(node, known, first) : null;
  }
}

/** What attention gives: as many places as there are queries, each as wide as the values. */
function attended(queries: Shape, values: Shape | null): Shape {
  return queries.length === 4 ? [...queries.slice(0, 3), values?.at(-1) ?? null] : [...queries.slice(0, 2), null];
}

/** The elements of a node's first output, where it is a list of whole numbers that can be told. */
export function resultContent(node: OnnxNode, known: KnownShapes): Shape | null {
  const of = (index: number): Shape | null => known.content(node.inputs[index] ?? '');
  const first = of(0);
  switch (node.op) {
    case 'Shape': {
      const shape = known.shape(node.inputs[0] ?? '');
      const { start, end } = { start: node.attributes.get('start')?.int, end: node.attributes.get('end')?.int };
      return shape?.slice(start ?? 0, end ?? shape.length) ?? null;
    }
    case 'Identity':
    case 'Unsqueeze':
    case 'Squeeze':
    case 'Reshape':
    case 'Cast':
      return first;
    case 'Gather': {
      const places = of(1);
      if (!first || !places || axisOf(node, 'axis', 0, 1) !== 0) return null;
      return places.map((place) =>
        typeof place === 'number' ? (first[place < 0 ? place + first.length : place] ?? null) : null,
      );
    }
    case 'Concat': {
      const parts = node.inputs.map((_, i) => of(i) ?? unknown(lengthOf(known.shape(node.inputs[i] ?? ''))));
      return parts.includes(null) ? null : (parts as Shape[]).flat();
    }
    case 'Slice': {
      const part = (index: number, name: string): number | null => {
        const value = node.attributes.get(name)?.ints?.[0] ?? of(index)?.[0];
        return typeof value === 'number' ? value : null;
      };
      const [from, to] = [part(1, 'starts'), part(2, 'ends')];
      const step = node.inputs[4] ? part(4, 'steps') : 1;
      return first && from !== null && to !== null && step === 1 ? first.slice(from, to) : null;
    }
    case 'ConstantOfShape': {
      const [length, ...more] = of(0) ?? [];
      if (typeof length !== 'number' || more.length > 0 || !isLength(length)) return null;
      return new Array<Dimension>(length).fill(node.attributes.get('value')?.tensor?.values?.[0] ?? 0);
    }
    case 'Add':
    case 'Sub':
    case 'Mul':
    case 'Div':
      return elementwise(first, of(1), arithmetic[node.op]);
    case 'Equal':
      // A size that is known at run time only is none of the marks that shapes are compared with.
      return elementwise(first, of(1), (a, b) => (a === null || b === null ? null : Number(a === b)));
    case 'Where': {
      const [yes, no] = [of(1), of(2)];
      if (!first || !yes || !no) return null;
      return first.map((flag, i) => (flag === null ? null : ((flag === 1 ? at(yes, i) : at(no, i)) ?? null)));
    }
    default:
      return null;
  }
}

type Operation = (a: Dimension, b: Dimension) => Dimension;

function numeric(compute: (a: number, b: number) => number, neutral: number): Operation {
  return (a, b) => {
    if (typeof a === 'number' && typeof b === 'number') return compute(a, b);
    return b === neutral ? a : null;
  };
}

const arithmetic = {
  Add: numeric((a, b) => a + b, 0),
  Sub: numeric((a, b) => a - b, 0),
  Mul: numeric((a, b) => a * b, 1),
  Div: numeric((a, b) => (b === 0 ? Number.NaN : Math.floor(a / b)), 1),
} as const;

function elementwise(a: Shape | null, b: Shape | null, operation: Operation): Shape | null {
  if (!a || !b || (a.length !== b.length && a.length !== 1 && b.length !== 1)) return null;
  return Array.from({ length: Math.max(a.length, b.length) }, (_, i) => operation(at(a, i), at(b, i)));
}

function at(list: Shape, index: number): Dimension {
  return list[list.length === 1 ? 0 : index] ?? null;
}

/** So many dimensions or elements of which nothing is known; null where no file that works has so many. */
function unknown(count: number | null): Shape | null {
  return count === null || !isLength(count) ? null : new Array<Dimension>(count).fill(null);
}

/** Whether a list of so many is made: a file may name any number, and one that has more than this is of no interest. */
function isLength(count: number): boolean {
  return Number.isInteger(count) && count >= 0 && count <= LONGEST;
}

/** The number of elements of a list, or 1 for a scalar. */
function lengthOf(shape: Shape | null): number | null {
  if (shape?.length === 0) return 1;
  const length = shape?.[0];
  return shape?.length === 1 && typeof length === 'number' ? length : null;
}

function axisOf(node: OnnxNode, name: string, fallback: number, rank: number): number {
  const axis = node.attributes.get(name)?.int ?? fallback;
  return axis < 0 ? axis + rank : axis;
}

/** Attention is computed on [batch, heads, sequence, size]: what broadcasts with that has no more dimensions. */
const highestRank = 4;

/** The shape that inputs broadcast to; one of unknown rank is taken not to exceed the highest there is. */
function broadcast(shapes: readonly (Shape | null)[]): Shape | null {
  const present = shapes.filter((shape) => shape !== null);
  const rank = Math.max(0, ...present.map(({ length }) => length));
  const isWhole = present.length === shapes.length;
  if (!isWhole && rank < highestRank) return null;
  return Array.from({ length: rank }, (_, axis) => {
    const dims = present.map((shape) => (axis < rank - shape.length ? 1 : (shape[axis - rank + shape.length] ?? null)));
    const large = dims.find((dim) => typeof dim === 'number' && dim !== 1);
    if (large !== undefined) return large;
    // 1 gives way to what is known at run time only; beside an unknown size nothing can be said.
    if (dims.includes(null) || !isWhole) return null;
    const names = new Set(dims.filter((dim) => dim !== 1));
    return names.size === 0 ? 1 : names.size === 1 ? ([...names][0] as Dimension) : null;
  });
}

function flipped(node: OnnxNode, attribute: string, shape: Shape | null): Shape | null {
  if (node.attributes.get(attribute)?.int !== 1 || !shape || shape.length < 2) return shape;
  return [...shape.slice(0, -2), shape.at(-1) ?? null, shape.at(-2) ?? null];
}

function product(a: Shape | null, b: Shape | null): Shape | null {
  if (!a || !b) {
    const rank = Math.max(a?.length ?? 0, b?.length ?? 0);
    return rank < highestRank ? null : unknown(rank);
  }
  if (a.length < 2 || b.length < 2) return null;
  const batch = broadcast([a.slice(0, -2), b.slice(0, -2)]);
  return batch && [...batch, a.at(-2) ?? null, b.at(-1) ?? null];
}

/** The shape after a Reshape: names that stand on both sides cancel out where one dimension is left to be computed. */
function reshaped(from: Shape | null, target: Shape, allowZero: boolean): Shape {
  const result = target.map((dim, axis) => (dim === 0 && !allowZero ? (from?.[axis] ?? null) : dim));
  const open = result.indexOf(-1);
  if (open < 0) return result;
  const rest = result.filter((_, axis) => axis !== open);
  return result.map((dim, axis) => (axis === open ? quotient(from, rest) : dim));
}

/** Product of `above` over product of `below`; null where it is no single size or name. */
function quotient(above: Shape | null, below: Shape): Dimension {
  if (!above || above.includes(null) || below.includes(null)) return null;
  const names = above.filter((dim) => typeof dim === 'string');
  for (const dim of below) {
    if (typeof dim !== 'string') continue;
    const place = names.indexOf(dim);
    if (place < 0) return null;
    names.splice(place, 1);
  }
  const count = (dims: Shape): number =>
    dims.reduce<number>((total, dim) => (typeof dim === 'number' ? total * dim : total), 1);
  const left = count(above) / count(below);
  if (names.length === 0) return Number.isInteger(left) ? left : null;
  return names.length === 1 && left === 1 ? (names[0] as string) : null;
}

function splitShapes(node: OnnxNode, known: KnownShapes, first: Shape | null): readonly (Shape | null)[] {
  if (!first) return [];
  const axis = axisOf(node, 'axis', 0, first.length);
  const sizes = node.attributes.get('split')?.ints ?? known.content(node.inputs[1] ?? '');
  const whole = first[axis];
  const parts = node.outputs.length;
  return node.outputs.map((_, i) => {
    // The last of parts that do not divide evenly is smaller.
    const even =
      typeof whole === 'number' ? Math.min(Math.ceil(whole / parts), whole - i * Math.ceil(whole / parts)) : null;
    const part = sizes ? (sizes[i] ?? null) : even;
    return first.map((dim, j) => (j === axis ? part : dim));
  });
}

function concatenated(node: OnnxNode, of: (index: number) => Shape | null): Shape | null {
  const shapes = node.inputs.map((_, i) => of(i));
  const rank = shapes.find((shape) => shape !== null)?.length;
  if (rank === undefined) return null;
  const axis = axisOf(node, 'axis', 0, rank);
  return Array.from({ length: rank }, (_, i) => {
    const dims = shapes.map((shape) => shape?.[i] ?? null);
    if (i !== axis) return dims.find((dim) => typeof dim === 'number') ?? dims.find((dim) => dim !== null) ?? null;
    return dims.every((dim) => typeof dim === 'number') ? dims.reduce((sum, dim) => sum + dim, 0) : null;
  });
}

function sliced(node: OnnxNode, known: KnownShapes, first: Shape): Shape {
  const list = (index: number, name: string): Shape | null =>
    node.attributes.get(name)?.ints ?? known.content(node.inputs[index] ?? '');
  const [starts, ends, axes, steps] = [list(1, 'starts'), list(2, 'ends'), list(3, 'axes'), list(4, 'steps')];
  const stated = node.inputs[3] || node.attributes.has('axes');
  if (stated && !axes) return first.map(() => null);
  const count = starts?.length ?? axes?.length ?? first.length;
  const result = [...first];
  for (let i = 0; i < count; i++) {
    const named = axes ? axes[i] : i;
    if (typeof named !== 'number') return first.map(() => null);
    const axis = named < 0 ? named + first.length : named;
    if (!(axis in first)) return first.map(() => null);
    const [dim, from, to, step] = [first[axis] ?? null, starts?.[i], ends?.[i], node.inputs[4] ? steps?.[i] : 1];
    const isAll = from === 0 && typeof to === 'number' && to >= 2 ** 31 - 1 && step === 1;
    if (isAll) continue;
    const isTold = typeof dim === 'number' && typeof from === 'number' && typeof to === 'number' && step === 1;
    const clamp = (place: number, whole: number): number =>
      Math.max(0, Math.min(whole, place < 0 ? place + whole : place));
    result[axis] = isTold ? Math.max(0, clamp(to, dim) - clamp(from, dim)) : null;
  }
  return result;
}

function padded(node: OnnxNode, known: KnownShapes, dim: Dimension, axis: number, rank: number): Dimension {
  const pads = node.attributes.get('pads')?.ints ?? known.content(node.inputs[1] ?? '');
  const [before, after] = [pads?.[axis], pads?.[axis + rank]];
  if (node.inputs[3] || typeof before !== 'number' || typeof after !== 'number') return null;
  if (before + after === 0) return dim;
  return typeof dim === 'number' ? dim + before + after : null;
}

function reduced(node: OnnxNode, known: KnownShapes, first: Shape): Shape | null {
  const single = node.attributes.get('axis')?.int;
  const named = /^Arg/.test(node.op)
    ? [single ?? 0]
    : (node.attributes.get('axes')?.ints ?? (node.inputs[1] ? known.content(node.inputs[1]) : first.map((_, i) => i)));
  if (!named) return null;
  const axes = named.map((axis) => (typeof axis === 'number' && axis < 0 ? axis + first.length : axis));
  const keeps = node.attributes.get('keepdims')?.int !== 0;
  return first.flatMap((dim, i) => (axes.includes(i) ? (keeps ? [1] : []) : [dim]));
}

function einsum(node: OnnxNode, of: (index: number) => Shape | null): Shape | null {
  const [terms = '', result] = (node.attributes.get('equation')?.text ?? '').replaceAll(' ', '').split('->');
  if (result === undefined || result.includes('.')) return null;
  const sizes = new Map<string, Dimension>();
  terms.split(',').forEach((labels, i) => {
    [...labels].forEach((label, axis) => sizes.set(label, of(i)?.[axis] ?? sizes.get(label) ?? null));
  });
  return [...result].map((label) => sizes.get(label) ?? null);
}
