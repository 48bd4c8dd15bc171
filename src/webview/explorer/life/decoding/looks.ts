import { mix } from '../../../../core/colour/colour';
import type { CellInPass } from '../../../../core/life/board-passes';
import { errorOf } from '../../../../core/life/prediction';
import type { RejectionReading } from '../../../../core/life/rejections';
import type { Trace } from '../../../../core/trace/record';
import type { CellLook } from '../../../components/board-painter';
import type { MarkKind } from '../../../components/mark-path';
import type { ThemeInfo } from '../../../components/theme';
import type { LifeRun } from '../use-life';
import type { BoardDecoding } from './use-decoding';

/** What a pass did with its cells, on the board as it was before: a mark for each, and whether what it says is alive. */
export function passLook(
  decoding: BoardDecoding,
  at: number,
  { sequence, prediction }: LifeRun,
  { tokens }: Trace,
  { colours }: ThemeInfo,
): (cell: number) => CellLook {
  const cells = new Map<number, CellInPass>(decoding.cells[at]?.map((each) => [each.cell, each]));
  const drafted = decoding.rows[at]?.pass.speculation;
  const settled = mix(colours.background, colours.muted, 0.16);
  return (cell) => {
    const here = cells.get(cell);
    if (!here) {
      const before = (decoding.decided.pass[cell] ?? Infinity) <= at;
      return before ? { fill: settled, live: prediction.cells[cell] === 1 } : { unknown: true };
    }
    const token = sequence.firstAnswer + cell;
    const text =
      here.origin === null
        ? drafted?.drafted[token - drafted.start]?.text
        : (tokens[token]?.text ?? drafted?.drafted[token - drafted.start]?.text);
    return { tokens: marksOf(here), live: text === '1' };
  };
}

/** A rejected cell has two marks: what was rejected, and what came in its place. */
export function marksOf({ fate, origin }: CellInPass): readonly MarkKind[] {
  const came = origin === null || origin === 'prompt' ? [] : [origin];
  return fate === null || fate === 'accepted' ? came : [fate, ...came];
}

/**
 * Rejected cells beside wrong ones: wrong and rejected is the mark of the error in a frame, right and rejected a struck box, wrong
 * and not rejected the mark alone. Cells whose draft was never judged are hatched.
 */
export function rejectionLook(
  { map }: RejectionReading,
  { prediction }: LifeRun,
  { colours }: ThemeInfo,
): (cell: number) => CellLook {
  return (cell) => {
    const [said, truth] = [prediction.cells[cell] ?? 255, prediction.exact[cell] ?? 0];
    const error = errorOf(said, truth);
    const rejected = map.rejected[cell] === 1;
    return {
      live: said === 1,
      unknown: map.judged[cell] === 0,
      ...(error ? { mark: { shape: error === 'false-birth' ? 'plus' : 'ring', own: true } as const } : {}),
      ...(rejected && error ? { outline: { colour: colours.rejected, kind: 'solid' } as const } : {}),
      ...(rejected && !error ? { tokens: ['rejected'] as const } : {}),
    };
  };
}
