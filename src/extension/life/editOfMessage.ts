import { CoreError } from '../../core/errors';
import type { BoardSettings, LifeEdit } from '../../core/life/edit/board';
import { cellsOfRuns } from '../../core/life/edit/runs';
import { readRule } from '../../core/life/rules/notation';
import { formatBoundedGrid, parseBoundedGrid, type BoundedGrid } from '../../core/life/topology';
import { Problem } from '../../protocol/errors';
import type { EditMessage } from '../../protocol/lifeEditor';

/**
 * An edit that has the right shape, as a value on a board with these settings.
 * @throws Problem `bad-request` where its cells are no runs in order, or its rule or grid is none.
 */
export function editOfMessage(message: EditMessage, before: BoardSettings): LifeEdit {
  try {
    const flips = cellsOfRuns(message.flips);
    if (!flips) throw refused('The cells of an edit must be runs in order.');
    const after = message.settings;
    if ([before, after ?? before].some(({ rule }) => readRule(rule).states > 2)) {
      throw refused('Boards of more than two states are not edited.');
    }
    if (after) {
      checkGrid(after.grid);
    }
    return { kind: message.kind, flips, settings: after && { before, after } };
  } catch (error) {
    if (error instanceof CoreError) throw refused(error.message);
    throw error;
  }
}

/** A grid counts where it can be written to a file and read from it again. */
function checkGrid(given: BoundedGrid | null): void {
  if (given) parseBoundedGrid(formatBoundedGrid(given));
}

function refused(message: string): Problem {
  return new Problem({ code: 'bad-request', message });
}
