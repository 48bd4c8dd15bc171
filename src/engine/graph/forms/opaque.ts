import { operatorName } from '../onnx';
import type { AttentionForm } from './form';
import { intOf } from './fused';

/** A fused operator that says attention in its name and gives nothing to compute it from. */
export const opaque: AttentionForm = {
  kind: 'opaque',
  how: 'not readable',
  matches: (_, node) => node.op.includes('Attention'),
  heads: (_, node) => ({
    heads: intOf(node, 'num_heads'),
    kvHeads: intOf(node, 'kv_num_heads'),
    headSize: null,
    valueSize: null,
  }),
  masks: () => 'unknown',
  value: (_, node) => ({ reason: `The operator ${operatorName(node)} does not give its attention.` }),
};
