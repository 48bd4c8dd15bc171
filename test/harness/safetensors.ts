import { readFileSync } from 'node:fs';

export interface GoldenTensor {
  readonly dims: readonly number[];
  readonly data: Float32Array | BigInt64Array;
}

/** The tensors of a safetensors file with float32 and int64 elements. https://huggingface.co/docs/safetensors */
export function readSafetensors(path: string): Map<string, GoldenTensor> {
  const file = readFileSync(path);
  const headerLength = Number(file.readBigUInt64LE(0));
  const header = JSON.parse(file.toString('utf8', 8, 8 + headerLength)) as Record<
    string,
    { dtype: string; shape: number[]; data_offsets: [number, number] }
  >;
  const tensors = new Map<string, GoldenTensor>();
  for (const [name, { dtype, shape, data_offsets }] of Object.entries(header)) {
    if (name === '__metadata__') continue;
    const [start, end] = data_offsets.map((offset) => offset + 8 + headerLength) as [number, number];
    const bytes = Uint8Array.from(file.subarray(start, end)).buffer;
    if (dtype !== 'F32' && dtype !== 'I64') throw new Error(`${path}: ${name} has type ${dtype}`);
    tensors.set(name, { dims: shape, data: dtype === 'F32' ? new Float32Array(bytes) : new BigInt64Array(bytes) });
  }
  return tensors;
}
