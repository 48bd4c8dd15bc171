import * as fs from 'node:fs';
import * as path from 'node:path';
import { Problem } from '../../src/protocol/errors';

const BEGIN = '<!-- evaluation -->';
const END = '<!-- /evaluation -->';

/**
 * A card with its measured part replaced.
 * @throws Problem `file` where the card does not say where that part goes.
 */
export function withMeasured(card: string, measured: string): string {
  const [begin, end] = [card.indexOf(BEGIN), card.indexOf(END)];
  if (begin < 0 || end < begin || card.includes(BEGIN, begin + 1) || card.includes(END, end + 1)) {
    throw new Problem({
      code: 'file',
      message: `The card does not say once where the measured part begins and ends.`,
      action: `Put the lines ${BEGIN} and ${END} where it should stand in README.md.`,
    });
  }
  return `${card.slice(0, begin)}${BEGIN}\n\n${measured.trim()}\n\n${card.slice(end)}`;
}

/** Replaces the measured part of the card in a model folder; the file is written beside and renamed. */
export function writeMeasured(folder: string, measured: string): void {
  const file = path.join(folder, 'README.md');
  const partial = `${file}.${process.pid}.partial`;
  const card = withMeasured(fs.readFileSync(file, 'utf8'), measured);
  fs.writeFileSync(partial, card);
  fs.renameSync(partial, file);
}
