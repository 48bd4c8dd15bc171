import type { KnownGraph } from '../known';
import type { OnnxNode } from '../onnx';
import type { OtherForm } from './other';

const names = /conv/i;

/** A convolution over more than one place: the standard's, contrib operators and local functions by their names. */
export const convolution: OtherForm = {
  mixing: 'convolution',
  matches: (node, { graph }) =>
    node.op === 'Conv' ? placesOf(graph, node) !== 1 : node.domain !== '' && names.test(node.op),
  states: names,
};

/** Places that a convolution covers; null where the file does not say. */
function placesOf(graph: KnownGraph, node: OnnxNode): number | null {
  const kernel = node.attributes.get('kernel_shape')?.ints ?? graph.constant(node.inputs[1] ?? '')?.dims.slice(2);
  return kernel ? kernel.reduce((product, size) => product * size, 1) : null;
}
