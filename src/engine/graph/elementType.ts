/** ONNX's TensorProto.DataType by number: name and bits per element (0: no fixed size). Names are onnxruntime's. */
const elementTypes = [
  ['undefined', 0],
  ['float32', 32],
  ['uint8', 8],
  ['int8', 8],
  ['uint16', 16],
  ['int16', 16],
  ['int32', 32],
  ['int64', 64],
  ['string', 0],
  ['bool', 8],
  ['float16', 16],
  ['float64', 64],
  ['uint32', 32],
  ['uint64', 64],
  ['complex64', 64],
  ['complex128', 128],
  ['bfloat16', 16],
  ['float8e4m3fn', 8],
  ['float8e4m3fnuz', 8],
  ['float8e5m2', 8],
  ['float8e5m2fnuz', 8],
  ['uint4', 4],
  ['int4', 4],
  ['float4e2m1', 4],
  ['float8e8m0', 8],
  ['uint2', 2],
  ['int2', 2],
] as const;

export type ElementType = (typeof elementTypes)[number][0];

/** The name of a TensorProto.DataType; `undefined` for numbers that the standard does not have. */
export function elementTypeName(code: number): ElementType {
  return elementTypes[code]?.[0] ?? 'undefined';
}

/** The TensorProto.DataType of a name. */
export function elementTypeCode(name: ElementType): number {
  return elementTypes.findIndex(([known]) => known === name);
}

/** Bytes that `count` elements take; sub-byte types are packed. */
export function byteLength(type: ElementType, count: number): number {
  const bits = elementTypes[elementTypeCode(type)]?.[1] ?? 0;
  return Math.ceil((bits * count) / 8);
}

const floats: ReadonlySet<ElementType> = new Set(['float32', 'float16', 'bfloat16', 'float64']);

/** Whether activations can have this type. */
export function isFloat(type: ElementType | undefined): boolean {
  return type !== undefined && floats.has(type);
}

/** The value of an IEEE 754 half, given as its 16 bits. */
export function halfToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
