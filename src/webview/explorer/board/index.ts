import { readLifePrompt } from '../../../core/life/prompt';
import type { LifeGrid } from '../../../core/trace/record';
import type { ModelSummary } from '../../../protocol/models';
import type { Loadable } from '../tab-view';
import type { BoardInputProps } from './board-input';
import type { BoardState } from './state';

/** The board to draw on is a chunk of its own: prompts of text do not load it. */
export const BOARD_INPUT: Loadable<BoardInputProps> = {
  load: () => import('./board-input').then(({ BoardInput }) => BoardInput),
};

/** The grid whose prompt can be drawn; null where prompts of the model are text. */
export function drawnGrid(model: ModelSummary | null): LifeGrid | null {
  return model?.problem || model?.tokenizer === 'none' ? null : (model?.life ?? null);
}

/** Whether the prompt of a Life model is shown as a board: one that says nothing of a board is there to be drawn over. */
export function isDrawn({ as }: BoardState, prompt: string, grid: LifeGrid): boolean {
  return as === null ? (readLifePrompt(prompt, grid)?.answered ?? '') === '' : as === 'board';
}
