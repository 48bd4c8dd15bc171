/** Where the keyboard is at home in the page, from top to bottom: one key goes from each to the next. */
const PLACES: readonly { readonly within: string; readonly home: readonly string[] }[] = [
  { within: '.prompt-row', home: ['textarea', '[role=application]', 'button'] },
  { within: '.tab-row', home: ['[role=tab][aria-selected=true]'] },
  {
    within: '.panel',
    // What a tab is about comes before the buttons above it.
    home: ['[role=application], [role=listbox], [role=grid], canvas', 'button, input, select, textarea, [tabindex]'],
  },
];

/** Puts the focus where a prompt is typed or drawn. @returns whether there is such a place */
export function focusPrompt(page: ParentNode): boolean {
  return focusPlace(page, 0);
}

/**
 * Goes from prompt to tabs to content with Alt+Down, and back with Alt+Up. From above the prompt, down goes to it; in a list
 * to choose from, the keys stay what they are.
 * @returns whether the key was one of these
 */
export function goByKey(page: ParentNode, event: KeyboardEvent): boolean {
  if (!event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return false;
  const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
  const from = event.target as Element;
  if (step === 0 || from.closest('select')) return false;
  const here = PLACES.findIndex(({ within }) => from.closest(within));
  for (let place = here + step; place >= 0 && place < PLACES.length; place += step) {
    if (focusPlace(page, place)) break;
  }
  return true;
}

function focusPlace(page: ParentNode, place: number): boolean {
  const { within, home } = PLACES[place]!;
  for (const wanted of home) {
    for (const element of page.querySelector(within)?.querySelectorAll<HTMLElement>(wanted) ?? []) {
      if (element.tabIndex < 0 || !element.checkVisibility()) continue;
      element.focus();
      if (element.ownerDocument.activeElement === element) return true;
    }
  }
  return false;
}
