/**
 * Structured clones as text: what the driver of the browser carries is JSON, what a webview and its host exchange is
 * not. Covers what VS Code's own messages cover and the protocol uses: buffers, typed arrays, undefined, NaN and ±∞.
 */

const views = {
  Int8Array,
  Uint8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  Float32Array,
  Float64Array,
  BigInt64Array,
  BigUint64Array,
};
type ViewName = keyof typeof views;

/** Tag of a value that JSON has no form for: `{ [TAG]: [kind, text] }`. */
const TAG = '$clone';

function toBase64(bytes: Uint8Array): string {
  let binary = '';
  for (let start = 0; start < bytes.length; start += 0x8000) {
    binary += String.fromCharCode(...bytes.subarray(start, start + 0x8000));
  }
  return btoa(binary);
}

function fromBase64(text: string): ArrayBuffer {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0)).buffer;
}

function tagged(value: unknown): unknown {
  if (value === undefined) return { [TAG]: ['undefined', ''] };
  if (typeof value === 'bigint') return { [TAG]: ['bigint', String(value)] };
  if (typeof value === 'number') {
    const plain = Number.isFinite(value) && !Object.is(value, -0);
    return plain ? value : { [TAG]: ['number', Object.is(value, -0) ? '-0' : String(value)] };
  }
  if (value instanceof ArrayBuffer) return { [TAG]: ['ArrayBuffer', toBase64(new Uint8Array(value))] };
  if (ArrayBuffer.isView(value)) {
    const bytes = new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
    const name = Object.prototype.toString.call(value).slice(8, -1);
    return { [TAG]: [name, toBase64(bytes)] };
  }
  if (Array.isArray(value)) return value.map(tagged);
  if (typeof value === 'function' || typeof value === 'symbol') {
    throw new DOMException(`${String(value)} could not be cloned.`, 'DataCloneError');
  }
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, tagged(entry)]));
  }
  return value;
}

function untagged(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(untagged);
  if (typeof value !== 'object' || value === null) return value;
  const tag = (value as Record<string, unknown>)[TAG];
  if (Array.isArray(tag)) {
    const [kind, text] = tag as [string, string];
    if (kind === 'undefined') return undefined;
    if (kind === 'bigint') return BigInt(text);
    if (kind === 'number') return Number(text);
    if (kind === 'ArrayBuffer') return fromBase64(text);
    return new views[kind as ViewName](fromBase64(text));
  }
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, untagged(entry)]));
}

export function encodeClone(value: unknown): string {
  return JSON.stringify(tagged(value));
}

export function decodeClone(text: string): unknown {
  return untagged(JSON.parse(text));
}
