import type { Dimension, OnnxNode } from './onnx';
import { LONGEST, resultContent, resultShapes } from './shapeRules';
import type { Scope } from './scope';

/**
 * A dimension: its size, a name for a size that is known at run time only (one name stands for one size throughout a
 * graph), or null where nothing is known.
 */
export type Shape = readonly Dimension[];

/** What is known of the values of a graph without running it. */
export interface KnownShapes {
  /** The shape of `value`; null where not even its rank is known. */
  shape(value: string): Shape | null;
  /** The elements of `value`, a scalar or a list of whole numbers such as shapes are made of; null where it is none. */
  content(value: string): Shape | null;
}

const known = new WeakMap<Scope, Shapes>();

/** The shapes of a graph: as stated, and where the file says less than its operators, as they make them. */
export function shapesOf(scope: Scope): KnownShapes {
  let shapes = known.get(scope);
  if (!shapes) {
    shapes = new Shapes(scope);
    known.set(scope, shapes);
  }
  return shapes;
}

/** One sweep over the nodes in the order of their values: no recursion, for graphs of any depth. */
class Shapes implements KnownShapes {
  private readonly inferred = new Map<string, Shape>();
  private readonly contents = new Map<string, Shape>();

  constructor(private readonly scope: Scope) {
    for (const node of scope.inOrder()) this.visit(node);
  }

  shape(value: string): Shape | null {
    const inferred = this.inferred.get(value) ?? null;
    if (!inferred && !this.scope.producer(value) && !this.scope.graph.initializers.has(value)) {
      const stated = this.scope.ownDims(value);
      if (stated) return stated;
      return this.scope.outer ? shapesOf(this.scope.outer).shape(value) : null;
    }
    return merged(this.scope.ownDims(value) ?? this.scope.constant(value)?.dims ?? null, inferred);
  }

  content(value: string): Shape | null {
    const found = this.contents.get(value);
    if (found) return found;
    const constant = this.scope.constant(value);
    if (constant) return /^u?int|^bool/.test(constant.elementType) ? constant.values : null;
    const { outer } = this.scope;
    return outer && !this.scope.producer(value) ? shapesOf(outer).content(value) : null;
  }

  private visit(node: OnnxNode): void {
    const shapes = resultShapes(node, this);
    node.outputs.forEach((output, i) => {
      const shape = shapes[i];
      if (output && shape && shape.length <= LONGEST) this.inferred.set(output, shape);
    });
    const content = resultContent(node, this);
    if (content && content.length <= LONGEST) this.contents.set(node.outputs[0] ?? '', content);
  }
}

/** What two sources say of one shape: sizes before names, and names that were carried along before those stated anew. */
function merged(stated: Shape | null, inferred: Shape | null): Shape | null {
  if (!stated || !inferred || stated.length !== inferred.length) return stated ?? inferred;
  return stated.map((dim, axis) => (typeof dim === 'number' ? dim : (inferred[axis] ?? dim)));
}

/** A dimension as a size, or null. */
export function size(dim: Dimension | undefined): number | null {
  return typeof dim === 'number' && dim > 0 ? dim : null;
}
