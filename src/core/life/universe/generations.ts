import { CellsBuilder, type Box, type Cells } from '../cells';
import { minus } from '../edit/runs';
import type { CellRule } from '../rules/table';
import type { BoundedGrid } from '../topology';
import type { Universe } from './universe';

/**
 * Cells of more than two states. Those in state 1 live by a rule of two states in a universe of their own; one that does not survive
 * is in state 2 next, then in 3, and dead after the last. What grows old is nobody's live neighbour, and nothing is born there
 * (Golly's help, "Generations").
 */
export class Generations implements Universe {
  /** Of those in state 1, where they have been read since the last change. */
  private known: Cells | null = null;

  /**
   * @param states at least 3.
   * @param alive those in state 1.
   * @param old [states - 2] those in states 2 and on; apart from each other and from those in state 1.
   */
  constructor(
    readonly states: number,
    private readonly alive: Universe,
    private old: readonly Cells[],
  ) {}

  get rule(): CellRule {
    return this.alive.rule;
  }

  get grid(): BoundedGrid | null {
    return this.alive.grid;
  }

  get size(): Universe['size'] {
    return this.alive.size;
  }

  get background(): boolean {
    return this.alive.background;
  }

  get generation(): number {
    return this.alive.generation;
  }

  get population(): number {
    return this.old.reduce((sum, { population }) => sum + population, this.alive.population);
  }

  step(): void {
    const { alive } = this;
    const before = this.living();
    alive.step();
    for (const cells of this.old) cells.forEachRun((y, start, end) => alive.remove(y, start, end));
    this.known = null;
    this.old = [minus(before, this.living()), ...this.old.slice(0, -1)];
  }

  get(x: number, y: number): boolean {
    return this.state(x, y) > 0;
  }

  state(x: number, y: number): number {
    if (this.alive.get(x, y)) return 1;
    const at = this.old.findIndex((cells) => cells.has(x, y));
    return at < 0 ? 0 : at + 2;
  }

  set(x: number, y: number, alive: boolean): void {
    if (alive) this.add(y, x, x + 1);
    else this.remove(y, x, x + 1);
  }

  add(y: number, start: number, end: number): void {
    this.remove(y, start, end);
    this.alive.add(y, start, end);
  }

  remove(y: number, start: number, end: number): void {
    const builder = new CellsBuilder();
    builder.add(y, start, end);
    const cells = builder.build();
    this.old = this.old.map((each) => minus(each, cells));
    this.alive.remove(y, start, end);
    this.known = null;
  }

  layers(): readonly Cells[] {
    return this.old;
  }

  cells(): Cells {
    const builder = new CellsBuilder();
    for (const cells of [this.living(), ...this.old]) cells.forEachRun((y, start, end) => builder.add(y, start, end));
    return builder.build();
  }

  box(): Box | null {
    const boxes = [this.alive.box(), ...this.old.map(({ box }) => box)].filter((box) => box !== null);
    if (boxes.length === 0) return null;
    const x = Math.min(...boxes.map((box) => box.x));
    const y = Math.min(...boxes.map((box) => box.y));
    return {
      ...{ x, y },
      width: Math.max(...boxes.map((box) => box.x + box.width)) - x,
      height: Math.max(...boxes.map((box) => box.y + box.height)) - y,
    };
  }

  window(box: Box, into: Uint8Array): void {
    this.alive.window(box, into);
    this.old.forEach((cells, at) => {
      cells.forEachRun((y, start, end) => {
        if (y < box.y || y >= box.y + box.height) return;
        const row = (y - box.y) * box.width - box.x;
        const [from, to] = [Math.max(start, box.x), Math.min(end, box.x + box.width)];
        if (to > from) into.fill(at + 2, row + from, row + to);
      });
    });
  }

  clone(): Generations {
    return new Generations(this.states, this.alive.clone(), this.old);
  }

  private living(): Cells {
    this.known ??= this.alive.cells();
    return this.known;
  }
}
