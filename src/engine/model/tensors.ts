import { Tensor } from 'onnxruntime-node';
import { float16ToFloat32 } from '../../core/numeric/float16';

/** Types of inputs that are counted or compared, and so can be made from whole numbers. */
export type NumberType = 'int64' | 'int32' | 'bool' | 'float32' | 'float16';

export function isNumberType(type: string): type is NumberType {
  return ['int64', 'int32', 'bool', 'float32', 'float16'].includes(type);
}

/**
 * Whole numbers of a tensor's type in memory that grows and is used again pass after pass: `values` are written once,
 * a tensor is a view of some of them.
 */
export class NumberBuffer {
  private data: BigInt64Array | Int32Array | Uint8Array | Float32Array | Uint16Array;
  private low: Int32Array | null = null;
  private written = 0;

  /** @param value the number at each place: fixed for the buffer's life. */
  constructor(
    private readonly type: NumberType,
    private readonly value: (index: number) => number,
  ) {
    this.data = this.allocate(64);
  }

  /** Values `[start, end)` as a tensor of the given shape. */
  tensor(start: number, end: number, dims: readonly number[]): Tensor {
    if (end > this.data.length) {
      this.data = this.allocate(Math.max(end, this.data.length * 2));
      this.written = 0;
    }
    for (; this.written < end; this.written++) this.write(this.written, this.value(this.written));
    return view(this.type, this.data, start, end, dims);
  }

  private allocate(length: number): typeof this.data {
    const data = new arrays[this.type](length);
    // Little-endian, as every platform of onnxruntime is: an id is the low half of its int64.
    this.low = data instanceof BigInt64Array ? new Int32Array(data.buffer) : null;
    return data;
  }

  private write(index: number, value: number): void {
    if (this.low) this.low[index * 2] = value;
    else (this.data as Int32Array)[index] = this.type === 'float16' ? value * float16One : value;
  }
}

/** 1 as binary16; the buffers that are made hold 0 and 1 where the type is float16. */
const float16One = 0x3c00;

const arrays = {
  int64: BigInt64Array,
  int32: Int32Array,
  bool: Uint8Array,
  float32: Float32Array,
  float16: Uint16Array,
} as const;

function view(
  type: NumberType,
  data: BigInt64Array | Int32Array | Uint8Array | Float32Array | Uint16Array,
  start: number,
  end: number,
  dims: readonly number[],
): Tensor {
  return new Tensor(type as 'int32', data.subarray(start, end) as Int32Array, dims);
}

/** Non-negative whole numbers below 2^31 as a tensor; `length` beyond them is filled with 0. */
export function numbersTensor(
  type: NumberType,
  values: readonly number[],
  dims: readonly number[],
  length = values.length,
): Tensor {
  const data = new arrays[type](length);
  const target = data instanceof BigInt64Array ? new Int32Array(data.buffer) : (data as Int32Array);
  const step = data instanceof BigInt64Array ? 2 : 1;
  for (let i = 0; i < values.length; i++) target[i * step] = values[i] as number;
  return view(type, data, 0, length, dims);
}

/** A tensor of zeros; with a size of 0 in `dims`, an empty one. */
export function zeros(type: string, dims: readonly number[]): Tensor {
  const count = dims.reduce((product, dim) => product * dim, 1);
  return new Tensor(type as 'float32', new (dataArray(type))(count) as Float32Array, dims);
}

function dataArray(type: string): new (length: number) => ArrayBufferView {
  const constructors: Record<string, new (length: number) => ArrayBufferView> = {
    ...arrays,
    float16: float16Array(),
    float64: Float64Array,
    int8: Int8Array,
    uint8: Uint8Array,
    int16: Int16Array,
    uint16: Uint16Array,
    uint32: Uint32Array,
    uint64: BigUint64Array,
  };
  const constructor = constructors[type];
  if (!constructor) throw new TypeError(`no tensors of type ${type}`);
  return constructor;
}

/** What onnxruntime's tensors of float16 hold: `Float16Array` where the JavaScript engine has it, else the bits. */
function float16Array(): new (length: number) => ArrayBufferView {
  const own = (globalThis as { Float16Array?: new (length: number) => ArrayBufferView }).Float16Array;
  return own ?? Uint16Array;
}

/** Elements of a tensor of floats as float32; those of a float32 tensor are not copied. */
export function floats(tensor: Tensor): Float32Array {
  const data = tensor.data as unknown;
  if (data instanceof Float32Array) return data;
  if (data instanceof Uint16Array) return float16ToFloat32(data);
  return Float32Array.from(data as ArrayLike<number>);
}

/** The first `length` places of a tensor along one axis, in memory of its own. */
export function head(tensor: Tensor, axis: number, length: number): Tensor {
  const { dims } = tensor;
  const data = tensor.data as Float32Array;
  const size = dims[axis] as number;
  const inner = dims.slice(axis + 1).reduce((product, dim) => product * dim, 1);
  const outer = dims.slice(0, axis).reduce((product, dim) => product * dim, 1);
  const kept = new (data.constructor as Float32ArrayConstructor)(outer * length * inner);
  for (let i = 0; i < outer; i++) {
    const from = i * size * inner;
    kept.set(data.subarray(from, from + length * inner), i * length * inner);
  }
  const shape = dims.map((dim, i) => (i === axis ? length : dim));
  return new Tensor(tensor.type as 'float32', kept, shape);
}
