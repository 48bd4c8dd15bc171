import { parseCell, readCell } from './cell';
import { headerKey, type CellKind } from './keys';
import { LIFE_RESULT_MIME } from './life-result';
import { RESULT_MIME } from './result';

/** A code cell of a notebook file, as far as it tells what the cell is. */
export interface SavedCell {
  /** The kind that the file names for the cell; null where it names no language, `other` where it names another. */
  readonly kind: CellKind | 'other' | null;
  readonly text: string;
  /** Types of its outputs. */
  readonly outputs: readonly string[];
}

/**
 * What the code cells are whose language a notebook file does not name.
 *
 * Where a notebook has no language of its own, VS Code leaves out the language of all cells that have that of the first one:
 * those without one share one, and no cell that has one shares it. Outputs of ours tell it, then cells that are named, then a
 * header of ours that can be read to its end.
 *
 * @param cells the code cells, in their order
 * @returns null where nothing says that they are ours: they are left as they are
 */
export function lostKind(cells: readonly SavedCell[]): CellKind | null {
  const lost = cells.filter(({ kind }) => kind === null);
  if (lost.length === 0) return null;
  const made = (mime: string): boolean => lost.some(({ outputs }) => outputs.includes(mime));
  if (made(RESULT_MIME)) return 'prompt';
  if (made(LIFE_RESULT_MIME)) return 'life';
  const named = (kind: CellKind): boolean => cells.some((cell) => cell.kind === kind);
  if (named('life') !== named('prompt')) return named('life') ? 'prompt' : 'life';
  const reads = (kind: CellKind): boolean => lost.some(({ text }) => hasWholeHeader(text, kind));
  return reads('prompt') ? 'prompt' : reads('life') ? 'life' : null;
}

/** Values that any text can be: `name: str` may stand in a program. */
const FREE_TEXT: readonly string[] = ['name', 'model'];
const NO_DEFAULTS = { sampling: { temperature: 1, topK: 0, topP: 1, minP: 0, seed: 0 }, maxNewTokens: 0 };

/** Whether a text begins with a header without a fault, one key of which takes no free text, and has a body after it. */
function hasWholeHeader(text: string, kind: CellKind): boolean {
  const cell = parseCell(text, kind);
  if (cell.problems.length > 0 || cell.body.trim() === '') return false;
  const isStrict = cell.header.some(({ key }) => !FREE_TEXT.includes(headerKey(key, kind)?.value.kind ?? 'name'));
  return isStrict && readCell(cell, kind, NO_DEFAULTS).problems.length === 0;
}
