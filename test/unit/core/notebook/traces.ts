import type { Trace, TraceToken } from '../../../../src/core/trace/record';

/** A run of these tokens, the first two its prompt, every token as likely as another of 100. */
export function traceOf(texts: readonly string[]): Trace {
  return {
    header: {
      type: 'header',
      version: 2,
      id: '00000000-0000-4000-8000-000000000001',
      createdAt: '2026-01-01T00:00:00.000Z',
      software: { vivarium: '0', onnxruntime: '0', node: '0', platform: 'test' },
      model: {
        name: 'tiny',
        folder: '/models/tiny',
        file: 'model.onnx',
        sha256: '0'.repeat(64),
        dtype: 'fp32',
        architecture: 'llama',
        task: 'text',
        layers: 1,
        heads: 1,
        vocabularySize: 100_000,
        contextLength: null,
      },
      sequence: { form: 'causal' },
      tokenizer: 'tokenizer.json',
      promptLength: 2,
      decoder: { name: 'autoregressive', exact: true },
      sampling: { temperature: 0, topK: 0, topP: 1, minP: 0, seed: 1 },
      maxNewTokens: 1,
      endIds: [],
      capture: { attention: [], hidden: [], logits: false },
    },
    tokens: texts.map((text, index): TraceToken => {
      const top = Array.from({ length: 8 }, (_, id) => ({ id, text: `${id}`, probability: 0.01 }));
      const judgement = { probability: 0.01, rank: 1, surprisal: Math.log2(100), entropy: Math.log2(100), top };
      return {
        type: 'token',
        index,
        id: index,
        text,
        bytes: [...Buffer.from(text)],
        special: false,
        origin: index < 2 ? 'prompt' : 'sampled',
        judgement: index === 0 ? null : judgement,
      };
    }),
    passes: [{ type: 'pass', step: 0, cached: 0, fed: 2, writes: 2, milliseconds: 1 }],
  };
}

/** A run whose texts would do harm where they are taken for more than text. */
export function hostileTrace(): Trace {
  const trace = traceOf([
    '<script>alert(1)</script>',
    '</text></svg><script src=x>',
    '" onload="alert(1)',
    '&lt;&amp;]]>',
    '\u0000\u0007\uFFFE\uD800',
    'javascript:alert(1)',
    '\u202Egnp.exe',
  ]);
  const name = '"><img src=x onerror=alert(1)>';
  return { ...trace, header: { ...trace.header, model: { ...trace.header.model, name } } };
}
