import { dirname, join } from 'node:path';
import type { EmbeddingMatrix } from '../../core/decode/decoder';
import { byteLength, halfToNumber, openFileSource, tokenEmbeddings } from '../graph';
import type { ModelGraph } from './modelGraph';

/**
 * The token embeddings as the file holds them.
 * @returns null where it holds none in floating point.
 * @throws Problem `file` where it cannot be read.
 */
export function readEmbeddings({ path, file, inlined, anatomy }: ModelGraph): EmbeddingMatrix | null {
  const tensor = tokenEmbeddings(anatomy);
  if (!tensor || tensor.data.kind === 'typed') return null;
  const [rows, width] = tensor.dims as [number, number];
  const { data } = tensor;
  if (data.kind === 'raw' && inlined) {
    const bytes = inlined.slice(data.offset, data.offset + byteLength(tensor.elementType, rows * width));
    return { rows, width, values: toFloats(bytes, tensor.elementType) };
  }
  const source =
    data.kind === 'raw'
      ? openFileSource(path, file)
      : openFileSource(join(dirname(path), data.location), data.location);
  try {
    const bytes = new Uint8Array(byteLength(tensor.elementType, rows * width));
    source.readInto(bytes, 0, data.offset, bytes.length);
    return { rows, width, values: toFloats(bytes, tensor.elementType) };
  } finally {
    source.close();
  }
}

function toFloats({ buffer }: Uint8Array<ArrayBuffer>, type: string): Float32Array {
  if (type === 'float32') return new Float32Array(buffer);
  if (type === 'float64') return Float32Array.from(new Float64Array(buffer));
  return Float32Array.from(new Uint16Array(buffer), halfToNumber);
}
