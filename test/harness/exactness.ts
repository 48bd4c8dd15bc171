import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Random } from '../../src/core/numeric/random';
import type { LifeGrid } from '../../src/core/trace/record';
import type { LoadedModel } from '../../src/engine/model';

/** What exactness at temperature 0 is shown on, in fp32. */
export const PROMPTS = 200;
export const GRIDS = 100;

/** Prompts of 2 to 9 tokens, out of a text that the model was not made for. */
export function prompts(model: LoadedModel, count: number): number[][] {
  const text = readFileSync(join(import.meta.dirname, '../../samples/prompts.md'), 'utf8');
  const ids = model.tokenizer.encode(text);
  const random = Random.fromSeed(5);
  return Array.from({ length: count }, () => {
    const start = random.uint32() % (ids.length - 10);
    return ids.slice(start, start + 2 + (random.uint32() % 8));
  });
}

/** Random boards of every density. */
export function boards(grid: LifeGrid, count: number): Uint8Array[] {
  const random = Random.fromSeed(11);
  return Array.from({ length: count }, (_, i) => {
    const density = (i + 1) / (count + 1);
    return Uint8Array.from({ length: grid.width * grid.height }, () => (random.uniform() < density ? 1 : 0));
  });
}
