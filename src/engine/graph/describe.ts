import { Problem, type ProblemData } from '../../protocol/errors';
import { type DecoderAnatomy, findDecoder } from './decoder';
import { realInputs } from './interface';
import { type OnnxModel, type OnnxValue, operatorName } from './onnx';
import { type ModelSize, modelSize } from './parameters';
import { planProbes, type Unavailable } from './probes/plan';
import { allScopes } from './scope';

/** What can be said of a file without running it. Plain data, ready for JSON. */
export interface ModelDescription extends ModelSize {
  readonly name: string;
  /** Without external files. */
  readonly fileBytes: number;
  readonly producer: string;
  readonly irVersion: number;
  readonly opsets: readonly { readonly domain: string; readonly version: number }[];
  /** Most frequent first; the standard's own without a domain, branches of an If included. */
  readonly operators: readonly { readonly name: string; readonly count: number }[];
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
  /** Null for a file that is no decoder; then `problem` says why. */
  readonly decoder: DecoderSummary | null;
  readonly problem: ProblemData | null;
}

export interface DecoderSummary {
  readonly layers: number;
  readonly heads: number | null;
  readonly kvHeads: number | null;
  readonly headSize: number | null;
  readonly hiddenSize: number | null;
  readonly vocabularySize: number | null;
  /** Whether it takes and gives a cache. */
  readonly hasCache: boolean;
  /** Whether it holds the decoder twice, with and without cache, in one If. */
  readonly isMerged: boolean;
  /** What can be probed: layers whose attention can be read, and by which operators; hidden states (layers + 1 of them). */
  readonly attention: readonly number[];
  readonly attentionOperators: readonly string[];
  readonly hidden: readonly number[];
  /** Whether logits can be had at every position. */
  readonly allLogits: boolean;
  /** What cannot be probed, and why. */
  readonly unavailable: readonly Unavailable[];
  /** Inputs that Vivarium does not know how to fill: with any, the file cannot be run. */
  readonly unknownInputs: readonly string[];
}

/** Describes any ONNX file that could be read; one that is no decoder too. */
export function describe(model: OnnxModel): ModelDescription {
  const counts = new Map<string, number>();
  for (const { graph } of allScopes(model.graph)) {
    for (const node of graph.nodes) {
      const name = operatorName(node);
      counts.set(name, (counts.get(name) ?? 0) + 1);
    }
  }
  let decoder: DecoderSummary | null = null;
  let problem: ProblemData | null = null;
  try {
    decoder = summarise(model, findDecoder(model));
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    problem = error.toData();
  }
  return {
    name: model.name,
    fileBytes: model.size,
    producer: model.producer,
    irVersion: model.irVersion,
    opsets: [...model.opsets].map(([domain, version]) => ({ domain: domain || 'ai.onnx', version })),
    operators: [...counts].map(([name, count]) => ({ name, count })).sort((a, b) => b.count - a.count),
    inputs: realInputs(model.graph),
    outputs: model.graph.outputs,
    ...modelSize(model),
    decoder,
    problem,
  };
}

function summarise(model: OnnxModel, anatomy: DecoderAnatomy): DecoderSummary {
  const plan = planProbes(model, { attention: 'all', hidden: 'all', logits: true }, anatomy);
  const { layers, heads, kvHeads, headSize, hiddenSize, vocabularySize } = anatomy;
  const sites = anatomy.bodies.flatMap(({ blocks }) => blocks.flatMap(({ attention }) => attention ?? []));
  return {
    layers,
    heads,
    kvHeads,
    headSize,
    hiddenSize,
    vocabularySize,
    hasCache: anatomy.interface.cache.some(({ past }) => past !== null),
    isMerged: anatomy.bodies.length > 1,
    attention: plan.attention.map(({ layer }) => layer),
    attentionOperators: [...new Set(sites.map(({ node }) => operatorName(node)))],
    hidden: plan.hidden.map(({ layer }) => layer),
    allLogits: plan.unavailable.every(({ what }) => what !== 'logits'),
    unavailable: plan.unavailable,
    unknownInputs: anatomy.interface.unknown.map(({ name }) => name),
  };
}
