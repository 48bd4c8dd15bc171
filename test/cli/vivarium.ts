import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { parseSafetensors, type TensorEntry } from '../../src/core/trace/safetensors';

const root = fileURLToPath(new URL('../..', import.meta.url));
export const CLI = path.join(root, 'dist/cli.mjs');
export const MODELS = path.join(root, 'models');
const fixtures = path.join(root, '../shared/fixtures');
/** Why a test that needs them is skipped, or false. */
export const NO_FIXTURES = existsSync(fixtures) ? false : 'no shared fixtures';
export const STORIES = path.join(fixtures, 'exports/stories260K');
export const GOLDEN_RUNS = path.join(fixtures, 'stories260K/golden_runc.json');
export const ZOO = path.join(fixtures, 'exports/zoo');

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

type Child = ChildProcessByStdio<null, Readable, Readable>;

/** Starts the built command; `detached` gives it a process group of its own, as a terminal does. */
export function start(
  args: readonly string[],
  options: { readonly cwd?: string; readonly detached?: boolean } = {},
): Child {
  return spawn(process.execPath, [CLI, ...args], { stdio: ['ignore', 'pipe', 'pipe'], ...options });
}

export async function outcome(child: Child): Promise<Outcome> {
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  return { code, stdout, stderr };
}

/** Runs the command to its end. */
export function vivarium(...args: readonly string[]): Promise<Outcome> {
  return outcome(start(args));
}

/** The document that the command prints with `--json`; fails where it does not succeed. */
export async function document<T>(...args: readonly string[]): Promise<T> {
  const { code, stdout, stderr } = await vivarium(...args, '--json');
  if (code !== 0) throw new Error(`vivarium ${args.join(' ')} ended with ${code}: ${stderr}`);
  return JSON.parse(stdout) as T;
}

/** A `.safetensors` file, read whole. */
export class TensorFile {
  private readonly bytes: Uint8Array;
  private readonly entries: ReadonlyMap<string, TensorEntry>;

  constructor(file: string) {
    this.bytes = readFileSync(file);
    this.entries = parseSafetensors(this.bytes, this.bytes.length).tensors;
  }

  get names(): string[] {
    return [...this.entries.keys()].sort();
  }

  shape(name: string): readonly number[] {
    return this.entry(name).shape;
  }

  floats(name: string): Float32Array {
    return new Float32Array(this.copy(name, 'F32'));
  }

  integers(name: string): number[] {
    return Array.from(new BigInt64Array(this.copy(name, 'I64')), Number);
  }

  private copy(name: string, dtype: string): ArrayBuffer {
    const entry = this.entry(name);
    if (entry.dtype !== dtype) throw new Error(`${name} is ${entry.dtype}`);
    return new Uint8Array(this.bytes.subarray(entry.start, entry.end)).buffer;
  }

  private entry(name: string): TensorEntry {
    const entry = this.entries.get(name);
    if (!entry) throw new Error(`There is no tensor ${name}.`);
    return entry;
  }
}

/** Largest difference of two arrays of one length. */
export function largestDifference(a: Float32Array, b: Float32Array | readonly number[]): number {
  if (a.length !== b.length) throw new Error(`${a.length} numbers against ${b.length}`);
  let largest = 0;
  for (let i = 0; i < a.length; i++) {
    const difference = Math.abs((a[i] as number) - (b[i] as number));
    if (Number.isNaN(difference)) return NaN;
    largest = Math.max(largest, difference);
  }
  return largest;
}
