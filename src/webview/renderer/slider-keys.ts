/** Keys of a slider: a notebook would go from cell to cell with them. All others are the editor's. */
const SLIDER_KEYS = /^(Arrow(Left|Right|Up|Down)|Home|End|Page(Up|Down))$/;

export function keepKeys(event: KeyboardEvent): void {
  if (SLIDER_KEYS.test(event.key)) event.stopPropagation();
}
