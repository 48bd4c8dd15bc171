import { quoted } from '../../core/text/quoted';
import { Problem } from '../../protocol/errors';
import type { OnnxModel } from './onnx';
import { allScopes } from './scope';

/** Fails with a {@link Problem} `onnx-invalid` where a graph uses or promises a value that nothing makes. */
export function checkGraph(model: OnnxModel): void {
  const scopes = allScopes(model.graph);
  const fail = (message: string): never => {
    throw new Problem({
      code: 'onnx-invalid',
      message: `${model.name} is broken: ${message}.`,
      action: 'Export the model again, with another version or other options of the exporter.',
    });
  };
  for (const scope of scopes) {
    for (const { name } of scope.graph.outputs) {
      if (!scope.defines(name)) fail(`it has an output ${quoted(name)} that no operator makes`);
    }
    for (const node of scope.graph.nodes) {
      for (const input of node.inputs) {
        if (input && !scope.defines(input))
          fail(`its operator ${quoted(node.op)} needs ${quoted(input)}, which nothing makes`);
      }
    }
  }
}
