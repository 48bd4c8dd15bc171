import { closeSync, constants, fstatSync, lstatSync, openSync, readSync, type Stats, statSync } from 'node:fs';
import { Problem, type ProblemCode } from '../protocol/errors';

/** How a problem with a file is told. */
export interface FileTelling {
  /** What the file is called in a sentence. */
  readonly name: string;
  readonly code: ProblemCode;
  /** What to do about a file that cannot be used. */
  readonly action: string;
}

/** A file that is open to read; whoever has it closes it. */
export interface OpenFile {
  readonly descriptor: number;
  readonly size: number;
}

/**
 * Opens a file that anyone may have put there. It must be a regular one: reading from a pipe waits for ever, and a device
 * gives bytes without end. A link counts as what it leads to.
 * @throws Problem with the code of `telling`.
 */
export function openForeign(path: string, telling: FileTelling): OpenFile {
  const { name, code, action } = telling;
  let descriptor: number | undefined;
  try {
    // Looked at before it is opened, because opening a device may already do something, and after, because it may be
    // replaced in between; opening what has become a pipe does not wait.
    refuseIrregular(statSync(path), telling);
    descriptor = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    const opened = fstatSync(descriptor);
    refuseIrregular(opened, telling);
    return { descriptor, size: opened.size };
  } catch (cause) {
    if (descriptor !== undefined) closeSync(descriptor);
    if (cause instanceof Problem) throw cause;
    const { code: why } = cause as NodeJS.ErrnoException;
    const what =
      why !== 'ENOENT' ? 'cannot be read' : isLink(path) ? 'is a link to a file that is not there' : 'is not there';
    throw new Problem({ code, message: `${name} ${what}.`, action, details: `${path}: ${String(cause)}` }, { cause });
  }
}

/** Why a path cannot be opened by {@link openForeign}; null where it can. */
export function whyIrregular(path: string, telling: FileTelling): Problem | null {
  try {
    closeSync(openForeign(path, telling).descriptor);
    return null;
  } catch (error) {
    return Problem.from(error);
  }
}

function refuseIrregular(info: Stats, { name, code, action }: FileTelling): void {
  if (info.isFile()) return;
  const what = info.isDirectory() ? 'a folder' : info.isFIFO() ? 'a pipe' : info.isSocket() ? 'a socket' : 'a device';
  throw new Problem({ code, message: `${name} is ${what}, where a file should be.`, action });
}

function isLink(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
}

/**
 * The value of a JSON file, or undefined where there is none. A byte order mark before it counts as nothing, or as what it
 * says of the encoding.
 * @param most bytes that the file may have.
 * @throws Problem with the code of `telling`.
 */
export function readForeignJson(path: string, most: number, telling: FileTelling): unknown {
  // A link that leads nowhere is there: what it led to was the model's.
  if (!lstatSync(path, { throwIfNoEntry: false })) return undefined;
  const fail = (what: string, cause?: unknown): never => {
    const details = cause instanceof Error ? { details: cause.message } : {};
    throw new Problem(
      { code: telling.code, message: `${telling.name} ${what}.`, action: telling.action, ...details },
      { cause },
    );
  };
  const file = openForeign(path, telling);
  let bytes: Uint8Array;
  try {
    if (file.size > most)
      fail(`is too large for what it should be: ${file.size} bytes, where ${most} are read at most`);
    bytes = readStart(file, file.size);
  } finally {
    closeSync(file.descriptor);
  }
  refuseLfsPointer(bytes, telling);
  try {
    return parseJson(textOf(bytes));
  } catch (cause) {
    return fail('is not valid JSON', cause);
  }
}

/** JSON, and what Python writes beside it: numbers that are not finite (Mamba's limits of time steps), which are null here. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (!/Infinity|NaN/.test(text)) throw error;
    const finite = text.replace(/"(?:[^"\\]|\\.)*"|-?Infinity|NaN/g, (part) => (part.startsWith('"') ? part : 'null'));
    return JSON.parse(finite);
  }
}

/** The first `length` bytes, or as many as there are. */
export function readStart({ descriptor }: OpenFile, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let done = 0;
  while (done < length) {
    const count = readSync(descriptor, bytes, done, length - done, done);
    if (count === 0) break;
    done += count;
  }
  return bytes.subarray(0, done);
}

const utf16 = [
  { mark: [0xff, 0xfe], encoding: 'utf-16le' },
  { mark: [0xfe, 0xff], encoding: 'utf-16be' },
];

function textOf(bytes: Uint8Array): string {
  const marked = utf16.find(({ mark }) => mark.every((byte, i) => bytes[i] === byte));
  // The decoder takes the mark of its encoding away.
  return new TextDecoder(marked?.encoding ?? 'utf-8').decode(bytes);
}

/** How the text begins that Git LFS puts in the place of a file which was not fetched. */
const LFS_POINTER = 'version https://git-lfs.github.com/spec/';

/**
 * Refuses a file that begins as a pointer of Git LFS does.
 * @param head at least its first 64 bytes, or all.
 */
export function refuseLfsPointer(head: Uint8Array, { name, code }: Omit<FileTelling, 'action'>): void {
  if (new TextDecoder('latin1').decode(head.subarray(0, LFS_POINTER.length)) !== LFS_POINTER) return;
  throw new Problem({
    code,
    message: `${name} is a Git LFS pointer, not the file itself.`,
    action: 'Run "git lfs pull" in its repository, or download the file by itself.',
  });
}
