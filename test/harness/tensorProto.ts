import { readFileSync } from 'node:fs';
import { Tensor } from 'onnxruntime-node';
import { WireReader } from '../../src/engine/graph/protobuf';
import { bufferSource } from '../../src/engine/graph/source';
import { readTensor } from '../../src/engine/graph/tensor';

/** A tensor that the ONNX standard's tests keep as a TensorProto file, with its data in `raw_data`. */
export function readTensorProto(path: string): Tensor {
  const bytes = new Uint8Array(readFileSync(path));
  const reader = new WireReader(bufferSource(bytes, path));
  const { elementType, dims, data } = readTensor(reader, { lengthAt: 0, start: 0, end: bytes.length });
  if (data.kind !== 'raw') throw new Error(`${path} keeps its data elsewhere`);
  const { buffer } = bytes.slice(data.offset, data.offset + data.length);
  switch (elementType) {
    case 'float32':
      return new Tensor('float32', new Float32Array(buffer), dims);
    case 'float16':
      return new Tensor('float16', new Uint16Array(buffer), dims);
    case 'int64':
      return new Tensor('int64', new BigInt64Array(buffer), dims);
    case 'bool':
      return new Tensor('bool', new Uint8Array(buffer), dims);
    default:
      throw new Error(`${path} holds ${elementType}`);
  }
}
