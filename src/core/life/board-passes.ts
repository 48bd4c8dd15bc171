import { type PassRow, RunPasses } from '../lens/passes';
import type { LifeGrid, Trace, TraceToken } from '../trace/record';
import type { TokenOrigin } from '../sequence/pass';
import { locateLife } from './sequence';

/** One pass of the model. Places count the tokens of the answer from its first cell: one before it may be below 0. */
export interface LifePass {
  /** Tokens that it brought: `start` to `end` (exclusive), drafted ones first. */
  readonly start: number;
  readonly end: number;
  readonly drafted: number;
  /** Drafted tokens that stand: a prefix. */
  readonly accepted: number;
  /** How the tokens after the accepted ones came; null where there are none. */
  readonly next: TokenOrigin | null;
}

/** The passes after the prompt's, in order: what came before the first of them, the prompt's own pass said. */
export type BoardPasses = readonly LifePass[];

/** What came of the cells of a board. */
export interface DecidedCells {
  /** [cells] the pass that said each, from 1; 0 is the prompt's, {@link NO_PASS} none. */
  readonly pass: Uint16Array;
  readonly origin: readonly (TokenOrigin | null)[];
}

export const NO_PASS = 0xffff;

/** What became of a cell's draft: `unused` where one before it was rejected, so that it was never judged. */
export type DraftFate = 'accepted' | 'rejected' | 'unused';

/** A cell that a pass had to do with: the draft of a rejected one and what came in its place are one cell. */
export interface CellInPass {
  readonly cell: number;
  /** null: nothing was drafted for it. */
  readonly fate: DraftFate | null;
  /** How the cell came with this pass; null where it did not. */
  readonly origin: TokenOrigin | null;
}

/** The passes of a run of a Life model; null where its sequence holds no board. */
export function boardPasses({ header, tokens, passes }: Trace, grid: LifeGrid): BoardPasses | null {
  const sequence = locateLife(tokens, header.promptLength, grid);
  if (!sequence) return null;
  const run = new RunPasses(header.promptLength);
  run.add(passes);
  return run.rows.map((row) => boardPass(row, tokens, sequence.firstAnswer));
}

/** @param firstAnswer token of the answer's first cell. */
export function boardPass(
  { start, end, pass: { speculation } }: PassRow,
  tokens: readonly TraceToken[],
  firstAnswer: number,
): LifePass {
  const accepted = speculation?.accepted ?? 0;
  const next = end > start + accepted ? (tokens[start + accepted]?.origin ?? speculation?.next?.origin ?? null) : null;
  const drafted = speculation?.drafted.length ?? 0;
  return { start: start - firstAnswer, end: end - firstAnswer, drafted, accepted, next };
}

/** @param cells of the board. */
export function decidedCells(passes: BoardPasses, cells: number): DecidedCells {
  const pass = new Uint16Array(cells).fill(NO_PASS);
  const origin = new Array<TokenOrigin | null>(cells).fill(null);
  const first = passes[0]?.start ?? 0;
  for (let cell = 0; cell < Math.min(first, cells); cell++) [pass[cell], origin[cell]] = [0, 'sampled'];
  passes.forEach(({ start, end, accepted, next }, place) => {
    for (let cell = Math.max(0, start); cell < Math.min(end, cells); cell++) {
      pass[cell] = place + 1;
      origin[cell] = cell < start + accepted ? 'accepted' : next;
    }
  });
  return { pass, origin };
}

/** The cells that a pass drafted or brought, in order; none of another board's, nor of the template around it. */
export function cellsOfPass({ start, end, drafted, accepted, next }: LifePass, cells: number): readonly CellInPass[] {
  const last = Math.min(cells, Math.max(end, start + drafted));
  const list: CellInPass[] = [];
  for (let cell = Math.max(0, start); cell < last; cell++) {
    const place = cell - start;
    list.push({
      cell,
      fate:
        place >= drafted
          ? null
          : place < accepted
            ? 'accepted'
            : place === accepted && next === 'replacement'
              ? 'rejected'
              : 'unused',
      origin: cell >= end ? null : place < accepted ? 'accepted' : next,
    });
  }
  return list;
}
