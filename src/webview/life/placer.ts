import { CoreError } from '../../core/errors';
import { placeOn } from '../../core/life/edit/board';
import { placed, turnedPattern, type Turn } from '../../core/life/edit/transform';
import { readPattern } from '../../core/life/formats';
import { noteOf } from '../../core/life/pattern';
import { clippedTo, placedCorner, withinGrid } from './bounds';
import { becameOf, lostOf, TURNED } from './outcome';
import type { Placing } from './state';
import type { Store } from './store';
import type { Sync } from './sync';
import type { Place } from './view';

/** A pattern of the clipboard or of the gallery, from where it comes under the pointer to where it lies on the board. */
export class Placer {
  /** @param mayEdit whether the board on show may be changed; asks where that is to be answered first. */
  constructor(
    private readonly store: Store,
    private readonly sync: Sync,
    private readonly mayEdit: () => boolean,
  ) {}

  paste(text: string): void {
    try {
      const pattern = readPattern(text);
      if (pattern.cells.population === 0) throw new CoreError('life-invalid', 'It holds no live cell.');
      if (pattern.states.length > 0) throw new CoreError('life-unsupported', 'Its cells are in more than two states.');
      const { cells, width, height } = pattern;
      this.start({ kind: 'paste', name: noteOf(pattern, 'name') ?? 'The pattern', cells, width, height });
    } catch (error) {
      if (!(error instanceof CoreError)) throw error;
      this.store.say({ kind: 'error', message: `What is on the clipboard is no pattern. ${error.message}` });
    }
  }

  start(placing: Placing): void {
    const { selection, cursor, board } = this.store.state;
    // By keyboard it begins at the selection, which is where one pastes.
    const at = selection ? { x: selection.x + (placing.width >> 1), y: selection.y + (placing.height >> 1) } : cursor;
    this.store.update({ placing, cursor: withinGrid(board.settings.grid, at), said: null });
    const { name, width, height } = placing;
    this.store.speak(`${name}, ${width} by ${height}: arrows move it, Enter places it, Escape does not.`);
  }

  turn(turn: Turn): void {
    const { placing } = this.store.state;
    if (!placing) return;
    const [width, height] = turn === 'rotate' ? [placing.height, placing.width] : [placing.width, placing.height];
    const cells = turnedPattern(placing.cells, placing, turn);
    this.store.update({ placing: { ...placing, cells, width, height } });
    this.store.speak(`${placing.name}, ${TURNED[turn]}.`);
  }

  /** @param again whether another of the same comes after it. */
  place(at: Place, again = false): void {
    const { placing, board } = this.store.state;
    if (!placing || !this.mayEdit()) return;
    const corner = placedCorner(placing, at);
    const fits = placeOn(board.settings.grid, corner.x, corner.y);
    const result = placed(board, placing.cells, corner.x, corner.y);
    if (!this.sync.change(placing.kind, result.board)) return;
    const box = { ...corner, width: placing.width, height: placing.height };
    this.store.update({
      placing: again ? placing : null,
      cursor: withinGrid(board.settings.grid, at),
      ...(again || !fits ? {} : { selection: clippedTo(board.settings.grid, box) }),
    });
    this.store.speak(`${placing.name} was placed at row ${corner.y}, column ${corner.x}.${becameOf(result)}`);
    if (result.lost > 0) this.store.say(lostOf(result, placing.name));
  }
}
