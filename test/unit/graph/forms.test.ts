import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  attentionSite,
  cacheUse,
  fusedOperator,
  otherMixing,
  stateMixing,
} from '../../../src/engine/graph/forms/registry';
import { readOnnx } from '../../../src/engine/graph/model';
import type { OnnxNode } from '../../../src/engine/graph/onnx';
import { Scope } from '../../../src/engine/graph/scope';
import { bufferSource } from '../../../src/engine/graph/source';
import { ModelWriter } from '../../harness/tinyDecoder';

/** One operator that takes inputs called by their places. */
function graphOf(op: string, domain: string, attributes = {}): { scope: Scope; node: OnnxNode } {
  const model = new ModelWriter();
  const inputs = Array.from({ length: 10 }, (_, place) => model.input(`input_${place}`, 'float32', [1, 3, 8]));
  model.output(model.node(op, inputs, attributes, ['mixed'], domain), 'float32');
  const { graph } = readOnnx(bufferSource(model.finish(), 'model.onnx'));
  return { scope: new Scope(graph), node: graph.nodes[0] as OnnxNode };
}

describe('forms of attention', () => {
  const operators: readonly (readonly [domain: string, op: string, kind: string | undefined])[] = [
    ['', 'Attention', 'onnx-attention'],
    ['com.microsoft', 'Attention', 'recompute'],
    ['com.microsoft', 'QAttention', 'recompute'],
    ['com.microsoft', 'GroupQueryAttention', 'group-query'],
    ['com.microsoft', 'MultiHeadAttention', 'multi-head'],
    ['com.microsoft', 'DecoderMaskedMultiHeadAttention', 'multi-head'],
    ['com.microsoft', 'SparseAttention', 'opaque'],
    ['some.other', 'GroupQueryAttention', 'opaque'],
    ['', 'Softmax', undefined],
    ['', 'Conv', undefined],
  ];
  for (const [domain, op, kind] of operators) {
    it(`${domain || 'the standard'}: a lone ${op} is ${kind ?? 'none'}`, () => {
      const { scope, node } = graphOf(op, domain);
      assert.equal(attentionSite(scope, node)?.form.kind, kind);
    });
  }

  it('facts of an operator hold in whatever domain it stands', () => {
    const cached: readonly (readonly [op: string, key: number, value: number])[] = [
      ['Attention', 4, 5],
      ['GroupQueryAttention', 3, 4],
      ['MultiHeadAttention', 6, 7],
      ['DecoderMaskedMultiHeadAttention', 5, 6],
    ];
    for (const [op, key, value] of cached) {
      const { scope, node } = graphOf(op, 'some.other');
      const parts = [key, value, 0].map((place) => cacheUse(scope, node, `input_${place}`)?.part);
      assert.deepEqual(parts, ['key', 'value', undefined]);
    }
    assert.equal(fusedOperator('constructor'), undefined);
  });

  it('an attribute that hides later tokens is seen, and group-query hides them without', () => {
    const masksOf = (op: string, attributes = {}, domain = 'com.microsoft'): unknown => {
      const { scope, node } = graphOf(op, domain, attributes);
      return attentionSite(scope, node)?.form.masks(scope, node);
    };
    assert.equal(masksOf('Attention', { unidirectional: 1 }), 'causal');
    assert.equal(masksOf('GroupQueryAttention'), 'causal');
    assert.deepEqual(masksOf('Attention'), { values: ['input_3', 'input_5'], scores: null });
    assert.deepEqual(masksOf('QAttention'), { values: ['input_5'], scores: null });
    assert.deepEqual(masksOf('MultiHeadAttention'), { values: ['input_4', 'input_5'], scores: null });
    assert.deepEqual(masksOf('Attention', {}, ''), { values: ['input_3'], scores: null });
    assert.equal(masksOf('DecoderMaskedMultiHeadAttention'), 'unknown');
    assert.equal(masksOf('SparseAttention', { unidirectional: 1 }), 'unknown');
  });
});

describe('other forms in which tokens come to see others', () => {
  const operators: readonly (readonly [domain: string, op: string, mixing: string | null])[] = [
    ['', 'Conv', 'convolution'],
    ['com.microsoft', 'CausalConvWithState', 'convolution'],
    ['', 'ConvTranspose', null],
    ['', 'LSTM', 'recurrence'],
    ['', 'CumSum', 'recurrence'],
    ['com.microsoft', 'GatedDeltaNet', 'recurrence'],
    // What says both in its name is a recurrence that has a convolution within.
    ['com.microsoft', 'MambaConv', 'recurrence'],
    ['', 'DFT', 'unknown'],
    ['', 'Relu', null],
  ];
  for (const [domain, op, mixing] of operators) {
    it(`${domain || 'the standard'}: ${op} is ${mixing ?? 'none'}`, () => {
      const { scope, node } = graphOf(op, domain);
      const flow = { order: [node], index: new Map([[node, 0]]), cuts: [] };
      const around = { graph: scope, flow, ofAttention: new Set<OnnxNode>(), fixedLength: null };
      assert.equal(otherMixing(node, around), mixing);
    });
  }

  it('a convolution of one place mixes nothing', () => {
    const { scope, node } = graphOf('Conv', '', { kernel_shape: [1] });
    const flow = { order: [node], index: new Map([[node, 0]]), cuts: [] };
    assert.equal(otherMixing(node, { graph: scope, flow, ofAttention: new Set(), fixedLength: null }), null);
  });

  it('a state is of a recurrence unless its name says otherwise', () => {
    assert.deepEqual(['past_conv.0', 'past_ssm.0'].map(stateMixing), ['convolution', 'recurrence']);
  });
});
