import * as crypto from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { Problem } from '../../src/protocol/errors';
import { root } from './subject';

/** A text that no bundled model was trained on. */
export interface HeldOutDocument {
  readonly source: string;
  readonly text: string;
}

/** What a byte n-gram makes of the same text: measured by `training/held_out.py`, quoted here. */
export interface Baseline {
  readonly method: string;
  readonly bitsPerByte: number;
  readonly trainingBytes: number;
  readonly heldOutBytes: number;
  readonly documents: { readonly count: number; readonly sha256: string };
  readonly command: string;
}

export interface HeldOut {
  readonly documents: readonly HeldOutDocument[];
  readonly baseline: Baseline;
}

export const HELD_OUT = path.join(root, 'test', 'evaluate', 'held-out');

/**
 * The held-out documents and the baseline's figure on exactly them.
 * @throws Problem `file` where the two are not of each other.
 */
export function readHeldOut(folder = HELD_OUT): HeldOut {
  const lines = fs.readFileSync(path.join(folder, 'documents.jsonl'));
  const baseline = JSON.parse(fs.readFileSync(path.join(folder, 'baseline.json'), 'utf8')) as Baseline;
  if (crypto.createHash('sha256').update(lines).digest('hex') !== baseline.documents.sha256) {
    throw new Problem({
      code: 'file',
      message: 'documents.jsonl is not the text that baseline.json was measured on.',
      action: `Restore both files, or write both again with \`${baseline.command}\`.`,
    });
  }
  const documents = lines.toString('utf8').trimEnd().split('\n');
  return { documents: documents.map((line) => JSON.parse(line) as HeldOutDocument), baseline };
}

/** Part of a sequence that the model reads at once, and the first token that is judged in it. */
export interface Window {
  readonly start: number;
  readonly end: number;
  /** Index in the sequence; the tokens before it were judged in an earlier window, the first of the sequence in none. */
  readonly from: number;
}

/**
 * Windows of at most `length` tokens over a sequence that may be longer than the model's context. They overlap by half, so
 * that every token past the first window is judged after half a context at least; each token is judged once.
 * @param length 2 or more.
 */
export function windowsOf(tokens: number, length: number): Window[] {
  const windows: Window[] = [];
  for (let start = 0, from = 1; from < tokens; start += length >> 1) {
    const end = Math.min(start + length, tokens);
    windows.push({ start, end, from });
    from = end;
  }
  return windows;
}
