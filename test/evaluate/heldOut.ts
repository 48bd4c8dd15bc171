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
