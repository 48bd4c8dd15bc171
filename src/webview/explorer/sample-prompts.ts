import { SAMPLE_TEXTS } from '../../core/text/samples';
import type { LifeGrid } from '../../core/trace/record';
import type { ModelSummary } from '../../protocol/models';

/** A prompt to begin with, under a name that fits a button. */
export interface SamplePrompt {
  readonly title: string;
  readonly prompt: string;
}

/** Live cells of small patterns, as [row, column]. */
const PATTERNS: readonly (readonly [title: string, cells: readonly (readonly [number, number])[]])[] = [
  [
    'A glider',
    [
      [0, 1],
      [1, 2],
      [2, 0],
      [2, 1],
      [2, 2],
    ],
  ],
  [
    'A blinker',
    [
      [1, 0],
      [1, 1],
      [1, 2],
    ],
  ],
  [
    'An R-pentomino',
    [
      [0, 1],
      [0, 2],
      [1, 0],
      [1, 1],
      [2, 1],
    ],
  ],
];

/** Prompts that a model of this kind can do something with. */
export function samplePrompts(model: ModelSummary | null): readonly SamplePrompt[] {
  if (!model) return [];
  if (model.tokenizer === 'none') {
    const last = Math.max(1, (model.vocabularySize ?? 100) - 1);
    const ids = [1, 5, 9, 13, 17].map((id) => Math.min(id, last)).join(', ');
    return [{ title: ids, prompt: ids }];
  }
  if (model.kind === 'life' && model.life) {
    const grid = model.life;
    return PATTERNS.map(([title, cells]) => ({ title, prompt: gridPrompt(grid, cells) }));
  }
  return SAMPLE_TEXTS.map(({ title, text }) => ({ title, prompt: text }));
}

/** The model's own prompt with a pattern in the middle of its grid. */
function gridPrompt(grid: LifeGrid, cells: readonly (readonly [number, number])[]): string {
  const rows = Array.from({ length: grid.height }, () => new Array<string>(grid.width).fill('0'));
  for (const [row, column] of cells) {
    const line = rows[Math.floor(grid.height / 2) - 1 + row];
    if (line) line[Math.floor(grid.width / 2) - 1 + column] = '1';
  }
  return grid.prompt.replace('{cells}', rows.map((row) => row.join('')).join(''));
}
