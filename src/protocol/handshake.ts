/** Raised with every change of the requests and of what follows; client and engine refuse each other where it differs. */
export const ENGINE_PROTOCOL = 11;

/**
 * What the two processes tell each other unasked. The engine says `hello` first; the client checks the version and
 * says `hello` back; requests are answered only after that. `memory` follows replies, at most once a second.
 */
export const HELLO = 'hello';
export const MEMORY = 'memory';

export interface Hello {
  /** `ENGINE_PROTOCOL` of the side that speaks. */
  readonly protocol: number;
}

/** Bytes. What `resident` has more than `expected` is lost to leaks (onnxruntime loses about 70 MB a load). */
export interface MemoryReport {
  readonly resident: number;
  /** What the process started with, and what the open sessions and the kept tensors should take. */
  readonly expected: number;
}

/** The version in a `hello`, or undefined where it is none. */
export function readHello(data: unknown): number | undefined {
  const protocol = (data as { protocol?: unknown } | null | undefined)?.protocol;
  return typeof protocol === 'number' ? protocol : undefined;
}

export function readMemoryReport(data: unknown): MemoryReport | undefined {
  const { resident, expected } = (data ?? {}) as { resident?: unknown; expected?: unknown };
  return typeof resident === 'number' && typeof expected === 'number' ? { resident, expected } : undefined;
}
