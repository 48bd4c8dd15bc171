import { EDIT_KINDS, MOST_EDIT_RUNS, type BoardSettings, type LifeEdit } from '../../core/life/edit/board';
import { cellsOfRuns } from '../../core/life/edit/runs';
import { MOST_RULE } from '../../core/life/formats/rle';
import { MOST_COORDINATE } from '../../core/life/cells';
import { readRule } from '../../core/life/rules/notation';
import { formatBoundedGrid, parseBoundedGrid, type BoundedGrid } from '../../core/life/topology';
import { CoreError } from '../../core/errors';
import type { Handlers } from '../../protocol/call';
import { Problem } from '../../protocol/errors';
import type { EditMessage, LifeApi } from '../../protocol/lifeEditor';
import {
  check,
  integer,
  nullable,
  object,
  oneOf,
  optional,
  string,
  typedArray,
  type Check,
} from '../../protocol/validate';
import { rollRequest, saveRolloutRequest } from './rolloutValidation';

const nothing = object({});
const path = string({ min: 1, max: 4096 });
const side = integer({ min: 0, max: MOST_COORDINATE });

const grid = object({
  kind: oneOf('torus', 'plane', 'klein-bottle', 'cross-surface', 'sphere'),
  width: side,
  height: side,
  twisted: optional(oneOf('horizontal', 'vertical')),
  shift: optional(
    object({
      side: oneOf('horizontal', 'vertical'),
      by: integer({ min: -MOST_COORDINATE, max: MOST_COORDINATE }),
    }),
  ),
});

const settings = object({
  rule: string({ min: 1, max: MOST_RULE }),
  grid: nullable(grid),
  generation: integer({ min: 0, max: 2 ** 40 }),
});

const edit = object({
  kind: oneOf(...EDIT_KINDS),
  flips: typedArray(Int32Array, { max: 3 * MOST_EDIT_RUNS }),
  settings: nullable(settings),
});

const model = object({ folder: path, file: optional(path) });

const board = object({
  model,
  cells: typedArray(Uint8Array, { max: 1 << 20 }),
});

/** What each request of a webview must look like; a page is never trusted, however it came to be. */
const checks: { readonly [M in keyof LifeApi]: Check<unknown> } = {
  snapshot: nothing,
  edit: object({ version: integer({ min: 0 }), edit }),
  undo: nothing,
  redo: nothing,
  openAsText: nothing,
  showLog: nothing,
  models: nothing,
  predict: board,
  roll: object({ model, ...rollRequest }),
  saveRollout: object({ model, ...saveRolloutRequest }),
  explore: board,
};

/** The same handlers, each behind the check of its parameters. */
export function lifeRequests(handlers: Handlers<LifeApi>): Handlers<LifeApi> {
  const checked = Object.entries(handlers).map(([method, handler]) => {
    const answer = handler as (params: unknown, context: unknown) => unknown;
    return [
      method,
      (params: unknown, context: unknown) => answer(check(checks[method as keyof LifeApi], params), context),
    ];
  });
  return Object.fromEntries(checked) as Handlers<LifeApi>;
}

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
