import type { KnownGraph, KnownShapes, Shape } from './known';
import type { OnnxNode } from './onnx';
import { LONGEST, resultContent, resultShapes } from './shapeRules';

/**
 * The shapes of a graph: as stated, and where the file says less than its operators, as they make them. One sweep over the
 * nodes in the order of their values: no recursion, for graphs of any depth.
 */
export class Shapes implements KnownShapes {
  private readonly inferred = new Map<string, Shape>();
  private readonly contents = new Map<string, Shape>();

  constructor(private readonly known: KnownGraph) {
    for (const node of known.inOrder()) this.visit(node);
  }

  shape(value: string): Shape | null {
    const inferred = this.inferred.get(value) ?? null;
    if (!inferred && !this.known.producer(value) && !this.known.graph.initializers.has(value)) {
      const stated = this.known.ownDims(value);
      if (stated) return stated;
      return this.known.outer?.shape(value) ?? null;
    }
    return merged(this.known.ownDims(value) ?? this.known.constant(value)?.dims ?? null, inferred);
  }

  content(value: string): Shape | null {
    const found = this.contents.get(value);
    if (found) return found;
    const constant = this.known.constant(value);
    if (constant) return /^u?int|^bool/.test(constant.elementType) ? constant.values : null;
    const { outer } = this.known;
    return outer && !this.known.producer(value) ? outer.content(value) : null;
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
