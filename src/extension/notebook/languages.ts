import type { CellKind } from '../../core/notebook/keys';

/** Languages of the cells that the kernel runs. */
export const CELL_LANGUAGES: Readonly<Record<string, CellKind>> = {
  'vivarium-prompt': 'prompt',
  'vivarium-life': 'life',
};

export const NOTEBOOK_TYPE = 'jupyter-notebook';

/** Documents that are cells of ours. */
export const CELL_SELECTOR = Object.keys(CELL_LANGUAGES).map((language) => ({ language, notebookType: NOTEBOOK_TYPE }));

export function cellKind(languageId: string): CellKind | undefined {
  return CELL_LANGUAGES[languageId];
}
