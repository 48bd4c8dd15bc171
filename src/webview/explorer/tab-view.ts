import { useLayoutEffect, useState } from 'preact/hooks';
import type { Tab, TabView } from './tab';

/** How far the view of a tab is. */
export type ViewState =
  | { readonly state: 'loading' }
  | { readonly state: 'ready'; readonly View: TabView }
  | { readonly state: 'failed'; readonly again: () => void };

/** What has a view that is loaded when it is shown. */
export type Loadable = Pick<Tab, 'load'>;

const views = new WeakMap<Loadable, TabView>();

/** Loads the view of a tab ahead of its being shown. A failure is told when the tab is shown, and loads it again. */
export function loadAhead(tab: Loadable): void {
  if (!views.has(tab)) void tab.load().then((view) => views.set(tab, view), ignore);
}

/** The view of the tab on show. One that has been shown before is there at once. */
export function useTabView(tab: Loadable): ViewState {
  const [, setArrived] = useState<TabView | null>(null);
  const [failed, setFailed] = useState<Loadable | null>(null);
  const [attempt, setAttempt] = useState(0);
  useLayoutEffect(() => {
    if (views.has(tab)) return undefined;
    let over = false;
    setFailed(null);
    tab.load().then(
      (view) => {
        views.set(tab, view);
        if (!over) setArrived(() => view);
      },
      (error: unknown) => {
        // What the page cannot say in a sentence is for its console.
        reportError(error);
        if (!over) setFailed(tab);
      },
    );
    return () => {
      over = true;
    };
  }, [tab, attempt]);
  const View = views.get(tab);
  if (View) return { state: 'ready', View };
  if (failed !== tab) return { state: 'loading' };
  return { state: 'failed', again: () => setAttempt(attempt + 1) };
}

function ignore(): void {
  // Told when the tab is shown.
}
