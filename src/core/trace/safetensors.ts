import {
  anything,
  array,
  CheckError,
  integer,
  object,
  read,
  readOrNull,
  record,
  string,
  type Check,
} from '../check/check';
import { CoreError } from '../errors';
import { quoted } from '../text/quoted';
import { decodeUtf8 } from '../text/utf8';

/**
 * The safetensors format (huggingface/safetensors, README "Format"): 8 bytes little-endian length of the header, the
 * header as JSON, then the data. Numbers are little-endian, as on every platform that Node and VS Code run on.
 */

/** Element types that we write and read, with their bytes. */
export const ELEMENT_BYTES = { F32: 4, F16: 2, BF16: 2, I64: 8, I32: 4, U8: 1 } as const;
export type ElementType = keyof typeof ELEMENT_BYTES;

export interface TensorSpec {
  readonly name: string;
  readonly dtype: ElementType;
  /** Row-major; [] is a scalar. */
  readonly shape: readonly number[];
}

/** A tensor of a file: where its bytes are, counted from the start of the file. */
export interface TensorEntry extends TensorSpec {
  readonly start: number;
  readonly end: number;
}

export interface SafetensorsLayout {
  /** Length and header: what the file begins with. */
  readonly head: Uint8Array;
  readonly tensors: readonly TensorEntry[];
  readonly totalBytes: number;
}

/** Longest header that is read, as in the format's own library. */
const MOST_HEADER_BYTES = 100_000_000;

/**
 * Plans a file: its head and the place of every tensor, in the order given.
 * @throws CoreError `safetensors-invalid` for a name given twice, the reserved name, or a shape that is none.
 */
export function layoutSafetensors(
  specs: readonly TensorSpec[],
  metadata: Readonly<Record<string, string>> = {},
): SafetensorsLayout {
  const header = new Map<string, unknown>();
  if (Object.keys(metadata).length > 0) header.set('__metadata__', metadata);
  const sizes: number[] = [];
  let offset = 0;
  for (const { name, dtype, shape } of specs) {
    if (header.has(name) || name === '__metadata__') throw invalid(`a tensor cannot be named "${name}" here`);
    const bytes = tensorBytes(name, dtype, shape);
    header.set(name, { dtype, shape, data_offsets: [offset, offset + bytes] });
    sizes.push(bytes);
    offset += bytes;
  }
  const head = encodeHead(header);
  let start = head.length;
  const tensors = specs.map((spec, i): TensorEntry => {
    const end = start + (sizes[i] as number);
    const entry = { name: spec.name, dtype: spec.dtype, shape: spec.shape, start, end };
    start = end;
    return entry;
  });
  return { head, tensors, totalBytes: head.length + offset };
}

/** A tensor to write: all its elements in row-major order, in as many pieces as is convenient. */
export interface TensorData extends TensorSpec {
  readonly data: ArrayBufferView | Iterable<ArrayBufferView>;
}

/**
 * The bytes of a file, piece by piece, so that no tensor need be whole in memory.
 * @throws CoreError `safetensors-invalid` where the pieces of a tensor are not as long as its shape says.
 */
export function* writeSafetensors(
  tensors: readonly TensorData[],
  metadata: Readonly<Record<string, string>> = {},
): Generator<Uint8Array> {
  const layout = layoutSafetensors(tensors, metadata);
  yield layout.head;
  for (const [i, { name, data }] of tensors.entries()) {
    const entry = layout.tensors[i] as TensorEntry;
    let written = 0;
    for (const piece of ArrayBuffer.isView(data) ? [data] : data) {
      written += piece.byteLength;
      yield new Uint8Array(piece.buffer, piece.byteOffset, piece.byteLength);
    }
    if (written !== entry.end - entry.start) {
      throw invalid(`"${name}" got ${written} bytes where its shape says ${entry.end - entry.start}`);
    }
  }
}

export interface SafetensorsHeader {
  readonly tensors: ReadonlyMap<string, TensorEntry>;
  readonly metadata: Readonly<Record<string, string>>;
}

/**
 * Bytes of the head (length and header) of a file that begins with these 8: what to read for {@link parseSafetensors}.
 * @throws CoreError `safetensors-invalid`.
 */
export function headBytes(first: Uint8Array, fileBytes: number): number {
  if (first.length < 8 || fileBytes < 8) throw invalid('it is shorter than 8 bytes');
  const view = new DataView(first.buffer, first.byteOffset, 8);
  const length = view.getUint32(0, true) + view.getUint32(4, true) * 2 ** 32;
  if (length > MOST_HEADER_BYTES) throw invalid('its header is too long');
  if (8 + length > fileBytes) throw invalid('it ends within its header');
  return 8 + length;
}

/**
 * Reads the head of a file that anyone may have written: every tensor has a known element type and a shape, lies within
 * the file, and neither overlaps another nor leaves a hole, as the format demands.
 * @param head at least the first {@link headBytes} bytes.
 * @param fileBytes size of the whole file.
 * @throws CoreError `safetensors-invalid`.
 */
export function parseSafetensors(head: Uint8Array, fileBytes: number): SafetensorsHeader {
  const dataStart = headBytes(head, fileBytes);
  if (head.length < dataStart) throw invalid('its header was not read whole');
  const broken = (): never => {
    throw invalid('its header is not UTF-8');
  };
  let json: unknown;
  try {
    json = JSON.parse(decodeUtf8(head.subarray(8, dataStart), broken));
  } catch (error) {
    throw error instanceof CoreError ? error : invalid('its header is not JSON');
  }
  const header = readOrNull(record(anything(), { max: MOST_TENSORS }), json);
  if (header === null) throw invalid('its header is no object');

  const tensors = new Map<string, TensorEntry>();
  let metadata: Readonly<Record<string, string>> = {};
  for (const [name, value] of Object.entries(header)) {
    if (name === '__metadata__') metadata = part(metadataCheck, value, name);
    else tensors.set(name, entryOf(name, value, dataStart));
  }
  const inOrder = [...tensors.values()].sort((a, b) => a.start - b.start || a.end - b.end);
  let end = dataStart;
  for (const tensor of inOrder) {
    if (tensor.start !== end) throw invalid(`"${tensor.name}" does not begin where the tensor before it ends`);
    end = tensor.end;
  }
  if (end !== fileBytes) throw invalid(`it has ${fileBytes} bytes where its header says ${end}`);
  return { tensors, metadata };
}

/** More than any file has: each has a name in a header of at most 100 MB. */
const MOST_TENSORS = 10_000_000;
const metadataCheck = record(string({ max: 100_000_000 }), { max: MOST_TENSORS });

const entryCheck = object({
  dtype: string({ max: 100 }),
  shape: array(integer({ min: 0 }), { max: 64 }),
  data_offsets: array(integer({ min: 0 }), { max: 2 }),
});

function entryOf(name: string, value: unknown, dataStart: number): TensorEntry {
  const { dtype, shape, data_offsets: offsets } = part(entryCheck, value, name);
  if (!isElementType(dtype)) throw invalid(`"${name}" has the element type ${dtype}, which is not read here`);
  const bytes = tensorBytes(name, dtype, shape);
  const [start, end] = offsets;
  if (start === undefined || end === undefined || end - start !== bytes) {
    throw invalid(`the place of "${name}" does not fit its shape`);
  }
  return { name, dtype, shape, start: dataStart + start, end: dataStart + end };
}

function tensorBytes(name: string, dtype: ElementType, shape: readonly number[]): number {
  if (!shape.every((size) => Number.isSafeInteger(size) && size >= 0)) {
    throw invalid(`the shape of "${name}" is not of whole numbers`);
  }
  const bytes = shape.reduce((product, size) => product * size, ELEMENT_BYTES[dtype]);
  if (!Number.isSafeInteger(bytes)) throw invalid(`"${name}" is too large`);
  return bytes;
}

/** A part of the header. */
function part<T>(check: Check<T>, value: unknown, name: string): T {
  try {
    return read(check, value, 'it');
  } catch (error) {
    if (!(error instanceof CheckError)) throw error;
    throw invalid(`in "${name}" of its header ${error.message}`);
  }
}

function isElementType(dtype: string): dtype is ElementType {
  return Object.hasOwn(ELEMENT_BYTES, dtype);
}

/** JSON in ASCII, blanks after it so that the data begins at a multiple of 8. */
function encodeHead(header: ReadonlyMap<string, unknown>): Uint8Array {
  const fields = [...header].map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`);
  const json = `{${fields.join(',')}}`.replace(
    /[\u0080-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  const padded = json.padEnd(Math.ceil(json.length / 8) * 8, ' ');
  const head = new Uint8Array(8 + padded.length);
  new DataView(head.buffer).setUint32(0, padded.length, true);
  for (let i = 0; i < padded.length; i++) head[8 + i] = padded.charCodeAt(i);
  return head;
}

function invalid(reason: string): CoreError {
  return new CoreError('safetensors-invalid', `The tensor file cannot be used: ${quoted(reason)}.`);
}
