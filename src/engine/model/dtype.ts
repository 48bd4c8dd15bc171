import type { ModelSize } from '../graph';

const names: Readonly<Record<string, string>> = {
  float32: 'fp32',
  float16: 'fp16',
  bfloat16: 'bf16',
  float64: 'fp64',
};

/** `fp32`, `fp16`, `int8`, `q4`, `q4f16`, ...: the type of most weights, as the suffixes of file names call it. */
export function dtypeOf({ weightType, floatType }: Pick<ModelSize, 'weightType' | 'floatType'>): string {
  const bits = /^int(\d+)$/.exec(weightType ?? '')?.[1];
  if (bits === undefined) return names[weightType ?? 'float32'] ?? 'fp32';
  return Number(bits) >= 8 ? `int${bits}` : `q${bits}${floatType === 'float16' ? 'f16' : ''}`;
}
